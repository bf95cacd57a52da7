// When each step of a film that another process reports is seen on the page: driven by benchmarks/server.py, which knows when it was told.
import { studio } from "./browser.mjs";

await studio(async (page) => {
  await page.click(".card");
  await page.waitForSelector(".making");
  await page.evaluate(() => {
    window.seen = {};
    const look = () => {
      const step = document.querySelector(".making-said span")?.textContent.toLowerCase() ?? "";
      if (/^step \d+$/.test(step)) window.seen[step] ??= Date.now();
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  console.log("ready");
  await page.waitForSelector('.viewer[data-status="succeeded"]');
  console.log(JSON.stringify(await page.evaluate(() => window.seen)));
}, { allow: /409/ }); // such a film has no score
