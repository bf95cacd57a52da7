// What goes wrong stays small: one bad file, hostile names and words, a server that says no.
import assert from "node:assert/strict";
import { add, arrived, quick, studio } from "./browser.mjs";

const HOSTILE = `<img src=x onerror="window.hit=1"><script>window.hit=1</script> "quoted" {t} 😀 @nobody`;

await studio(
  async (page) => {
    // one bad file among good ones
    await add(page, "face.png", "broken.png", "second.png");
    await arrived(page, 2);
    await page.waitForSelector('.file[data-state="bad"] .file-error');
    assert.equal(await page.locator(".file").count(), 3);
    assert.match(await page.textContent(".file-error"), /broken\.png/);
    await page.fill("#prompt", "@face on a beach.");
    await page.click("button.make[type=submit]");
    assert.match(await page.textContent(".make-row .fault"), /Remove the file/);
    await page.click('.file[data-state="bad"] > .icon-button');
    await arrived(page, 2);

    // what is no picture, clip or recording is not even sent
    await add(page, "note.txt");
    await page.waitForSelector(".notice-bad");
    assert.equal(await page.locator(".file").count(), 2);

    // words and names that would like to be code
    await page.fill("#prompt", HOSTILE);
    await page.waitForFunction(() => document.querySelector(".remark")?.textContent.includes("@nobody"));
    assert.equal(await page.locator(".prompt-under img, .prompt-under script, .reading img").count(), 0);
    assert.equal(await page.$eval(".prompt-under", (under) => under.textContent.replace("\u200b", "")), HOSTILE);
    await page.fill(".tag input >> nth=0", '"><img src=x onerror=window.hit=1>');
    await page.keyboard.press("Enter");
    assert.equal(await page.inputValue(".tag input >> nth=0"), "img_src_x_onerror_window_hit_1");

    // a request that the server refuses is told in its words, and nothing is lost
    await quick(page);
    await page.click("button.make[type=submit]");
    await page.waitForFunction(() => document.querySelector(".make-row .fault").textContent.includes("nobody"));
    assert.equal(await page.inputValue("#prompt"), HOSTILE);
    assert.equal(await page.locator(".file").count(), 2);
    assert.equal(await page.evaluate(() => window.hit), undefined);

    // code in the page is refused by its policy, whoever puts it there
    const policy = await page.evaluate(
      () =>
        new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
          const script = document.createElement("script");
          script.textContent = "window.hit = 2";
          document.body.append(script);
        }),
    );
    assert.match(policy, /script-src/);
    assert.equal(await page.evaluate(() => window.hit), undefined);
  },
  { allow: /status of 4\d\d|Content Security Policy/ },
);
