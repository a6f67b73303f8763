// oss-presign as WebAssembly: sign, inspect, verify and explain, without I/O.
// ES2022, no dependencies. What each function takes and returns stands in presign.d.ts.

const ABSENT = 0xffffffff;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** A refusal: `code` is a stable name for programs, the message a sentence for people. */
export class OssPresignError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "OssPresignError";
    this.code = code;
  }
}

/** Compiles the module: from a URL, a Response, bytes, or a WebAssembly.Module that a bundler made. */
export async function load(source = new URL("./presign.wasm", import.meta.url)) {
  let module = await source;
  if (typeof module === "string" || module instanceof URL) module = await fetch(module);
  if (typeof Response !== "undefined" && module instanceof Response) {
    if (!module.ok) throw new OssPresignError("Load", `${module.url} answered ${module.status}`);
    module = await module.arrayBuffer();
  }
  if (!(module instanceof WebAssembly.Module)) module = await WebAssembly.compile(module);
  const { exports } = await WebAssembly.instantiate(module, {});
  return new OssPresign(exports);
}

class OssPresign {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  // Calls a function with a row of texts, and returns the row that it answers.
  #call(name, row) {
    const { memory, reserve, result, clear } = this.#exports;
    const parts = row.map((one) => (one === undefined || one === null ? null : utf8.encode(String(one))));
    const bytes = parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), 0);
    // The memory may be another after each call: views of it are made when they are used.
    let at = reserve(bytes) >>> 0;
    const view = new DataView(memory.buffer);
    for (const part of parts) {
      view.setUint32(at, part?.length ?? ABSENT, true);
      if (part) new Uint8Array(memory.buffer).set(part, at + 4);
      at += 4 + (part?.length ?? 0);
    }
    const length = this.#exports[name]();
    const answer = new Row(memory.buffer.slice(result() >>> 0, (result() >>> 0) + length));
    clear();
    const code = answer.text();
    if (code) throw new OssPresignError(code, answer.text());
    return answer;
  }

  sign(request) {
    check(request, "sign", ["credentials", "region", "product", "method", "bucket", "key", "allow_dot_segments", "endpoint",
      "addressing", "scheme", "headers", "additional_headers", "query", "now", "expires"]);
    const answer = this.#call("sign", [
      ...credentials(request.credentials), request.region, request.product,
      request.method, request.bucket, request.key, request.allow_dot_segments ? "dots" : null,
      request.endpoint, request.addressing, request.scheme,
      ...list(pairs(request.headers), (pair) => pair), ...list(request.additional_headers, (name) => [name]),
      ...list(pairs(request.query), ([name, value]) => [name, value]), now(request), request.expires,
    ]);
    const [method, url, expires_at] = [answer.text(), answer.text(), answer.number()];
    const headers = answer.list(() => [answer.text(), answer.text()]);
    return {
      request: { method, url, headers, ...(expires_at !== null && { expires_at }) },
      canonical_request: answer.text(),
      string_to_sign: answer.text(),
      signature: answer.text(),
    };
  }

  inspect(url) {
    const answer = this.#call("inspect", [url]);
    const found = {
      scheme: answer.text(), host: answer.text(), path: answer.text(),
      access_key_id: answer.text(), region: answer.text(), product: answer.text(),
      signed_at: answer.number(), expires_at: answer.number(), temporary_credentials: answer.text() !== null,
    };
    const names = answer.list(() => answer.text());
    return { ...found, host_is_signed: names.includes("host"), additional_headers: names.filter((name) => name !== "host") };
  }

  verify(request) {
    check(request, "verify", ["credentials", "method", "url", "headers", "bucket", "region", "now"]);
    const answer = this.#call("verify", [
      ...credentials(request.credentials), request.credentials.security_token, request.method, request.url,
      ...list(pairs(request.headers), (pair) => pair), request.bucket, request.region, now(request),
    ]);
    if (answer.text() === "valid") {
      return { valid: true, access_key_id: answer.text(), signed_at: answer.number(), expires_at: answer.number() };
    }
    const found = { status: answer.number(), code: answer.text(), ec: answer.text(), message: answer.text() };
    return { valid: false, ...found, ...causes(answer) };
  }

  explain(refused) {
    check(refused, "explain", ["url", "method", "headers", "signed", "secrets", "bucket", "region", "now", "answer"]);
    const { signed, answer: said } = refused;
    const answer = this.#call("explain", [
      refused.url, refused.method, ...(refused.headers ? list(pairs(refused.headers), (pair) => pair) : [null]),
      signed?.method, signed?.url, ...list(pairs(signed?.headers), (pair) => pair),
      ...list(refused.secrets, (secret) => [secret.name, ...credentials(secret)]),
      refused.bucket, refused.region, now(refused), said?.status, said?.xml,
    ]);
    return {
      ...causes(answer), first_difference: answer.text(), right_for: answer.text(), signatures_tried: answer.number(),
    };
  }
}

// A row of texts that the module answered.
class Row {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  text() {
    const length = new DataView(this.#bytes).getUint32(this.#at, true);
    this.#at += 4;
    if (length === ABSENT) return null;
    this.#at += length;
    return text.decode(this.#bytes.slice(this.#at - length, this.#at));
  }

  number() {
    const number = this.text();
    return number === null ? null : Number(number);
  }

  list(item) {
    return Array.from({ length: this.number() }, item);
  }
}

const causes = (answer) => ({
  certainty: answer.text(),
  causes: answer.list(() => ({
    code: answer.text(), says: answer.text(), signed: answer.text(), sent: answer.text(), remedy: answer.text(),
  })),
});

const credentials = (given) => [given?.access_key_id, given?.access_key_secret, given?.security_token];
const list = (items, row) => [items?.length ?? 0, ...(items ?? []).flatMap(row)];
const pairs = (given) => (Array.isArray(given) || !given ? given : Object.entries(given));
const now = ({ now: seconds = Math.floor(Date.now() / 1000) }) => seconds;

// A misspelt field would be a request that means something else.
function check(given, name, known) {
  const other = Object.keys(given).find((field) => !known.includes(field));
  if (other !== undefined) throw new OssPresignError("Argument", `${name} has no field \`${other}\`; it has ${known.join(", ")}`);
}
