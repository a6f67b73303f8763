// The signing vectors through the package as it is published: node vectors.mjs FOLDER-OF-VECTORS
// Run where `oss-presign` is installed. As in the core's tests, a request on whose signature the SDKs differ is signed by
// the rule, or refused by the error of this name.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { load } from "oss-presign";
import { load as loadWithSearch } from "oss-presign/explain";

const [folder] = process.argv.slice(2);
const REFUSED = {
  "duplicate-query": "DuplicateQuery",
  "duplicate-header": "DuplicateHeader",
  "additional-empty": "AdditionalHeaderEmpty",
  "additional-missing": "AdditionalHeaderMissing",
};
const RULE = ["query-sort-order", "empty-query-value", "header-value-outer-space", "empty-oss-header", "additional-duplicate",
  "additional-date-overwritten"];
const STYLES = { virtual: "virtual-hosted", path: "path", cname: "cname" };

const read = (file) => readFileSync(path.join(folder, file), "utf8").trim().split("\n").map((line) => JSON.parse(line));

function request(vector) {
  const { access_key_id, access_key_secret, security_token, region, product, method, bucket, key, scheme } = vector;
  return {
    credentials: { access_key_id, access_key_secret, security_token }, region, product, method, bucket, key, scheme,
    allow_dot_segments: true, endpoint: vector.endpoint, addressing: STYLES[vector.style],
    headers: vector.headers.map(([name, value]) => [name, value ?? ""]), additional_headers: vector.additional_headers,
    query: vector.query, now: vector.timestamp, expires: vector.expires,
  };
}

function outcome(oss, vector) {
  try {
    return oss.sign(request(vector));
  } catch (error) {
    if (error.name !== "OssPresignError") throw error;
    return { refused: error.code };
  }
}

// Signs one vector; returns how it was decided.
function decide(oss, vector) {
  const disputes = vector.disputed?.split(",") ?? [];
  for (const dispute of disputes) assert.ok(dispute in REFUSED || RULE.includes(dispute), dispute);
  const refusal = disputes.map((dispute) => REFUSED[dispute]).find(Boolean);
  const signed = outcome(oss, vector);
  if (refusal) {
    assert.equal(signed.refused, refusal, vector.id);
    return "refused";
  }
  const agreed = disputes.length === 0;
  const expected = agreed ? vector.signature : vector.ref_signature;
  assert.equal(signed.signature, expected, `${vector.id} ${signed.refused ?? ""}`);
  if (expected === vector.signature && vector.canonical_request) {
    assert.equal(signed.canonical_request, vector.canonical_request, vector.id);
    assert.equal(signed.string_to_sign, vector.string_to_sign, vector.id);
    if (vector.authorization) assert.deepEqual(signed.request.headers[0], ["authorization", vector.authorization]);
  }
  verify(oss, vector, signed);
  return agreed ? "agreed" : "by the rule";
}

// What was signed is valid for whom it was signed, and for nobody else.
function verify(oss, vector, { request: { method, url, headers } }) {
  const { access_key_id, access_key_secret, security_token } = vector;
  const given = { method, url, headers, bucket: vector.style === "path" ? null : vector.bucket, now: vector.timestamp };
  const verdict = oss.verify({ ...given, credentials: { access_key_id, access_key_secret, security_token } });
  assert.equal(verdict.valid, true, `${vector.id}: ${verdict.message}`);
  const other = oss.verify({ ...given, credentials: { access_key_id, access_key_secret: "another-secret", security_token } });
  assert.equal(other.code, "SignatureDoesNotMatch", vector.id);
}

function all(oss, file, expected) {
  const counts = {};
  for (const vector of read(file)) {
    const kind = decide(oss, vector);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  assert.equal(counts.agreed, expected.agreed, file);
  assert.equal(Object.values(counts).reduce((sum, count) => sum + count), expected.all, file);
  return `${file} ${JSON.stringify(counts)}`;
}

// The module without the search answers at once; the vectors of the other one need its verification to succeed.
const oss = await load();
for (const [file, expected] of [
  ["presign.jsonl", { agreed: 235, all: 300 }],
  ["header.jsonl", { agreed: 73, all: 102 }],
  ["known.jsonl", { agreed: 14, all: 14 }],
]) console.log(all(oss, file, expected));

// Text that is signed with one type and sent with another: a proof with the search, a guess without.
const withSearch = await loadWithSearch();
const credentials = { access_key_id: "fake-access-key-id", access_key_secret: "fake-access-key-secret" };
const { request: signed } = withSearch.sign({
  credentials, region: "cn-hangzhou", method: "PUT", bucket: "examplebucket", key: "a.txt",
  headers: { "Content-Type": "text/plain" }, now: 1731400358, expires: 600,
});
const refused = {
  url: signed.url, method: "PUT", headers: { "content-type": "image/png" }, secrets: [credentials], now: 1731400400,
  answer: { status: 403, xml: "<Error><Code>SignatureDoesNotMatch</Code></Error>" },
};
const proved = withSearch.explain(refused);
assert.equal(proved.certainty, "proved");
assert.deepEqual(proved.causes.map(({ code, signed, sent }) => [code, signed, sent]), [["content-type", "text/plain", "image/png"]]);
assert.equal(oss.explain(refused).certainty, "guessed");
const { signatures_tried, ...right } = withSearch.explain({ ...refused, headers: { "content-type": "text/plain" }, answer: null });
assert.equal(right.right_for, "PUT");
assert.ok(signatures_tried > 0);

const inspected = oss.inspect(signed.url);
assert.deepEqual([inspected.region, inspected.signed_at, inspected.expires_at], ["cn-hangzhou", 1731400358, 1731400958]);
assert.ok(!JSON.stringify(inspected).includes(signed.url.match(/x-oss-signature=([0-9a-f]+)/)[1]));
assert.throws(() => oss.inspect(signed.url.split("&")[0]), { code: "InvalidArgument" });
assert.throws(() => oss.sign({ credentials, regoin: "cn-hangzhou" }), { code: "Argument", message: /has no field `regoin`/ });
assert.throws(() => oss.sign({ credentials, method: "PUT" }), { code: "Argument" });
console.log("inspect, verify, explain: as documented");
