// What OSS does beside the plain operations, by the high-level calls of the official SDK `ali-oss`. The expected values
// are those of the SDK's own suite and of the documentation.
"use strict";
const assert = require("node:assert/strict");
const { BUCKET, connect, main, row } = require("./sdk_common.cjs");

const { INTEROP_PORT } = process.env;
const OWN = "semantics-ali-oss";
const KEY = "semantics-ali-oss/key";
const NEW = "semantics-ali-oss-acl";

const client = connect();
const own = connect({ bucket: OWN });
const missing = connect({ bucket: "no-such-bucket" });
const X = Buffer.from("x");

main(async () => {
  await row("completion: ACL, no part", async () => {
    const { uploadId } = await client.initMultipartUpload(KEY);
    await client.completeMultipartUpload(KEY, uploadId, [], { headers: { "x-oss-object-acl": "private" } });
    assert.equal((await client.head(KEY)).res.headers["content-length"], "0");
    assert.equal((await client.getACL(KEY)).acl, "private");
    const further = await client.initMultipartUpload(KEY);
    const all = { headers: { "x-oss-complete-all": "yes" } };
    // This SDK always sends a body.
    await assert.rejects(client.completeMultipartUpload(KEY, further.uploadId, [], all), { ecCode: "0042-00000216" });
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
    for (const name of ["etag", "last-modified", "x-oss-hash-crc64ecma"]) assert.ok(headers[name], name);
    for (const name of ["x-oss-meta-a", "x-oss-object-type", "x-oss-version-id", "content-type"]) {
      assert.equal(headers[name], undefined, name);
    }
  });
  await row("storage class inherited, counters", async () => {
    await client.putBucket(OWN, { storageClass: "IA" });
    await own.put(KEY, Buffer.from("12345"));
    assert.equal((await own.head(KEY)).res.headers["x-oss-storage-class"], "IA");
    const { stat } = await client.getBucketStat(OWN);
    assert.equal(stat.Storage, "5");
    assert.equal(stat.InfrequentAccessStorage, "5");
    const counters = ["ObjectCount", "MultipartUploadCount", "LiveChannelCount", "LastModifiedTime"];
    for (const name of ["Standard", "InfrequentAccess", "Archive", "ColdArchive", "DeepColdArchive"]) {
      counters.push(`${name}Storage`, `${name}ObjectCount`);
      if (name !== "Standard") counters.push(`${name}RealStorage`);
    }
    for (const name of counters) assert.match(stat[name], /^\d+$/, name);
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
    await assert.rejects(client.abortMultipartUpload(KEY, uploadId), { code: "NoSuchUpload", ecCode: "0042-00000002" });
    await assert.rejects(client.uploadPart(KEY, uploadId, 1, __filename, 0, 1), { code: "NoSuchUpload", ecCode: "0042-00000104" });
  });
  await row("a list keeps what XML can say", async () => {
    // Without an encoding-type, as this SDK asks, a tab is a reference.
    const name = "ali-oss-control/a\tb&c";
    await client.put(name, X);
    const listed = await client.list({ prefix: "ali-oss-control/" });
    assert.deepEqual(listed.objects.map((object) => object.name), [name]);
  });
  await row("bucket info, endpoints", async () => {
    const { bucket } = await client.getBucketInfo(BUCKET);
    assert.equal(bucket.AccessMonitor, "Disabled");
    assert.equal(bucket.BlockPublicAccess, "false");
    assert.ok("Comment" in bucket);
    assert.equal(bucket.CrossRegionReplication, "Disabled");
    assert.equal(bucket.ServerSideEncryptionRule.SSEAlgorithm, "None");
    assert.equal(bucket.ExtranetEndpoint, `localhost:${INTEROP_PORT}`);
    assert.equal(bucket.IntranetEndpoint, `localhost:${INTEROP_PORT}`);
  });
  await row("bucket ACL: Location, creates the bucket", async () => {
    assert.equal((await client.putBucketACL(OWN, "private")).res.headers.location, `/${OWN}`);
    await client.putBucketACL(NEW, "public-read");
    assert.equal((await client.getBucketACL(NEW)).acl, "public-read");
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
  await row("the bucket is looked for before the key", async () => {
    const stranger = { accessKeyId: "fake-stranger" };
    await assert.rejects(connect(stranger).put(KEY, X), { status: 403, code: "InvalidAccessKeyId" });
    const nowhere = connect({ ...stranger, bucket: "no-such-bucket" });
    await assert.rejects(nowhere.put(KEY, X), { status: 404, code: "NoSuchBucket" });
  });
  await row("restrictions that are not enforced are refused", async () => {
    await client.put(KEY, X);
    const locked = { headers: { "x-oss-object-worm-mode": "COMPLIANCE" } };
    await assert.rejects(client.put(KEY, Buffer.from("other"), locked), { status: 501, code: "NotImplemented" });
    assert.equal(String((await client.get(KEY)).content), "x");
  });
  await row("not offered: 501, 404", async () => {
    await assert.rejects(client.putBucketRequestPayment(OWN, "Requester"), { status: 501 });
    for (const write of [
      () => missing.put(KEY, X),
      () => missing.initMultipartUpload(KEY),
      () => missing.putSymlink(KEY, KEY, {}),
      () => missing.append(KEY, X),
    ]) {
      await assert.rejects(write(), { status: 404, code: "NoSuchBucket", ecCode: "0015-00000101" });
    }
  });
});
