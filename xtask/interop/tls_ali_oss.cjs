// The official SDK `ali-oss` over TLS; NODE_EXTRA_CA_CERTS names the certificate authority that `serve` wrote.
"use strict";
const assert = require("node:assert/strict");
const { connect, main, row } = require("./sdk_common.cjs");

const client = connect({ secure: true, endpoint: process.env.INTEROP_TLS_URL.replace("127.0.0.1", "localhost") });

main(() => row("ali-oss", async () => {
  const body = Buffer.alloc(1024 * 1024, 7);
  await client.put("tls-ali-oss", body);
  const { content } = await client.get("tls-ali-oss");
  assert.ok(content.equals(body), "other bytes arrived");
}));
