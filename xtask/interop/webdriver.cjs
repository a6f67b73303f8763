// Drives a headless Chromium through chromedriver's WebDriver protocol.
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = http.createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

class Browser {
  #driver;
  #profile;
  #base;

  static async start() {
    const browser = new Browser();
    browser.#profile = fs.mkdtempSync(path.join(os.tmpdir(), "interop-chromium-"));
    try {
      const port = await browser.#startDriver();
      browser.#base = `http://127.0.0.1:${port}`;
      const args = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1000,1000",
        `--user-data-dir=${browser.#profile}`,
      ];
      const options = { alwaysMatch: { browserName: "chrome", "goog:chromeOptions": { args } } };
      const session = await browser.#call("POST", "/session", { capabilities: options });
      browser.#base += `/session/${session.sessionId}`;
      await browser.#call("POST", "/timeouts", { script: 60_000, pageLoad: 60_000, implicit: 0 });
      return browser;
    } catch (error) {
      await browser.stop();
      throw error;
    }
  }

  // chromedriver's own choice of a port is sometimes free for IPv6 only, and then it ends: so it gets one that was
  // free a moment ago, and another one where somebody was faster.
  async #startDriver() {
    let failure;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const port = await freePort();
      try {
        await this.#startDriverOn(port);
        return port;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #startDriverOn(port) {
    this.#driver = spawn("chromedriver", [`--port=${port}`], { stdio: ["ignore", "pipe", "pipe"] });
    return new Promise((resolve, reject) => {
      let text = "";
      const listen = (chunk) => {
        text += chunk;
        if (text.includes("started successfully")) resolve();
      };
      this.#driver.stdout.on("data", listen);
      this.#driver.stderr.on("data", listen);
      this.#driver.on("error", reject);
      this.#driver.on("exit", (code) => reject(new Error(`chromedriver ended with ${code}: ${text}`)));
    });
  }

  // No fetch: it gives up on answers that take long, and these may.
  #call(method, target, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.#base + target, { method }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => {
          const { value } = JSON.parse(text);
          if (response.statusCode === 200) resolve(value);
          else reject(new Error(`${value.error}: ${value.message.split("\n")[0]}`));
        });
      });
      request.on("error", reject);
      request.end(body && JSON.stringify(body));
    });
  }

  open(url) {
    return this.#call("POST", "/url", { url });
  }

  title() {
    return this.#call("GET", "/title");
  }

  async find(css) {
    return (await this.#call("POST", "/element", { using: "css selector", value: css }))[ELEMENT];
  }

  async type(css, text) {
    const element = await this.find(css);
    return this.#call("POST", `/element/${element}/value`, { text });
  }

  async clear(css) {
    const element = await this.find(css);
    return this.#call("POST", `/element/${element}/clear`, {});
  }

  async click(css) {
    const element = await this.find(css);
    return this.#call("POST", `/element/${element}/click`, {});
  }

  // The script ends by calling its last argument.
  run(script, ...args) {
    return this.#call("POST", "/execute/async", { script, args });
  }

  // What the browser pretends, by its own protocol: a colour scheme, a screen.
  pretend(cmd, params) {
    return this.#call("POST", "/goog/cdp/execute", { cmd, params });
  }

  // Opens another tab and closes the one that was open, as a visitor does who comes back later.
  async reopen() {
    const { handle } = await this.#call("POST", "/window/new", { type: "tab" });
    await this.#call("DELETE", "/window");
    await this.#call("POST", "/window", { handle });
  }

  // Bytes of memory that the tabs' processes have to themselves or share with others by halves (PSS).
  memory() {
    let kib = 0;
    for (const id of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const command = fs.readFileSync(`/proc/${id}/cmdline`, "utf8");
        if (!command.includes("--type=renderer") || !command.includes(this.#profile)) continue;
        kib += Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]);
      } catch {
        // A process that has just ended.
      }
    }
    return kib * 1024;
  }

  async screenshot(file) {
    fs.writeFileSync(file, Buffer.from(await this.#call("GET", "/screenshot"), "base64"));
  }

  async stop() {
    if (this.#base?.includes("/session/")) await this.#call("DELETE", "").catch(() => {});
    this.#driver?.kill();
    fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

module.exports = { Browser };
