// The official SDK `ali-oss` over TLS; NODE_EXTRA_CA_CERTS names the certificate authority that `serve` wrote.
"use strict";
const assert = require("node:assert/strict");
const OSS = require("ali-oss");

const { INTEROP_TLS_URL, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
const client = new OSS({
  region: `oss-${OSS_REGION}`,
  bucket: "interop",
  accessKeyId: OSS_ACCESS_KEY_ID,
  accessKeySecret: OSS_ACCESS_KEY_SECRET,
  authorizationV4: true,
  secure: true,
  // An address would make this SDK send a host that does not exist.
  endpoint: INTEROP_TLS_URL.replace("127.0.0.1", "localhost"),
  sldEnable: true,
  timeout: 60_000,
});

(async () => {
  const body = Buffer.alloc(1024 * 1024, 7);
  await client.put("tls-ali-oss", body);
  const { content } = await client.get("tls-ali-oss");
  assert.ok(content.equals(body), "other bytes arrived");
  console.log("passed\tali-oss");
})().catch((error) => {
  console.log(`failed\tali-oss\t${String(error).replaceAll(/\s+/g, " ").slice(0, 600)}`);
});
