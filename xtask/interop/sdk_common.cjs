// What the scripts in JavaScript share: rows, and the official SDK `ali-oss` as it talks to the server.
"use strict";

const BUCKET = "interop";

// Runs the rows; the script fails where something happens beside them.
function main(work) {
  work().catch((error) => {
    // The message alone: a stack tells nothing in a table.
    console.error(String(error));
    process.exitCode = 1;
  });
}

async function row(name, work) {
  try {
    await work();
    console.log(`passed\t${name}`);
  } catch (error) {
    console.log(`failed\t${name}\t${String(error).replaceAll(/\s+/g, " ").slice(0, 600)}`);
  }
}

function connect(more = {}) {
  // Loaded here, because the page's script has no SDK.
  const OSS = require("ali-oss");
  const { INTEROP_PORT, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
  return new OSS({
    region: `oss-${OSS_REGION}`,
    bucket: BUCKET,
    accessKeyId: OSS_ACCESS_KEY_ID,
    accessKeySecret: OSS_ACCESS_KEY_SECRET,
    authorizationV4: true,
    // Path style. An address instead of `localhost` would make this SDK send a host that does not exist.
    endpoint: `http://localhost:${INTEROP_PORT}`,
    sldEnable: true,
    timeout: 60_000,
    ...more,
  });
}

module.exports = { BUCKET, connect, main, row };
