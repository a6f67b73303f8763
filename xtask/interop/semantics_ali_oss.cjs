// What OSS does beside the plain operations, by the high-level calls of the official SDK `ali-oss`. The expected values
// are those of the SDK's own suite and of the documentation.
"use strict";
const assert = require("node:assert/strict");
const OSS = require("ali-oss");

const { INTEROP_PORT, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
const BUCKET = "interop";
const OWN = "semantics-ali-oss";
const KEY = "semantics-ali-oss/key";

function connect(bucket) {
  return new OSS({
    region: `oss-${OSS_REGION}`,
    bucket,
    accessKeyId: OSS_ACCESS_KEY_ID,
    accessKeySecret: OSS_ACCESS_KEY_SECRET,
    authorizationV4: true,
    endpoint: `http://localhost:${INTEROP_PORT}`,
    sldEnable: true,
    timeout: 60_000,
  });
}

const client = connect(BUCKET);
const own = connect(OWN);
const missing = connect("no-such-bucket");
const X = Buffer.from("x");

async function row(name, work) {
  try {
    await work();
    console.log(`passed\t${name}`);
  } catch (error) {
    console.log(`failed\t${name}\t${String(error).replaceAll(/\s+/g, " ").slice(0, 600)}`);
  }
}

(async () => {
  await row("completion: ACL, no part", async () => {
    const { uploadId } = await client.initMultipartUpload(KEY);
    await client.completeMultipartUpload(KEY, uploadId, [], { headers: { "x-oss-object-acl": "private" } });
    assert.equal((await client.head(KEY)).res.headers["content-length"], "0");
    assert.equal((await client.getACL(KEY)).acl, "private");
  });
  await row("copy: directives, missing bucket", async () => {
    await client.put(KEY, X, { mime: "image/jpeg", meta: { a: "1" } });
    for (const [directive, kept] of [["REPLACE", undefined], ["replace", "1"]]) {
      await client.copy(`${KEY}2`, KEY, { headers: { "x-oss-metadata-directive": directive } });
      const { headers } = (await client.head(`${KEY}2`)).res;
      assert.equal(headers["content-type"], "image/jpeg");
      assert.equal(headers["x-oss-meta-a"], kept);
    }
    await assert.rejects(missing.copy(KEY, KEY, BUCKET), { code: "NoSuchBucket" });
  });
  await row("symlink: headers of its own", async () => {
    await client.putSymlink(`${KEY}-link`, KEY, { meta: { b: "2" } });
    const link = await client.getSymlink(`${KEY}-link`);
    assert.equal(link.targetName, KEY);
    assert.equal(link.res.headers["x-oss-meta-b"], "2");
  });
  await row("objectMeta: few headers", async () => {
    await client.put(KEY, Buffer.from("12345"), { meta: { a: "1" } });
    const { headers } = (await client.getObjectMeta(KEY)).res;
    assert.equal(headers["content-length"], "5");
    assert.equal(headers["x-oss-meta-a"], undefined);
  });
  await row("storage class inherited, counters", async () => {
    await client.putBucket(OWN, { storageClass: "IA" });
    await own.put(KEY, Buffer.from("12345"));
    assert.equal((await own.head(KEY)).res.headers["x-oss-storage-class"], "IA");
    const { stat } = await client.getBucketStat(OWN);
    assert.equal(stat.Storage, "5");
    assert.equal(stat.InfrequentAccessStorage, "5");
    assert.equal(stat.LiveChannelCount, "0");
  });
  await row("null versions", async () => {
    assert.equal((await own.put("null", X)).res.headers["x-oss-version-id"], undefined);
    await client.putBucketVersioning(OWN, "Enabled");
    assert.equal((await own.head("null")).res.headers["x-oss-version-id"], "null");
    await client.putBucketVersioning(OWN, "Suspended");
    assert.equal((await own.put("null", X)).res.headers["x-oss-version-id"], "null");
  });
  await row("encryption echoed", async () => {
    const headers = { "x-oss-server-side-encryption": "AES256" };
    for (const answer of [
      await client.put(KEY, X, { headers }),
      await client.initMultipartUpload(KEY, { headers }),
      await client.append(`${KEY}-log`, X, { headers }),
    ]) {
      assert.equal(answer.res.headers["x-oss-server-side-encryption"], "AES256");
    }
  });
  await row("characters of tags", async () => {
    await client.putObjectTagging(KEY, { "a b": "+-=._:/9" });
    assert.deepEqual((await client.getObjectTagging(KEY)).tag, { "a b": "+-=._:/9" });
    // The SDK refuses such a tag itself, unless it goes as a header.
    await assert.rejects(client.put(KEY, X, { headers: { "x-oss-tagging": "a%21=1" } }), { code: "InvalidTag" });
  });
  await row("uploads: next markers", async () => {
    for (const key of ["ali-oss-list/a", "ali-oss-list/b"]) await client.initMultipartUpload(key);
    const first = await client.listUploads({ prefix: "ali-oss-list/", "max-uploads": 1 });
    assert.equal(first.nextKeyMarker, "ali-oss-list/a");
    const all = await client.listUploads({ prefix: "ali-oss-list/" });
    assert.equal(all.nextKeyMarker, "ali-oss-list/b");
    assert.equal(all.nextUploadIdMarker, all.uploads[1].uploadId);
  });
  await row("parts: EC", async () => {
    const { uploadId } = await client.initMultipartUpload(KEY);
    await client.abortMultipartUpload(KEY, uploadId);
    await assert.rejects(client.listParts(KEY, uploadId), { code: "NoSuchUpload", ecCode: "0042-00000002" });
    await assert.rejects(client.uploadPart(KEY, uploadId, 1, __filename, 0, 1), { code: "NoSuchUpload" });
  });
  await row("bucket info, endpoints", async () => {
    const { bucket } = await client.getBucketInfo(BUCKET);
    assert.equal(bucket.AccessMonitor, "Disabled");
    assert.equal(bucket.CrossRegionReplication, "Disabled");
    assert.equal(bucket.ServerSideEncryptionRule.SSEAlgorithm, "None");
    assert.equal(bucket.ExtranetEndpoint, `localhost:${INTEROP_PORT}`);
    assert.equal(bucket.IntranetEndpoint, `localhost:${INTEROP_PORT}`);
  });
  await row("bucket ACL: Location", async () => {
    assert.equal((await client.putBucketACL(OWN, "private")).res.headers.location, `/${OWN}`);
  });
  await row("settings", async () => {
    await client.putBucketCORS(OWN, [{ allowedOrigin: "*", allowedMethod: "PUT" }]);
    assert.equal((await client.getBucketCORS(OWN)).rules[0].allowedMethod, "PUT");
    await client.deleteBucketCORS(OWN);
    await assert.rejects(client.getBucketCORS(OWN), { code: "NoSuchCORSConfiguration" });
    await client.putBucketTags(OWN, { k: "v" });
    assert.deepEqual((await client.getBucketTags(OWN)).tag, { k: "v" });
    await client.deleteBucketTags(OWN);
    assert.deepEqual((await client.getBucketTags(OWN)).tag, {});
    await client.putBucketReferer(OWN, true, ["http://example.com"]);
    assert.deepEqual((await client.getBucketReferer(OWN)).referers, ["http://example.com"]);
    await client.putBucketWebsite(OWN, { index: "index.html" });
    assert.equal((await client.getBucketWebsite(OWN)).index, "index.html");
    await client.putBucketLogging(OWN, "logs/");
    assert.equal((await client.getBucketLogging(OWN)).prefix, "logs/");
    await client.putBucketEncryption(OWN, { SSEAlgorithm: "AES256" });
    assert.equal((await client.getBucketEncryption(OWN)).encryption.SSEAlgorithm, "AES256");
    await client.putBucketLifecycle(OWN, [{ id: "id", prefix: "p/", status: "Enabled", expiration: { days: 3 } }]);
    assert.equal((await client.getBucketLifecycle(OWN)).rules[0].expiration.days, "3");
    await client.putBucketPolicy(OWN, { Version: "1", Statement: [] });
    assert.deepEqual((await client.getBucketPolicy(OWN)).policy, { Version: "1", Statement: [] });
  });
  await row("not offered: 501, 404", async () => {
    await assert.rejects(client.putBucketRequestPayment(OWN, "Requester"), { status: 501 });
    await assert.rejects(missing.put(KEY, X), { status: 404, code: "NoSuchBucket" });
  });
})().catch((error) => {
  // The message alone: a stack tells nothing in a table.
  console.error(String(error));
  process.exitCode = 1;
});
