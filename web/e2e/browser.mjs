// A real browser on a real server: what the scripts beside this one share.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PLACES = [process.env.PHONOFILM_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const MEDIA = process.env.STUDIO_MEDIA; // a folder with face.png, second.png, voice.wav, note.txt
export const media = (name) => join(MEDIA, name);

/** Opens the studio and hands its page to `act`; fails on every error that the page reports, refusals by its own policy among them. */
export async function studio(act, options = {}) {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  assert.ok(executablePath, "No Chromium is here. Install one, or name it in PHONOFILM_CHROMIUM.");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
  const { allow = /^$/, ...context } = options;
  const faults = [];
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", acceptDownloads: true, ...context })).newPage();
    const told = (message) => message.type() === "error" && !allow.test(message.text()) && !message.location().url.includes("/preview.jpg");
    page.setDefaultTimeout(90_000);
    page.on("console", (message) => told(message) && faults.push(`${message.text()} ${message.location().url}`));
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(process.env.STUDIO_URL);
    await page.waitForSelector("#prompt");
    await act(page);
    assert.deepEqual(faults, []);
  } catch (error) {
    if (process.env.STUDIO_FAULTS) {
      const [page] = browser.contexts().flatMap((one) => one.pages());
      await page?.screenshot({ path: process.env.STUDIO_FAULTS, fullPage: true });
    }
    if (faults.length) console.error("the page reported:", faults);
    throw error;
  } finally {
    await browser.close();
  }
}

export const add = (page, ...names) => page.setInputFiles('[data-chooser="files"]', names.map(media));

/** Waits until every file is on the server. */
export const arrived = (page, count) =>
  page.waitForFunction((n) => document.querySelectorAll('.file[data-state="there"]').length === n, count);

/** The quick engine, the smallest film. */
export async function quick(page, { seconds = "4", resolution = "480p" } = {}) {
  await page.selectOption('select[name="duration"]', seconds);
  await page.selectOption('select[name="resolution"]', resolution);
  await page.click('.ratio:has(input[value="16:9"])');
  if (!(await page.locator("details.more[open]").count())) await page.click("details.more summary");
  await page.selectOption('select[name="engine"]', "test");
}

export const made = (page) => page.waitForSelector('.viewer[data-status="succeeded"] video', { timeout: 300_000 });

export const shownTask = (page) => page.getAttribute(".viewer", "data-task");

export const fetchJson = (page, path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
