// The server's own page, used as a person would: a file chosen, the button clicked, the object looked at.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { Browser } = require("./webdriver.cjs");

const { INTEROP_PORT, INTEROP_OUT } = process.env;
const PAGE = `http://127.0.0.1:${INTEROP_PORT}/`;
const BUCKET = "interop-page";
const FILE = path.join(INTEROP_OUT, "bodies", "page.jpg");
const BODY = Buffer.alloc(16 * 1024 * 1024);
for (let at = 0; at < BODY.length; at += 4) BODY.writeUInt32BE(at / 4, at);

async function row(name, work) {
  try {
    await work();
    console.log(`passed\t${name}`);
  } catch (error) {
    console.log(`failed\t${name}\t${String(error).replaceAll(/\s+/g, " ").slice(0, 600)}`);
  }
}

// Records what the progress bar shows while the page says that it uploads.
const WATCH = `
  const [done] = arguments;
  window.seen = [];
  const bar = document.getElementById("progress");
  new MutationObserver(() => {
    if (document.getElementById("result").className === "") window.seen.push(bar.value);
  }).observe(bar, { attributes: true });
  done();`;

// Ends when the page says how it went.
const OUTCOME = `
  const [done] = arguments;
  const result = document.getElementById("result");
  const look = () => {
    if (result.className === "") return;
    const link = document.getElementById("look");
    done({ kind: result.className, text: result.textContent, seen: window.seen, url: link && link.href });
  };
  new MutationObserver(look).observe(result, { attributes: true, childList: true });
  look();`;

async function upload(browser, how, key) {
  await browser.open(PAGE);
  await browser.type("#file", FILE);
  await browser.clear("#bucket");
  await browser.type("#bucket", BUCKET);
  await browser.type("#key", key);
  await browser.click(how);
  await browser.run(WATCH);
  await browser.click("#send");
  const outcome = await browser.run(OUTCOME);
  assert.equal(outcome.kind, "good", outcome.text);
  assert.ok(outcome.seen.some((value) => value > 0), `progress: ${outcome.seen}`);
  const stored = await fetch(outcome.url);
  assert.equal(stored.status, 200);
  assert.equal(stored.headers.get("content-type"), "image/jpeg");
  assert.ok(Buffer.from(await stored.arrayBuffer()).equals(BODY), "other bytes are stored");
  await browser.screenshot(path.join(INTEROP_OUT, `page-${how.slice(1)}.png`));
}

(async () => {
  fs.writeFileSync(FILE, BODY);
  const browser = await Browser.start();
  try {
    await row("presigned PUT: progress seen, object there", () => upload(browser, "#how-put", "put/ä b+c%20.jpg"));
    await row("PostObject form: progress seen, object there", () => upload(browser, "#how-form", "form/ä b+c%20.jpg"));
    await row("the bucket is listed with its two objects", async () => {
      await browser.open(PAGE);
      const text = await browser.run("arguments[0](document.getElementById('buckets').innerText)");
      const line = text.split("\n").find((candidate) => candidate.startsWith(BUCKET + "\t"));
      assert.deepEqual(line?.split("\t").map((cell) => cell.trim()).slice(0, 2), [BUCKET, "2"], text);
    });
  } finally {
    await browser.stop();
  }
})().catch((error) => {
  // The message alone: a stack tells nothing in a table.
  console.error(String(error));
  process.exitCode = 1;
});
