// Node.js with axios. A stream goes out chunked.
"use strict";
const fs = require("node:fs");
const axios = require("axios");

async function run(path) {
  const [method, url, body, answer, ...lines] = fs.readFileSync(path, "utf8").trimEnd().split("\n");
  // Without this axios would send application/x-www-form-urlencoded, and Content-Type is always signed.
  const headers = { "Content-Type": false };
  for (const line of lines) {
    const colon = line.indexOf(": ");
    const name = line.slice(0, colon);
    headers[name === "content-type" ? "Content-Type" : name] = line.slice(colon + 2);
  }
  const response = await axios.request({
    method,
    url,
    headers,
    data: body === "-" ? undefined : fs.createReadStream(body),
    responseType: "arraybuffer",
    maxBodyLength: Infinity,
    timeout: 60_000,
    validateStatus: () => true,
  });
  fs.writeFileSync(answer, response.data);
  return response.status;
}

(async () => {
  for (const job of process.argv.slice(2)) {
    try {
      console.log(await run(job));
    } catch (error) {
      console.log("error", String(error.code ?? ""), String(error.message).replaceAll("\n", " "));
    }
  }
})().catch((error) => {
  // The message alone: a stack tells nothing in a table.
  console.error(String(error));
  process.exitCode = 1;
});
