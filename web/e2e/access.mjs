// axe-core finds nothing serious in any state, theme and language; nothing is wider than the screen of a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { add, arrived, made, quick, studio } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function check(page, state) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: axe });
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`).join(" | ")}`);
  console.log(`${state}: ${passes.length} rules hold, ${serious.length} serious, ${violations.length - serious.length} lesser`);
  assert.deepEqual(serious.map(({ id }) => id), [], `${state}\n${told.join("\n")}`);
}

const narrow = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

for (const [locale, colorScheme] of [["en-US", "dark"], ["zh-CN", "light"], ["en-US", "light"], ["zh-CN", "dark"]]) {
  await studio(
    async (page) => {
      const state = (name) => `${name}, ${locale}, ${colorScheme}`;
      assert.equal(await page.getAttribute("html", "lang"), locale === "zh-CN" ? "zh-CN" : "en");
      await page.waitForSelector(".example");
      await check(page, state("at first"));
      await add(page, "face.png", "voice.wav", "broken.png");
      await arrived(page, 2);
      await page.waitForSelector('.file[data-state="bad"]');
      await page.fill("#prompt", "@face says: “Good evening.” Slow push in. Rain. Florble the wibble. @nobody");
      await page.waitForSelector(".prompt-under mark.span-move");
      await quick(page);
      await check(page, state("written"));
      await page.click('.file[data-state="bad"] > .icon-button');
      await page.fill("#prompt", "@face on a beach. Push in.");
      await page.click("button.make[type=submit]");
      await made(page);
      await page.waitForSelector(".score .block-shot");
      await page.click(".menu summary");
      await check(page, state("finished"));
      await page.click(".menu summary");
      await page.click(".actions .plain");
      await check(page, state("asked whether it may go"));
      for (const width of [360, 768, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        assert.ok(await narrow(page), `wider than ${width} px`);
      }
      await page.setViewportSize({ width: 360, height: 780 });
      await check(page, state("on a phone"));
    },
    { locale, colorScheme, allow: /status of 4\d\d/, bypassCSP: true },
  );
}
