// fetch in a real Chromium, from a page of another origin than the server's: every upload needs CORS.
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const { Browser } = require("./webdriver.cjs");

const PAGE = `<!doctype html><meta charset="utf-8"><title>interop</title><input type="file">
<script>
async function run(method, url, headers) {
  const input = document.querySelector("input");
  const body = method === "PUT" ? input.files[0] : undefined;
  const response = await fetch(url, { method, headers, body });
  // What came back goes to this page's own server, which keeps it for comparison.
  await fetch("/answer", { method: "POST", body: await response.blob() });
  return response.status;
}
</script>`;

let answer;
const server = http.createServer(async (request, response) => {
  if (request.method === "POST") {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    answer = Buffer.concat(chunks);
  }
  response.setHeader("content-type", "text/html");
  response.end(request.method === "GET" ? PAGE : "");
});

async function run(browser, page, path) {
  const [method, url, body, answerPath, ...lines] = fs.readFileSync(path, "utf8").trimEnd().split("\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  await browser.open(page);
  if (body !== "-") await browser.type("input", body);
  const result = await browser.run(
    "const [method, url, headers, done] = arguments;" +
      "run(method, url, headers).then(done, (error) => done('error ' + error));",
    method, url, headers,
  );
  fs.writeFileSync(answerPath, answer ?? "");
  answer = undefined;
  return result;
}

(async () => {
  const browser = await Browser.start();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = `http://127.0.0.1:${server.address().port}/`;
  try {
    for (const job of process.argv.slice(2)) {
      try {
        console.log(await run(browser, page, job));
      } catch (error) {
        console.log("error", error.message.replaceAll("\n", " "));
      }
    }
  } finally {
    await browser.stop();
    server.close();
    server.closeAllConnections();
  }
})().catch((error) => {
  // The message alone: a stack tells nothing in a table.
  console.error(String(error));
  process.exitCode = 1;
});
