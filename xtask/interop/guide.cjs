// The guide's front page as people see it: wide and narrow, light and dark; and that no page is wider than a phone.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { Browser } = require("./webdriver.cjs");

const { GUIDE_PAGES, GUIDE_PICTURES } = process.env;
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const WIDE = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };

function serve() {
  const server = http.createServer((request, response) => {
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
  } finally {
    await browser.stop();
    server.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
