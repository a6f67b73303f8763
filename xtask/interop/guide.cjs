// The guide's front page as people see it: wide and narrow, light and dark; that no page is wider than a phone; and what
// the chapter on browsers shows in JavaScript, in a browser.
"use strict";
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { Browser } = require("./webdriver.cjs");

const { GUIDE_CHAPTERS, GUIDE_CLI, GUIDE_PAGES, GUIDE_PICTURES } = process.env;
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const WIDE = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };

const cli = (...words) => execFileSync(GUIDE_CLI, words, { encoding: "utf8", timeout: 60_000 });

// The functions `put` and `post` of the chapter, in a page of their own.
function page() {
  const chapter = fs.readFileSync(path.join(GUIDE_CHAPTERS, "browsers.md"), "utf8");
  const [put, post] = [...chapter.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
  return `<!doctype html><script>${put}${post}</script>`;
}

// What the chapter's service does: signs for exactly the type and the size that the page names.
async function sign(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { type, size } = JSON.parse(text);
  return cli("put", "oss://examplebucket/browser/put", "--content-type", type, "--additional-header", `content-length: ${size}`, "--json");
}

function serve() {
  const server = http.createServer(async (request, response) => {
    if (request.url === "/sign") return response.end(await sign(request));
    if (request.url === "/try") return response.writeHead(200, { "content-type": TYPES[".html"] }).end(page());
    const name = path.normalize(decodeURIComponent(new URL(request.url, "http://guide").pathname));
    fs.readFile(path.join(GUIDE_PAGES, name === "/" ? "index.html" : name), (error, content) => {
      response.writeHead(error ? 404 : 200, { "content-type": TYPES[path.extname(name)] ?? TYPES[".html"] });
      response.end(content);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

// What a reader sees of the front page.
const LOOK = `
  const [done] = arguments;
  const picture = document.querySelector("main picture img");
  const look = () => {
    if (!picture.complete) return setTimeout(look, 20);
    const shown = (element) => { const { width, height, right } = element.getBoundingClientRect(); return { width, height, right }; };
    done({
      picture: { ...shown(picture), natural: picture.naturalWidth, source: picture.currentSrc.split("/").pop() },
      commands: [...document.querySelectorAll("main pre code")].map((code) => code.innerText.trim()),
      links: [...document.querySelectorAll("main a")].map((a) => a.getAttribute("href")),
      background: getComputedStyle(document.documentElement).backgroundColor,
      text: getComputedStyle(document.querySelector("main p")).color,
      width: document.documentElement.scrollWidth,
      screen: innerWidth,
    });
  };
  look();`;

const brightness = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;

// Calls one of the chapter's functions with a file; what it throws is the answer.
const CALL = (call) => `const [type, text, form, done] = arguments; const file = new File([text], "a.png", { type });
  ${call}.then(() => done("stored"), (error) => done(error.message));`;

async function javascript(browser, origin) {
  const stored = async (key) => {
    const answer = await fetch(cli("get", `oss://examplebucket/${key}`, "--url").trim());
    return [answer.headers.get("content-type"), await answer.text()];
  };
  await browser.open(`${origin}/try`);
  assert.equal(await browser.run(CALL("put(file)"), "image/png", "hello", null), "stored");
  assert.deepEqual(await stored("browser/put"), ["image/png", "hello"]);
  // Signed for one size, sent with another.
  const { method, url, headers } = JSON.parse(cli("put", "oss://examplebucket/browser/put", "--content-type", "image/png", "--additional-header", "content-length: 5", "--json"));
  const refused = await browser.run(`const [url, options, done] = arguments; fetch(url, options).then((answer) => done(answer.status));`, url, { method, headers: Object.fromEntries(headers), body: "hello!" });
  assert.equal(refused, 403);
  console.log("ok  JavaScript of the chapter: a presigned PUT, its type and size bound");
  const form = JSON.parse(cli("post-policy", "oss://examplebucket", "--prefix", "browser/form/", "--in", "content-type=image/jpeg,image/png", "--content-length-range", "1-10"));
  assert.equal(await browser.run(CALL("post(file, form)"), "image/png", "hello", form), "stored");
  assert.deepEqual(await stored("browser/form/a.png"), ["image/png", "hello"]);
  assert.match(await browser.run(CALL("post(file, form)"), "image/png", "more than ten", form), /EntityTooLarge/);
  assert.match(await browser.run(CALL("post(file, form)"), "text/html", "hello", form), /AccessDenied/);
  console.log("ok  JavaScript of the chapter: a form, its types and sizes bound");
}

async function main() {
  const server = await serve();
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await Browser.start();
  try {
    for (const [width, screen] of [["wide", WIDE], ["phone", PHONE]]) {
      for (const scheme of ["light", "dark"]) {
        await browser.pretend("Emulation.setDeviceMetricsOverride", screen);
        await browser.pretend("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
        await browser.open(`${origin}/`);
        const seen = await browser.run(LOOK);
        const name = `${width}, ${scheme}`;
        assert.equal(seen.screen, screen.width, name);
        assert.ok(seen.width <= screen.width, `${name}: the page is ${seen.width} wide`);
        assert.ok(seen.picture.natural > 0 && seen.picture.right <= screen.width, `${name}: ${JSON.stringify(seen.picture)}`);
        // Text of 13 units must stay legible.
        assert.ok(seen.picture.width / seen.picture.natural > 0.8, `${name}: ${JSON.stringify(seen.picture)}`);
        assert.equal(seen.picture.source, width === "wide" ? "signer-holder-oss.svg" : "signer-holder-oss-narrow.svg");
        assert.equal(seen.commands[0], "cargo install --locked --path crates/oss-presign-cli\noss-presign serve", name);
        assert.ok(seen.links.includes("http://127.0.0.1:9000/"), name);
        const difference = brightness(seen.text) - brightness(seen.background);
        assert.ok(scheme === "light" ? difference < -120 : difference > 120, `${name}: ${seen.text} on ${seen.background}`);
        await browser.screenshot(path.join(GUIDE_PICTURES, `front-${width}-${scheme}.png`));
        console.log(`ok  the front page, ${name}`);
      }
    }
    for (const file of fs.readdirSync(GUIDE_PAGES).filter((name) => name.endsWith(".html") && !["print.html", "toc.html", "404.html"].includes(name))) {
      await browser.open(`${origin}/${file}`);
      const wide = await browser.run("arguments[0](document.documentElement.scrollWidth)");
      assert.ok(wide <= PHONE.width, `${file} is ${wide} wide on a phone`);
      await browser.screenshot(path.join(GUIDE_PICTURES, `phone-${path.basename(file, ".html")}.png`));
    }
    console.log("ok  no chapter is wider than a phone");
    await javascript(browser, origin);
  } finally {
    await browser.stop();
    server.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
