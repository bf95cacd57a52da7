// A film from nothing: mention, upload, reading, progress, the film in the browser's own player, its score, again, restore.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { add, arrived, fetchJson, made, media, quick, shownTask, studio } from "./browser.mjs";

const TASKS = "/api/v3/contents/generations/tasks";

/** What the browser decodes: the frame's number is in squares along the bottom, a flash and a beep stand on each full second. */
function decoded() {
  const number = (context, width, height) => {
    let value = 0;
    for (let bit = 0; bit < 12; bit++) {
      const [red] = context.getImageData(Math.floor(((2 * bit + 1) * width) / 24), Math.floor((height * 15) / 16), 1, 1).data;
      value += red > 127 ? 1 << (11 - bit) : 0;
    }
    return value;
  };
  return (async () => {
    const video = document.querySelector(".player video");
    const [width, height] = [video.videoWidth, video.videoHeight];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const at = async (seconds) => {
      const ready = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
      video.currentTime = seconds;
      await ready;
      context.drawImage(video, 0, 0);
      const [red] = context.getImageData(Math.floor((width * 13) / 14), Math.floor(height / 4), 1, 1).data;
      return { number: number(context, width, height), flash: red > 200 };
    };
    video.pause();
    const first = await at(0);
    const frames = [];
    for (const frame of [1, 23, 24, 25, 47, 48, 72, 95]) frames.push({ frame, ...(await at((frame + 0.5) / 24)) });
    const file = await (await fetch(video.currentSrc)).arrayBuffer();
    const sound = await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(file);
    const left = sound.getChannelData(0);
    const onsets = [];
    for (let sample = 0, quiet = 4800; sample < left.length; sample++) {
      if (Math.abs(left[sample]) > 0.1) {
        if (quiet >= 4800) onsets.push(sample);
        quiet = 0;
      } else quiet++;
    }
    await at(0);
    return { duration: video.duration, width, height, first, frames, samples: sound.length, channels: sound.numberOfChannels, rate: sound.sampleRate, onsets };
  })();
}

