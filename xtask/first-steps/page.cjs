// Uploads a file by the page of docs/first-steps/server.md, as a person would: node page.cjs URL FILE
"use strict";
const path = require("node:path");
const { Browser } = require("../interop/webdriver.cjs");

const OUTCOME = `
  const [done] = arguments;
  const result = document.getElementById("result");
  const look = () => result.textContent && done(result.textContent);
  new MutationObserver(look).observe(result, { childList: true });
  look();`;

async function main(url, file) {
  const browser = await Browser.start();
  try {
    await browser.open(url);
    await browser.type("#file", path.resolve(file));
    const outcome = await browser.run(OUTCOME);
    if (outcome !== `stored ${path.basename(file)}`) throw new Error(outcome);
    console.log(outcome);
  } finally {
    await browser.stop();
  }
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
