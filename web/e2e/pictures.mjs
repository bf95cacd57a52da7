// The pictures of docs/studio.md: STUDIO_URL=http://127.0.0.1:8000/ node e2e/pictures.mjs ../docs/pictures
import { join } from "node:path";
import { studio } from "./browser.mjs";

const out = process.argv[2] ?? ".";
const LESSON = "@presenter says what is on @voiceover";
const shoot = (page, name) => page.screenshot({ path: join(out, `studio-${name}.jpg`), type: "jpeg", quality: 78 });

const pictured = (page) =>
  page.waitForFunction(() => [...document.querySelectorAll(".file .thumb")].every((one) => one.querySelector("img, .track")), null, { timeout: 120_000 });

async function lesson(page) {
  await page.waitForSelector(".example");
  await page.waitForTimeout(2000); // the films of the server are listed by then
  const card = page.locator(".card", { hasText: LESSON }).last();
  if (await card.count()) await card.click();
  else await page.click('[data-example="education"]');
  await page.waitForSelector('.viewer[data-status="succeeded"] .score .block-shot', { timeout: 400_000 });
  await page.waitForTimeout(6000); // the strip is drawn
}

await studio(
  async (page) => {
    await lesson(page);
    await page.click('.actions button[title="Put this request into the prompt box"]');
    await page.waitForSelector(".prompt-under mark");
    await pictured(page);
    await page.evaluate(() => document.querySelector(".score [role=slider]").focus());
    for (let second = 0; second < 5; second++) await page.keyboard.press("Shift+ArrowRight");
    await page.evaluate(() => (document.activeElement.blur(), window.scrollTo(0, 0)));
    await page.waitForTimeout(1000);
    await shoot(page, "film");
  },
  { viewport: { width: 1440, height: 1080 }, colorScheme: "dark" },
);
await studio(
  async (page) => {
    await lesson(page);
    await page.click('.actions button[title="把这个请求放回提示词框"]');
    await page.waitForSelector(".prompt-under mark");
    await pictured(page);
    await page.click("#prompt");
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" 镜头缓慢推近，窗外下雨。@");
    await page.waitForSelector("#completion [role=option]");
    await page.waitForTimeout(1500);
    await page.evaluate(() => window.scrollTo(0, 0));
    await shoot(page, "phone");
  },
  { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "light", locale: "zh-CN" },
);
