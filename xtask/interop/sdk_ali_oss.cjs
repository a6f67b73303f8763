// The official SDK `ali-oss` as a client of the server.
"use strict";
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { BUCKET, connect, main, row } = require("./sdk_common.cjs");

const { INTEROP_PORT, INTEROP_CLI, INTEROP_OUT } = process.env;
const client = connect();

const PREFIX = "sdk-ali-oss/";
const KEY = `${PREFIX}ü/a +b%20 '()!*~中.txt`;
const HEADERS = { "content-type": "text/plain", "x-oss-meta-owner": "42" };
const PART = 1024 * 1024;
const BODY = Buffer.alloc(5 * PART);
for (let at = 0; at < BODY.length; at += 4) BODY.writeUInt32BE(at / 4, at);

// Buffers that differ make assert print megabytes.
function same(arrived, expected) {
  if (!Buffer.from(arrived).equals(expected)) throw new Error(`${arrived.length} other bytes arrived`);
}

const stored = async (key, options) => (await client.get(key, options)).content;

// Our command, given the same inputs and the same second, must give the same signature.
function signsAsWeDo(method, url, headers) {
  const theirs = new URL(url);
  const [, year, month, day, hour, minute, second] =
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(theirs.searchParams.get("x-oss-date"));
  const line = {
    method,
    bucket: BUCKET,
    key: KEY,
    scheme: "http",
    style: "path",
    endpoint: `localhost:${INTEROP_PORT}`,
    timestamp: Date.UTC(year, month - 1, day, hour, minute, second) / 1000,
    expires: Number(theirs.searchParams.get("x-oss-expires")),
    headers: Object.entries(headers),
  };
  const answer = execFileSync(INTEROP_CLI, ["batch"], { input: `${JSON.stringify(line)}\n`, timeout: 60_000 });
  const ours = new URL(JSON.parse(answer).url);
  assert.deepEqual(Object.fromEntries(ours.searchParams), Object.fromEntries(theirs.searchParams));
  assert.equal(decodeURIComponent(ours.pathname), decodeURIComponent(theirs.pathname));
}

async function presigned() {
  const request = { headers: { ...HEADERS } };
  return [
    await client.signatureUrlV4("PUT", 600, request, KEY),
    await client.signatureUrlV4("GET", 600, {}, KEY),
  ];
}

main(async () => {
  await row("put", async () => {
    const result = await client.put(KEY, BODY, { mime: "text/plain", meta: { owner: "42" } });
    assert.equal(result.res.status, 200);
  });
  await row("get", async () => same(await stored(KEY), BODY));
  await row("get, range", async () => {
    same(await stored(KEY, { headers: { Range: "bytes=1000-1999" } }), BODY.subarray(1000, 2000));
  });
  await row("head", async () => {
    const result = await client.head(KEY);
    assert.equal(result.res.headers["content-length"], String(BODY.length));
    assert.equal(result.res.headers["content-type"], "text/plain");
    assert.deepEqual({ ...result.meta }, { owner: "42" });
  });
  await row("list", async () => {
    const names = [0, 1, 2, 3, 4].map((n) => `${PREFIX}list/${n} +.txt`);
    for (const name of names) await client.put(name, Buffer.from("x"));
    const found = [];
    let token;
    do {
      const page = await client.listV2({ prefix: `${PREFIX}list/`, "max-keys": 2, "continuation-token": token });
      found.push(...page.objects.map((object) => object.name));
      token = page.nextContinuationToken;
    } while (token);
    assert.deepEqual(found, names);
    const folders = await client.listV2({ prefix: PREFIX, delimiter: "/" });
    assert.ok(folders.prefixes.includes(`${PREFIX}list/`));
  });
  await row("copy", async () => {
    await client.copy(`${PREFIX}copy`, KEY);
    same(await stored(`${PREFIX}copy`), BODY);
  });
  await row("multipart", async () => {
    const file = path.join(INTEROP_OUT, "bodies", "ali-oss.bin");
    fs.writeFileSync(file, BODY);
    let progress = 0;
    await client.multipartUpload(`${PREFIX}multipart`, file, { partSize: PART, progress: (p) => { progress = p; } });
    assert.equal(progress, 1);
    same(await stored(`${PREFIX}multipart`), BODY);
  });
  await row("append", async () => {
    const first = await client.append(`${PREFIX}append`, Buffer.from("one"));
    assert.equal(Number(first.nextAppendPosition), 3);
    await client.append(`${PREFIX}append`, Buffer.from("two"), { position: 3 });
    same(await stored(`${PREFIX}append`), Buffer.from("onetwo"));
  });
  await row("delete", async () => {
    await client.delete(`${PREFIX}copy`);
    await assert.rejects(client.head(`${PREFIX}copy`), { code: "NoSuchKey" });
    const names = [0, 1, 2, 3, 4].map((n) => `${PREFIX}list/${n} +.txt`);
    const result = await client.deleteMulti(names);
    assert.equal(result.deleted.length, 5);
  });
  await row("presign: accepted", async () => {
    const [upload, download] = await presigned();
    const put = await fetch(upload, { method: "PUT", body: "presigned", headers: HEADERS });
    assert.equal(put.status, 200);
    assert.equal(await (await fetch(download)).text(), "presigned");
  });
  await row("presign: signatures equal ours", async () => {
    const [upload, download] = await presigned();
    signsAsWeDo("PUT", upload, HEADERS);
    signsAsWeDo("GET", download, {});
  });
});
