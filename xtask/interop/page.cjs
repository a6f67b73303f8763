// The server's own page, used as a person would: a file chosen, the button clicked, the object looked at; and an object
// that tries to act as the page.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { main, row } = require("./sdk_common.cjs");
const { Browser } = require("./webdriver.cjs");

const { INTEROP_OUT, INTEROP_PAGE } = process.env;
const ORIGIN = new URL(INTEROP_PAGE).origin;
const BUCKET = "examplebucket";
const FILE = path.join(INTEROP_OUT, "bodies", "page.jpg");
const BODY = Buffer.alloc(16 * 1024 * 1024);
for (let at = 0; at < BODY.length; at += 4) BODY.writeUInt32BE(at / 4, at);

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

// Ends when the expression is true of the page.
const UNTIL = (expression) => `
  const [done] = arguments;
  const look = () => (${expression}) ? done(document.body.innerText) : setTimeout(look, 50);
  look();`;

const picture = (browser, name) => browser.screenshot(path.join(INTEROP_OUT, `page-${name}.png`));

// Opens the page anew: of an address that differs only behind the # the browser would keep the old one.
async function openPage(browser, address = INTEROP_PAGE) {
  await browser.open("about:blank");
  await browser.open(address);
}

async function upload(browser, how, key) {
  await openPage(browser);
  await browser.run(UNTIL("!document.getElementById('page').hidden"));
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
}

// What the page gets signed, by its token.
async function sign(key, type) {
  const token = INTEROP_PAGE.split("#token=")[1];
  const query = new URLSearchParams({ bucket: BUCKET, key, type });
  return (await fetch(`${ORIGIN}/-/presign?${query}`, { headers: { "x-page-token": token } })).json();
}

async function store(key, type, body) {
  const urls = await sign(key, type);
  assert.equal((await fetch(urls.put, { method: "PUT", headers: { "content-type": type }, body })).status, 200);
  return urls.get;
}

