// Everything without a pointer: from the first Tab to the frames of the score. The focus is always seen.
import assert from "node:assert/strict";
import { add, arrived, made, quick, studio } from "./browser.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    const seen = (element) => {
      for (let one = element; one; one = one.parentElement) {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        if (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) return true;
        const ring = getComputedStyle(one);
        if (one.matches(".prompt, .tag") && ring.borderColor !== "rgba(0, 0, 0, 0)") return true;
        if (one.nextElementSibling?.matches(".switch-track") && getComputedStyle(one.nextElementSibling).outlineStyle !== "none") return true;
      }
      return false;
    };
    const box = at.getBoundingClientRect();
    return {
      what: at.id || at.getAttribute("aria-label") || at.textContent.trim().slice(0, 30) || at.name,
      tag: at.tagName, seen: seen(at), size: box.width * box.height, body: at === document.body,
    };
  });

async function tabTo(page, wanted, { most = 60, back = false } = {}) {
  const way = [];
  for (let step = 0; step < most; step++) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const now = await focused(page);
    way.push(now.what);
    if (!now.body) assert.ok(now.seen, `the focus on ${now.what} (${now.tag}) is not seen`);
    if (wanted.test(now.what)) return;
  }
  assert.fail(`${wanted} is not reached with Tab: ${way.join(" → ")}`);
}

await studio(async (page) => {
  await add(page, "face.png");
  await arrived(page, 1);
  await quick(page);
  await page.reload();
  await arrived(page, 1);

  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).what, "Skip to the prompt");
  await page.keyboard.press("Enter");
  assert.equal((await focused(page)).what, "prompt");
  await page.keyboard.type("@");
  await page.waitForSelector("#completion [role=option]");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#completion").count(), 0);
  await page.keyboard.press("Backspace");
  await page.keyboard.type("@f");
  await page.keyboard.press("Tab");
  assert.equal(await page.inputValue("#prompt"), "@face ");
  await page.keyboard.type("waves. Push in.");

  await tabTo(page, /in the prompt$/);
  await tabTo(page, /is for$/);
  await tabTo(page, /^Remove/);
  await tabTo(page, /^Add files/);
  await tabTo(page, /^ratio$/);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.$eval('input[name="ratio"]:checked', (box) => box.value), "9:16");
  await tabTo(page, /^seed$/);
  await tabTo(page, /Roll another seed/);
  const seed = await page.inputValue("#seed");
  await page.keyboard.press("Enter");
  assert.notEqual(await page.inputValue("#seed"), seed);
  await tabTo(page, /Make the film/);
  await page.keyboard.press("Enter");
  await made(page);
  assert.match((await focused(page)).what, /viewer-title/);

  await tabTo(page, /^Play$/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".player video").currentTime > 0.2);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".player video").paused);
  await page.waitForSelector(".score [role=slider]");
  await page.focus(".actions button"); // the downloads between are tried by others
  await page.evaluate(() => document.querySelector(".score [role=slider]").focus());
  await page.keyboard.press("Home");
  for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.waitForFunction(() => !document.querySelector(".player video").seeking);
  const frame = await page.$eval(".player video", (video) => Math.floor(video.currentTime * 24));
  assert.equal(frame, 27);
  const width = await page.$eval(".score-content", (content) => content.clientWidth);
  await page.keyboard.press("+");
  await page.waitForFunction((old) => document.querySelector(".score-content").clientWidth > old * 1.3, width);
  await page.keyboard.press("0");
  await page.waitForFunction((old) => document.querySelector(".score-content").clientWidth === old, width);
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.activeElement.classList.contains("block"));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".player video").currentTime < 0.05);
  await tabTo(page, /^Restore from a film/);
  await tabTo(page, /@face waves/);
  await tabTo(page, /^Product film/);

  // Ctrl and Enter in the prompt makes a film too
  await page.focus("#prompt");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 2);
  await made(page);
});
