// Builds the studio into the Python package: one script and one style sheet with hashed names, and the page that loads them.
import { build } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../src/phonofilm/server/studio");
const LIMIT = 150_000; // bytes, gzip, everything that the page loads

await rm(out, { recursive: true, force: true });
const made = await build({
  entryPoints: { studio: join(here, "src/main.tsx") },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
const files = Object.keys(made.metafile.outputs).map((path) => basename(path));
const icon = await readFile(join(here, "icon.svg"));
const page = (await readFile(join(here, "index.html"), "utf8"))
  .replace("STUDIO.css", `assets/${files.find((name) => name.endsWith(".css"))}`)
  .replace("STUDIO.js", `assets/${files.find((name) => name.endsWith(".js"))}`);
await mkdir(out, { recursive: true });
await writeFile(join(out, "index.html"), page);
await writeFile(join(out, "icon.svg"), icon);

// what is in the script that others wrote, with their terms
const carried = new Set(Object.keys(made.metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
const terms = [];
for (const name of [...carried].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  terms.push(`${name} ${version} (${license})\n\n${(await readFile(join(folder, "LICENSE"), "utf8")).trim()}\n`);
}
await writeFile(join(out, "licences.txt"), terms.join("\n\n"));

let total = gzipSync(page).length + gzipSync(icon).length;
for (const name of files) total += gzipSync(await readFile(join(out, "assets", name))).length;
console.log(`studio: ${files.join(", ")}; ${(total / 1000).toFixed(1)} kB gzip`);
if (total > LIMIT) throw new Error(`The studio has ${total} bytes; at most ${LIMIT} are allowed.`);
