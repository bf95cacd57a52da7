// A server that wants keys: asked for, refused, taken; kept in the tab alone.
import assert from "node:assert/strict";
import { add, arrived, made, quick, studio } from "./browser.mjs";

await studio(
  async (page) => {
    await page.waitForSelector("dialog.key[open]");
    await page.fill('dialog.key input[name="key"]', "pf-wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.key .fault");
    await page.fill('dialog.key input[name="key"]', process.env.STUDIO_KEY);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.key:not([open])", { state: "attached" });
    await page.waitForSelector(".example");
    await add(page, "face.png");
    await arrived(page, 1);
    await page.fill("#prompt", "@face on a beach.");
    await quick(page);
    await page.click("button.make[type=submit]");
    await made(page);
    await page.waitForFunction(() => document.querySelector(".player video").readyState >= 2);
    await page.waitForSelector(".score .block-shot");
    const kept = await page.evaluate(() => [Object.values(sessionStorage).join(), Object.values(localStorage).join(), document.cookie, location.href]);
    assert.ok(kept[0].includes(process.env.STUDIO_KEY));
    for (const place of kept.slice(1)) assert.ok(!place.includes(process.env.STUDIO_KEY));
    await page.click('[aria-label="Forget the key"]');
    assert.ok(!(await page.evaluate(() => Object.values(sessionStorage).join())).includes(process.env.STUDIO_KEY));
  },
  { allow: /status of 401/ },
);
