// What the drivers for Node share: one JSON argument in, one JSON line out.
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export const given = JSON.parse(process.argv[2]);
const types = { '.png': 'image/png', '.jpg': 'image/jpeg', '.mp4': 'video/mp4', '.wav': 'audio/wav' };

export const bytes = (name) => readFileSync(given.media[name]);
export const data = (name) => `data:${types[extname(given.media[name])]};base64,${bytes(name).toString('base64')}`;

export function keep(name, content) {
  const path = join(given.out, name);
  writeFileSync(path, content);
  return path;
}

export async function fetched(name, url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return keep(name, Buffer.from(await answer.arrayBuffer()));
}

export async function poll(get, going) {
  const until = Date.now() + 600_000;
  for (;;) {
    const got = await get();
    if (!going.includes(got.status)) return got;
    if (Date.now() > until) throw new Error(`still ${got.status}`);
    await new Promise((done) => setTimeout(done, 300));
  }
}

export async function caught(call) {
  try {
    const got = await call();
    return { class: '', message: `nothing was thrown, but ${JSON.stringify(got)} came` };
  } catch (error) {
    const found = { class: error.constructor.name, message: String(error.message).slice(0, 500) };
    for (const [name, value] of [['status_code', error.status ?? error.statusCode], ['code', error.code], ['param', error.param]])
      if (value != null) found[name] = value;
    return found;
  }
}

export const tell = (found) => console.log(JSON.stringify(found));