await studio(async (page) => {
  await add(page, "face.png", "voice.wav");
  await arrived(page, 2);
  assert.deepEqual(await page.$$eval(".tag input", (tags) => tags.map((tag) => tag.value)), ["face", "voice"]);

  // the mention is completed, with a picture
  await page.click("#prompt");
  await page.keyboard.type("@fa");
  await page.waitForSelector("#completion [role=option] img");
  assert.equal(await page.getAttribute("#prompt", "aria-activedescendant"), "completion-0");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#prompt"), "@face ");
  await page.keyboard.type("smiles on a beach. Slow push in. Florble the wibble. She says: “Good evening.”");

  // the reading: coloured, listed, and what was not understood
  await page.waitForFunction(() => document.querySelectorAll(".prompt-under mark.span-move").length === 1);
  const marks = await page.$$eval(".prompt-under mark", (all) => all.map((mark) => [mark.className.trim(), mark.textContent]));
  assert.ok(marks.some(([kind, text]) => kind === "span span-mention" && text === "@face"), JSON.stringify(marks));
  assert.ok(marks.some(([kind, text]) => kind.includes("span-line") && text.includes("Good evening")), JSON.stringify(marks));
  assert.ok(marks.some(([kind, text]) => kind.includes("span-lost") && /florble|wibble/i.test(text)), JSON.stringify(marks));
  assert.equal(await page.$eval(".prompt-under", (under) => under.textContent.replace("\u200b", "")), await page.inputValue("#prompt"));
  assert.match(await page.textContent("#reading-summary"), /things read · \d+ not understood/);
  assert.equal(await page.inputValue('.file:first-of-type select.role'), "face");

  // the coloured words lie under the typed ones, dot for dot
  const boxes = await page.evaluate(() => {
    const style = (element) => {
      const { fontFamily, fontSize, lineHeight, letterSpacing, paddingLeft, paddingTop } = getComputedStyle(element);
      return { fontFamily, fontSize, lineHeight, letterSpacing, paddingLeft, paddingTop, width: element.clientWidth };
    };
    return [style(document.querySelector("#prompt")), style(document.querySelector(".prompt-under"))];
  });
  assert.deepEqual(boxes[0], boxes[1]);

  // a role is chosen by the name that says it, and the prompt follows
  await page.selectOption(".file:first-of-type select.role", "product");
  assert.match(await page.inputValue("#prompt"), /^@product smiles/);
  await page.fill(".file:first-of-type .tag input", "my face");
  await page.keyboard.press("Enter");
  assert.match(await page.inputValue("#prompt"), /^@my_face smiles/);
  await page.waitForFunction(() => document.querySelector(".file select.role").value === "face" || document.querySelector(".prompt-under mark.span-mention")?.textContent === "@my_face");

  await page.fill(".words", "Good evening.");
  await quick(page);
  await page.fill("#seed", "41");
  await page.click("button.make[type=submit]");
  await page.waitForSelector('.viewer[data-status="queued"], .viewer[data-status="running"], .viewer[data-status="succeeded"]');
  await made(page);
  const id = await shownTask(page);

  // what was asked is what was typed
  const task = await fetchJson(page, `${TASKS}/${id}`);
  assert.equal(task.request.engine, "test");
  assert.equal(task.request.seed, 41);
  assert.deepEqual(task.request.references.map(({ tag, kind }) => [tag, kind]), [["my_face", "image"], ["voice", "audio"]]);
  assert.deepEqual(task.request.transcripts, { voice: "Good evening." });

  // the film as this browser decodes it
  await page.waitForFunction(() => document.querySelector(".player video").readyState >= 2);
  const film = await page.evaluate(decoded);
  assert.equal(film.duration, 4);
  assert.deepEqual([film.width, film.height], [864, 496]);
  assert.deepEqual(film.first, { number: 0, flash: true });
  for (const { frame, number, flash } of film.frames) assert.deepEqual([number, flash], [frame, frame % 24 === 0]);
  assert.deepEqual([film.samples, film.channels, film.rate], [192_000, 2, 48_000]);
  assert.equal(film.onsets.length, 4);
  film.onsets.forEach((onset, second) => assert.ok(Math.abs(onset - second * 48_000) <= 1, `beep ${second} at sample ${onset}`));
  console.log("decoded by the browser:", JSON.stringify(film));

  // it plays, and the playhead of the score follows
  await page.waitForSelector(".score .block-shot");
  const place = () => page.$eval(".playhead", (line) => new DOMMatrix(getComputedStyle(line).transform).m41);
  const before = await place();
  await page.click(".icon-button.play");
  await page.waitForFunction(() => document.querySelector(".player video").currentTime > 0.6);
  assert.ok((await place()) > before + 20);
  await page.click(".icon-button.play");

  // strip and sound track were drawn from the film
  await page.waitForFunction(() => {
    const lit = (selector, height, wanted) => {
      const canvas = document.querySelector(selector);
      const { data } = canvas.getContext("2d").getImageData(0, Math.floor(canvas.height * height), canvas.width, 1);
      let count = 0;
      for (let k = 0; k < data.length; k += 4) count += wanted(data[k], data[k + 1], data[k + 2]) ? 1 : 0;
      return count / canvas.width;
    };
    const pictures = lit(".lane-strip canvas", 0.4, (r, g, b) => Math.max(r, g, b) > 150);
    const beeps = lit(".lane-wave canvas", 0.3, (r, g, b) => r > 200 && b < 150); // a twentieth of each second
    return pictures > 0.7 && beeps > 0.03 && beeps < 0.08;
  });

  // everything that can be saved is there
  await page.click(".menu summary");
  const links = await page.$$eval(".menu-list a", (all) => all.map((link) => [link.textContent, link.href]));
  assert.ok(links.length >= 4, JSON.stringify(links));
  for (const [name, href] of links) assert.equal(await page.evaluate(async (at) => (await fetch(at)).status, href), 200, name);
  await page.click(".menu summary");

  // again with the same seed, once more with another
  await page.click('.actions button[title="The same request, once more"]');
  await page.waitForFunction((old) => document.querySelector(".viewer").dataset.task !== old, id);
  await made(page);
  const second = await fetchJson(page, `${TASKS}/${await shownTask(page)}`);
  assert.equal(second.request.seed, 41);
  assert.deepEqual(second.request.references.map(({ tag }) => tag), ["my_face", "voice"]);
  await page.click('.actions button[title="The same request with another seed"]');
  await page.waitForFunction((old) => document.querySelector(".viewer").dataset.task !== old, second.id);
  const third = await fetchJson(page, `${TASKS}/${await shownTask(page)}`);
  assert.notEqual(third.request.seed, 41);
  await made(page);
  await page.waitForFunction(() => document.querySelectorAll(".cards .poster img").length === 3);

  // its request is put back into the box, its files with their pictures
  await page.fill("#prompt", "");
  await page.click('.actions button[title="Put this request into the prompt box"]');
  await page.waitForFunction(() => document.querySelector("#prompt").value.startsWith("@my_face smiles"));
  await page.waitForSelector(".file:nth-of-type(1) .thumb img");
  await page.waitForSelector(".file:nth-of-type(2) .thumb .track");

  // a film brings its request back: first dropped, then chosen
  const bytes = await page.evaluate(async (at) => [...new Uint8Array(await (await fetch(at)).arrayBuffer())], new URL(task.files.film).pathname + new URL(task.files.film).search);
  await writeFile(media("dropped.mp4"), Buffer.from(bytes));
  await page.fill("#prompt", "");
  while (await page.locator(".file").count()) await page.locator(".file .icon-button").first().click();
  const transfer = await page.evaluateHandle((data) => {
    const all = new DataTransfer();
    all.items.add(new File([new Uint8Array(data)], "dropped.mp4", { type: "video/mp4" }));
    return all;
  }, bytes);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await page.waitForSelector(".drop");
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await page.click(".notice .button >> nth=0");
  await page.waitForFunction(() => document.querySelector("#prompt").value.startsWith("@my_face smiles"));
  assert.deepEqual(await page.$$eval(".tag input", (tags) => tags.map((tag) => tag.value)), ["my_face", "voice"]);
  assert.equal(await page.locator('.file[data-state="there"]').count(), 2);
  assert.equal(await page.inputValue("#seed"), "41");
  await page.fill("#prompt", "");
  await page.setInputFiles('[data-chooser="restore"]', media("dropped.mp4"));
  await page.waitForFunction(() => document.querySelector("#prompt").value.startsWith("@my_face smiles"));

  // the draft outlives a reload, and so do the films
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#prompt").value.startsWith("@my_face smiles") && document.querySelectorAll(".card").length === 3);

  // a film is deleted when its maker is sure
  await page.click(".actions .plain");
  await page.click(".sure .bad");
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 2);
});
