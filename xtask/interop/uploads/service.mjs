// A service that issues and renews upload plans under a rule, in a few lines: what a server or an edge function does that has
// the credentials. It signs with the package for JavaScript, and talks to OSS never.

import { readFile } from "node:fs/promises";
import { load } from "../../../crates/oss-presign-wasm/js/presign.js";

const PART = 8 << 20;

/** The rule: what a visitor may upload. */
const RULE = { prefix: "uploads/", types: ["image/jpeg", "application/octet-stream"], bytes: 1 << 30 };

export class Refusal extends Error {}

export class Service {
  #oss;
  #place;

  /** `place` has credentials, region, bucket, endpoint, addressing and scheme. */
  static async create(place) {
    const service = new Service();
    service.#oss = await load(readFile(new URL("../../../crates/oss-local/src/page/page.wasm", import.meta.url)));
    service.#place = place;
    return service;
  }

  /** A plan, or a single PUT for a small file. `upload_id` is that of an upload to renew. */
  issue({ key, size, type, upload_id = null, expires = 600 }) {
    if (!key.startsWith(RULE.prefix)) throw new Refusal(`keys begin with ${RULE.prefix}`);
    if (!RULE.types.includes(type)) throw new Refusal(`the type ${type} is none of ${RULE.types.join(", ")}`);
    if (!Number.isSafeInteger(size) || size < 0 || size > RULE.bytes) throw new Refusal(`at most ${RULE.bytes} bytes`);
    const sign = (method, more) => this.#oss.sign({ ...this.#place, key, method, expires, ...more }).request;
    // The exact length is signed with each body: a holder cannot upload more than the rule allows.
    const body = (bytes) => ({ headers: { "content-length": String(bytes) }, additional_headers: ["content-length"] });
    if (size <= PART) {
      const { headers, additional_headers } = body(size);
      return sign("PUT", { headers: { ...headers, "content-type": type }, additional_headers });
    }
    if (upload_id === null) {
      const initiate = sign("POST", { query: { uploads: null }, headers: { "content-type": type } });
      return { version: 1, size, part_size: PART, initiate };
    }
    const part = (_, index) => sign("PUT", {
      query: { partNumber: String(index + 1), uploadId: upload_id }, ...body(Math.min(PART, size - index * PART)),
    });
    return {
      version: 1, size, part_size: PART, upload_id,
      parts: Array.from({ length: Math.ceil(size / PART) }, part),
      complete: sign("POST", { query: { uploadId: upload_id } }),
      abort: sign("DELETE", { query: { uploadId: upload_id } }),
      check: sign("HEAD"),
    };
  }
}
