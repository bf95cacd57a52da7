// Where the operator asks for consent, every face has a field for it, and no film is asked for without.
import assert from "node:assert/strict";
import { add, arrived, fetchJson, made, quick, shownTask, studio } from "./browser.mjs";

await studio(async (page) => {
  await add(page, "face.png", "second.png");
  await arrived(page, 2);
  await page.fill("#prompt", "@face by the sea, @second behind.");
  await page.waitForFunction(() => document.querySelector(".file select.role").value === "face");
  await page.waitForSelector(".consent");
  assert.deepEqual(await page.$$eval(".consent", (fields) => fields.map((field) => field.required)), [true, false]);
  await quick(page);
  await page.focus("#prompt");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.activeElement.classList.contains("consent")); // the browser asks for it
  assert.equal(await page.locator(".card").count(), 0);
  await page.keyboard.type("Alice agreed to a film about her book.");
  await page.focus("#prompt");
  await page.keyboard.press("Control+Enter");
  await made(page);
  const { request } = await fetchJson(page, `/api/v3/contents/generations/tasks/${await shownTask(page)}`);
  assert.deepEqual(request.consent, { face: "Alice agreed to a film about her book." });
});
