// Resumable uploads in Chromium by the module as it is published, from the page of the example `upload_service` of
// `oss-presign-std`, which signs, to the local server at another origin.
//
// With INTEROP_SLOW=1 also: 2 MiB over the browser's slow 3G.
"use strict";
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { once } = require("node:events");
const { main, row } = require("./sdk_common.cjs");
const { Browser } = require("./webdriver.cjs");

const { INTEROP_OUT, INTEROP_CLI, INTEROP_SERVICE, INTEROP_SLOW, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
const MIB = 1 << 20;
const PART = 8 * MIB;
const TYPE = "application/octet-stream";
const BODIES = path.join(INTEROP_OUT, "bodies");
const STORE = path.join(INTEROP_OUT, "uploads-store");
// How long a URL of the service can be used, in seconds: shorter than most uploads.
const LIFETIME = 4;
const HOOKS = fs.readFileSync(path.join(__dirname, "uploads/hooks.js"), "utf8");
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The local server, which can go away and come back with what it had stored.
class Server {
  port = 0;
  log = [];
  #child;

  async start() {
    const bind = `127.0.0.1:${this.port}`;
    const env = { ...process.env, OSS_SESSION_TOKEN: "" };
    delete env.OSS_SESSION_TOKEN;
    const serve = ["serve", "--json", "--no-page", "--bind", bind, "--directory", STORE];
    this.#child = spawn(INTEROP_CLI, serve, { env, stdio: ["ignore", "pipe", "ignore"] });
    const lines = readline.createInterface({ input: this.#child.stdout });
    await new Promise((resolve, reject) => {
      this.#child.on("exit", () => reject(new Error("the server ended")));
      lines.on("line", (line) => {
        const said = JSON.parse(line);
        if (!said.listening) return this.log.push(said);
        this.port = Number(new URL(said.listening).port);
        resolve();
      });
    });
  }

  // As a crash does.
  stop() {
    const ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.kill("SIGKILL");
    return ended;
  }

  // Requests that were answered so, of those since a position in the log.
  count(method, status, since = 0) {
    return this.log.slice(since).filter((one) => one.method === method && one.status === status && one.complete).length;
  }
}

// The service that signs, and its page.
class Service {
  #child;

  // Returns the page's address.
  async start(port) {
    const env = { ...process.env, OSS_ENDPOINT: `http://127.0.0.1:${port}` };
    delete env.OSS_SESSION_TOKEN;
    this.#child = spawn(INTEROP_SERVICE, ["127.0.0.1:0", String(LIFETIME)], { env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(this.#child, "exit").then(() => { throw new Error("the service ended"); });
    const [page] = await Promise.race([once(readline.createInterface({ input: this.#child.stdout }), "line"), ended]);
    ended.catch(() => {});
    return page;
  }

  stop() {
    this.#child.kill();
  }
}

// Runs before the scripts of each page: a clock that is an hour slow.
const SLOW_CLOCK = "const right = Date.now; Date.now = () => right() - 3_600_000;";
// A browser that cannot read a blob into a buffer of ours: each piece has its own, and begins at an odd place in it.
const OWN_BUFFERS = `
  const { getReader } = ReadableStream.prototype;
  ReadableStream.prototype.getReader = function (options) {
    if (options?.mode === "byob") throw new TypeError("a stream of another kind");
    const reader = getReader.call(this);
    const read = async () => {
      const { done, value } = await reader.read();
      if (done) return { done };
      window.moved = new Uint8Array(value.length + 1);
      window.moved.set(value, 1);
      return { done, value: window.moved.subarray(1) };
    };
    return { read };
  };`;

function write(name, bytes) {
  const file = path.join(BODIES, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const hash = crypto.createHash("sha256");
  const out = fs.openSync(file, "w");
  for (let left = bytes; left > 0; left -= MIB) {
    const chunk = crypto.randomBytes(Math.min(left, MIB));
    hash.update(chunk);
    fs.writeSync(out, chunk);
  }
  fs.closeSync(out);
  return { file, hash: hash.digest("hex") };
}

main(async () => {
  fs.rmSync(STORE, { recursive: true, force: true });
  const server = new Server();
  await server.start();
  const { load } = await import("../../crates/oss-presign-wasm/js/presign.js");
  const oss = await load(fs.readFileSync(path.join(__dirname, "../../crates/oss-local/src/page/page.wasm")));
  const place = {
    credentials: { access_key_id: OSS_ACCESS_KEY_ID, access_key_secret: OSS_ACCESS_KEY_SECRET }, region: OSS_REGION,
    bucket: "examplebucket", endpoint: `127.0.0.1:${server.port}`, addressing: "path", scheme: "http",
  };
  const service = new Service();
  const page = await service.start(server.port);
  const browser = await Browser.start();

  const open = async (file) => {
    await browser.open(page);
    await browser.run(HOOKS);
    if (file) await browser.type("#file", file);
  };
  const call = (name, ...given) => browser.run(`const done = arguments[arguments.length - 1]; window.${name}(...[...arguments].slice(0, -1)); done();`, ...given);
  const until = (expression) => browser.run(`
    const [done] = arguments;
    const look = () => (${expression}) ? done(window.state) : setTimeout(look, 20);
    look();`);
  const pretending = async (source, work) => {
    await browser.pretend("Page.enable", {});
    const { identifier } = await browser.pretend("Page.addScriptToEvaluateOnNewDocument", { source });
    try {
      await work();
    } finally {
      await browser.pretend("Page.removeScriptToEvaluateOnNewDocument", { identifier });
    }
  };
  const unfinished = () => browser.run("const [done] = arguments; window.unfinished().then(done);");
  const throttle = async (bytesPerSecond) => {
    await browser.pretend("Network.enable", {});
    await browser.pretend("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  };
  const ended = async () => {
    const state = await until("state.result || state.error");
    assert.equal(state.error, null, JSON.stringify(state.error));
    return state;
  };
  const stored = async (key, hash, type) => {
    const { request } = oss.sign({ ...place, method: "GET", key, expires: 60 });
    const answer = await fetch(request.url);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), type);
    const found = crypto.createHash("sha256");
    for await (const chunk of answer.body) found.update(chunk);
    assert.equal(found.digest("hex"), hash, "other bytes are stored");
  };

  try {
    await row("a small file goes up by a single PUT", async () => {
      const small = write("small.jpg", 100_000);
      await open(small.file);
      const since = server.log.length;
      await call("send", "uploads/ä b+c%20.jpg", "image/jpeg");
      const { result } = await ended();
      assert.deepEqual([result.verified, result.requests], [true, 1]);
      await stored("uploads/ä b+c%20.jpg", small.hash, "image/jpeg");
      assert.deepEqual([server.count("PUT", 200, since), server.count("POST", 200, since)], [1, 0]);
    });

    await row("where a browser has its own buffers, the checksum is right too", () => pretending(OWN_BUFFERS, async () => {
      const odd = write("odd.jpg", 300_001);
      await open(odd.file);
      await call("send", "uploads/odd.jpg", "image/jpeg");
      const { result } = await ended();
      assert.ok(result.verified);
      assert.equal(await browser.run("arguments[0](Boolean(window.moved));"), true, "nobody read so");
      await stored("uploads/odd.jpg", odd.hash, "image/jpeg");
    }));

    const large = write("large.bin", 200 * MIB);
    let before = 0;
    await row("200 MiB: the tab is closed at a third", async () => {
      await open(large.file);
      await throttle(25 * MIB);
      await call("send", "uploads/large.bin", TYPE);
      await until(`state.progress.sent > ${(200 * MIB) / 3} || state.error`);
      await browser.reopen();
      await open(large.file);
      const [kept] = await unfinished();
      before = kept.parts.length;
      assert.deepEqual([kept.name, kept.size], ["large.bin", 200 * MIB]);
      assert.ok(before >= 4 && before <= 14, `${before} parts`);
      assert.ok(!JSON.stringify(kept).includes("signature"), "a URL is kept");
    });
    await row("another file is not mixed with it", async () => {
      const other = write("other/large.bin", 200 * MIB - 1);
      await open(other.file);
      await call("send", "uploads/large.bin", TYPE);
      assert.equal((await until("state.error")).error.code, "OtherFile");
    });
    await row("it goes on: URLs expire on the way, the server is away for 10 s, only missing parts are sent", async () => {
      await open(large.file);
      await throttle(25 * MIB);
      await later(1000);
      const idle = browser.memory();
      const since = server.log.length;
      await call("send", "uploads/large.bin", TYPE);
      let most = 0;
      const watch = setInterval(() => { most = Math.max(most, browser.memory()); }, 250);
      await until(`state.progress.sent > ${140 * MIB} || state.error`);
      await server.stop();
      await later(10_000);
      await server.start();
      const state = await ended();
      clearInterval(watch);
      const [sent, whole] = [state.result.requests, server.log.slice(since).filter((one) => one.method === "PUT" && one.received === PART && one.status === 200).length];
      const grown = (most - idle) / MIB;
      console.error(`  ${before} parts before the tab was closed, ${sent} after; PUTs stored ${whole}; renewals ${state.renewals}; retries ${state.retries.filter(({ reason }) => reason !== "expired").length}; memory +${grown.toFixed(1)} MiB`);
      assert.equal(sent, 25 - before);
      // What the crash took with it is sent twice: at most what was under way.
      assert.ok(whole >= sent && whole <= sent + 4, `${whole} parts stored, ${sent} were missing`);
      assert.ok(state.renewals >= 3, `${state.renewals} renewals`);
      assert.ok(state.retries.some(({ reason }) => reason === "no answer"), "nobody missed the server");
      assert.ok(state.result.verified);
      assert.deepEqual(await unfinished(), []);
      await stored("uploads/large.bin", large.hash, TYPE);
      assert.ok(grown <= 64, `the tab took ${grown.toFixed(1)} MiB`);
    });
    await row("a clock that is an hour slow: the service says what has expired", () => pretending(SLOW_CLOCK, async () => {
      const file = write("slow.bin", 40 * MIB);
      await open(file.file);
      await throttle(5 * MIB);
      const since = server.log.length;
      await call("send", "uploads/slow.bin", TYPE);
      const state = await ended();
      assert.ok(server.count("PUT", 403, since) > 0, "no URL had expired");
      assert.ok(state.result.verified && state.renewals > 1);
      await stored("uploads/slow.bin", file.hash, TYPE);
    }));
    await row("an upload that is not wanted any more leaves nothing", async () => {
      await open(large.file);
      await throttle(25 * MIB);
      await call("send", "uploads/unwanted.bin", TYPE);
      await until(`state.progress.parts > 2 || state.error`);
      await open();
      assert.equal((await unfinished()).length, 1);
      const since = server.log.length;
      await call("discard", "uploads/unwanted.bin", TYPE, 200 * MIB);
      await ended();
      assert.equal(server.count("DELETE", 204, since), 1);
      assert.deepEqual(await unfinished(), []);
    });
    await row("the service's page uploads, and says so", async () => {
      await browser.open(page);
      const file = write("by-hand.bin", 20 * MIB);
      await browser.type("#file", file.file);
      await browser.click("#send");
      const said = await browser.run(`
        const look = () => document.getElementById("send").disabled ? setTimeout(look, 20) : arguments[0](document.getElementById("said").innerText);
        look();`);
      assert.equal(said, "Uploaded in 3 requests, and compared by checksum.");
      await stored("uploads/by-hand.bin", file.hash, TYPE);
    });
    const ask = (asked) => fetch(`${page}sign`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) });
    await row("the rule refuses other names, types and sizes", async () => {
      await open(path.join(BODIES, "small.jpg"));
      const since = server.log.length;
      await call("send", "other/a", "image/jpeg");
      const { error } = await until("state.error || state.result");
      assert.deepEqual([error.code, error.message], ["Refused", "keys begin with uploads/"]);
      const jpeg = { key: "uploads/a", size: 1, type: "image/jpeg" };
      for (const [asked, status, says] of [
        [{ ...jpeg, type: "text/html" }, 403, "the type text/html is none of image/jpeg"],
        [{ ...jpeg, size: 2 ** 30 + 1 }, 403, "a file has at most 1073741824 bytes"],
        [{ ...jpeg, key: "uploads/../a" }, 400, ".."],
      ]) {
        const answer = await ask(asked);
        const text = await answer.text();
        assert.ok(answer.status === status && text.includes(says), `${answer.status}: ${text}`);
      }
      assert.equal(server.log.length, since);
    });
    await row("nobody sends more than the size that the rule allowed", async () => {
      const put = await (await ask({ key: "uploads/longer", size: 5, type: "image/jpeg" })).json();
      const plan = await (await ask({ key: "uploads/longer", size: 9 * MIB, type: "image/jpeg", upload_id: "fake" })).json();
      for (const [{ url }, length] of [[put, 6], [plan.parts[1], MIB + 1]]) {
        const answer = await fetch(url, { method: "PUT", headers: { "content-type": "image/jpeg" }, body: Buffer.alloc(length) });
        const text = await answer.text();
        assert.ok(answer.status === 403 && text.includes("SignatureDoesNotMatch"), `${answer.status}: ${text}`);
      }
    });
    if (INTEROP_SLOW) {
      await row("2 MiB over slow 3G", async () => {
        const file = write("three-g.bin", 2 * MIB);
        await open(file.file);
        await browser.pretend("Network.enable", {});
        await browser.pretend("Network.emulateNetworkConditions", { offline: false, latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000 });
        await call("send", "uploads/three-g.bin", TYPE);
        for (let tries = 0; tries < 10; tries += 1) {
          if (await browser.run("const [done] = arguments; setTimeout(() => done(Boolean(state.result || state.error)), 9_000);")) break;
        }
        assert.ok((await ended()).result.verified);
        await stored("uploads/three-g.bin", file.hash, TYPE);
      });
    }
  } finally {
    await browser.stop();
    service.stop();
    await server.stop();
    fs.rmSync(STORE, { recursive: true, force: true });
  }
});