main(async () => {
  fs.writeFileSync(FILE, BODY);
  const browser = await Browser.start();
  try {
    await browser.pretend("Emulation.setDeviceMetricsOverride", { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false });
    await row("without the token: asked for, nothing shown", async () => {
      await openPage(browser, `${ORIGIN}/`);
      const text = await browser.run(UNTIL("!document.getElementById('ask').hidden"));
      assert.ok(!text.includes(BUCKET), text);
      await picture(browser, "no-token");
    });
    await row("empty, light", async () => {
      await openPage(browser);
      const text = await browser.run(UNTIL("!document.getElementById('page').hidden"));
      assert.ok(text.includes(BUCKET), text);
      await picture(browser, "empty-light");
    });
    await row("presigned PUT: progress seen, object there", () => upload(browser, "#how-put", "put/ä b+c%20.jpg"));
    await row("what was signed is shown, with what must be sent", async () => {
      const text = await browser.run(UNTIL("document.querySelectorAll('.card').length === 2"));
      for (const part of ["Must be sent: content-type: image/jpeg.", "Valid until", "Download (GET)"]) {
        assert.ok(text.includes(part), part);
      }
      await picture(browser, "uploaded-light");
    });
    await row("PostObject form: progress seen, object there", () => upload(browser, "#how-form", "form/ä b+c%20.jpg"));
    await row("the bucket and its two objects are shown without a reload", async () => {
      await browser.run(`
        const [done] = arguments;
        [...document.querySelectorAll("#buckets button")].find((one) => one.textContent.startsWith("${BUCKET}")).click();
        done();`);
      const text = await browser.run(UNTIL("document.querySelectorAll('#objects tbody tr').length === 2"));
      assert.match(text, new RegExp(`${BUCKET}\\s+2 objects, 32 MiB`));
    });
    await row("a refusal is in the log with its reason", async () => {
      // Signed for a text, sent as an image: what happens to most people first.
      const { put } = await sign("secret.txt", "text/plain");
      const refused = await fetch(put, { method: "PUT", headers: { "content-type": "image/png" }, body: "x" });
      assert.equal(refused.status, 403);
      const text = await browser.run(UNTIL("document.getElementById('log').innerText.includes('secret.txt')"));
      assert.match(text, /PUT \/examplebucket\/secret\.txt\s+\S.{20}/);
      assert.match(text, /403 SignatureDoesNotMatch\s+0002-00000201/);
      await browser.run("window.scrollTo(0, document.body.scrollHeight); arguments[0]();");
      await picture(browser, "refusal-light");
      await browser.run("window.scrollTo(0, 0); arguments[0]();");
    });
    const conditions = (uploadThroughput, offline = false) => browser.pretend("Network.emulateNetworkConditions",
      { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
    const choose = async (file, key) => {
      await browser.type("#file", file);
      await browser.clear("#key");
      await browser.type("#key", key);
      await browser.click("#how-parts");
    };
    const PARTS_DONE = "Number(/([0-9]+) parts? done/.exec(document.getElementById('result').textContent)?.[1])";
    const large = path.join(INTEROP_OUT, "bodies", "page-parts.bin");
    await row("in parts: a line that breaks is tried again, a pause keeps what is done", async () => {
      fs.writeFileSync(large, Buffer.concat(Array(8).fill(BODY)));
      await openPage(browser);
      await browser.run(UNTIL("!document.getElementById('page').hidden"));
      await browser.pretend("Network.enable", {});
      await conditions(6 << 20);
      await choose(large, "parts/large.bin");
      await browser.click("#send");
      await browser.run(UNTIL("/[1-9] parts? done/.test(document.getElementById('result').textContent)"));
      await conditions(0, true);
      await browser.run(UNTIL("!document.getElementById('retries').hidden"));
      const before = await browser.run(`arguments[0](${PARTS_DONE})`);
      await browser.run("document.querySelector('#uploading').scrollIntoView(); arguments[0]();");
      await picture(browser, "retry");
      await conditions(6 << 20);
      // Four parts go up at once and end at about the same time, so some are left for the next row: of sixteen at least four.
      await browser.run(UNTIL(`${PARTS_DONE} > ${before}`));
      await browser.click("#pause");
      const text = await browser.run(UNTIL("!document.getElementById('unfinished').hidden"));
      assert.ok(text.includes("Paused") && text.includes("page-parts.bin"), text);
      await picture(browser, "paused");
    });
    await row("in parts: gone on with after another visit", async () => {
      await openPage(browser);
      await browser.run(UNTIL("!document.getElementById('unfinished').hidden"));
      await choose(large, "parts/large.bin");
      await browser.click("#send");
      const outcome = await browser.run(OUTCOME);
      assert.equal(outcome.kind, "good", outcome.text);
      assert.match(outcome.text, /128 MiB, ([1-9]|1[0-2]) requests? sent, CRC-64 \d+ compared/);
      const stored = Buffer.from(await (await fetch(outcome.url)).arrayBuffer());
      assert.ok(stored.equals(fs.readFileSync(large)), "other bytes are stored");
      await browser.run(UNTIL("document.getElementById('unfinished').hidden"));
      await picture(browser, "resumed");
      await conditions(-1);
    });
    await row("how a signature is made, and a secret that is sent to nobody", async () => {
      await openPage(browser);
      await browser.run(UNTIL("document.getElementById('made-signature')"));
      // What OSS's documentation and the SDKs sign is tested elsewhere; here that the steps are those of one URL.
      const [canonical, string, signature, url] = await browser.run(`
        const text = (at, what) => [...document.querySelectorAll("#steps li")[at].querySelectorAll(what)].map((one) => one.textContent).join("\\n");
        arguments[0]([text(0, "dd").replaceAll("(empty)", ""), text(1, "pre"), text(3, "pre"), text(4, "pre")]);`);
      const crypto = require("node:crypto");
      const lines = string.split("\n");
      assert.equal(crypto.createHash("sha256").update(canonical).digest("hex"), lines[3]);
      const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
      const key = lines[2].split("/").reduce(hmac, "aliyun_v4fake-access-key-secret");
      assert.equal(hmac(key, string).toString("hex"), signature);
      assert.ok(url.endsWith(`&x-oss-signature=${signature}`), url);
      await browser.run("document.querySelector('#making').scrollIntoView(); arguments[0]();");
      await picture(browser, "making");
    });
    await row("what is wrong with a URL is proved in the browser", async () => {
      const { put } = await sign("secret.txt", "text/plain");
      await browser.type("#explain-url", put);
      await browser.type("#explain-method", "PUT");
      await browser.type("#explain-headers", "content-type: image/png");
      await browser.type("#explain-secret", process.env.OSS_ACCESS_KEY_SECRET);
      await browser.click("#explain button");
      const text = await browser.run(UNTIL("document.getElementById('explained').textContent.includes('Proved')"));
      assert.ok(text.includes("text/plain") && text.includes("image/png"), text);
      await browser.run("document.querySelector('#explaining').scrollIntoView(); arguments[0]();");
      await picture(browser, "explained");
    });
    await row("dark, and at the width of a phone", async () => {
      const dark = { features: [{ name: "prefers-color-scheme", value: "dark" }] };
      await browser.pretend("Emulation.setEmulatedMedia", dark);
      await picture(browser, "dark");
      await browser.pretend("Emulation.setDeviceMetricsOverride", { width: 390, height: 844, deviceScaleFactor: 2, mobile: true });
      await picture(browser, "phone-dark");
      const fits = await browser.run("arguments[0](document.documentElement.scrollWidth <= 390 && innerWidth === 390)");
      assert.ok(fits, "the page is wider than the screen");
      await browser.pretend("Emulation.setEmulatedMedia", { features: [] });
      await browser.run("document.querySelector('#requests').scrollIntoView(); arguments[0]();");
      await picture(browser, "phone-light");
      await browser.pretend("Emulation.setDeviceMetricsOverride", { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false });
    });
    await row("every control has a name, and the keyboard reaches it", async () => {
      const nameless = await browser.run(`
        const named = (control) => control.getAttribute("aria-label") || control.labels?.length || control.textContent.trim();
        const controls = [...document.querySelectorAll("#page button, #page input, #page textarea, #page a, #page progress")];
        arguments[0](controls.filter((control) => !named(control) || control.tabIndex > 0).map((control) => control.outerHTML));`);
      assert.deepEqual(nameless, []);
    });
    await row("a stored page does not act as this one", async () => {
      const script = `fetch("/-/presign?bucket=${BUCKET}&key=a", { headers: { "x-page-token": location.hash } })
        .then((answer) => answer.json()).then((json) => { document.title = json.put; }, () => { document.title = "refused"; });`;
      const url = await store("attack.html", "text/html", `<title>before</title><script>document.title = "ran"; ${script}</script>`);
      await browser.open(url);
      assert.equal(await browser.title(), "before");
      // Where a script does run, as it would with a browser that knows no sandbox, the token is still missing.
      await browser.open(`${ORIGIN}/-/page.css`);
      const status = `fetch("/-/presign?bucket=${BUCKET}&key=a").then((answer) => arguments[0](answer.status));`;
      assert.equal(await browser.run(`const [done] = arguments; ${status.replace("arguments[0]", "done")}`), 403);
    });
  } finally {
    await browser.stop();
  }
});
