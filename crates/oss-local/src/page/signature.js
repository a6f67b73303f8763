// How a signature is made, and what is wrong with a URL: both in the browser, by the core as WebAssembly.
import { element, make, withNames } from "/-/page.js";
import { load } from "/-/presign.js";

const loading = load("/-/page.wasm");

// ------------------------------------------------------------------------------------------ how a signature is made

const LINES = ["method", "bucket and key, encoded", "query, in the order of its bytes"];

// What each line of a canonical request is.
function meaning(lines, index) {
  if (index < LINES.length) return LINES[index];
  if (index === lines.length - 1) return "the body, which is not signed";
  if (index === lines.length - 2) return "names of additional headers";
  return lines[index] === "" ? "end of the headers" : "header to send with exactly this value";
}

function annotated(text) {
  const lines = text.split("\n");
  return make("dl", {}, ...lines.flatMap((line, index) => [make("dt", {}, meaning(lines, index)), make("dd", {}, make("code", {}, line || "(empty)"))]));
}

const step = (title, says, ...parts) => make("li", {}, make("h3", {}, title), make("p", {}, says), ...parts);

async function showSteps() {
  const value = (name) => element(`make-${name}`).value;
  const oss = await loading;
  try {
    const signed = oss.sign({
      credentials: { access_key_id: value("id"), access_key_secret: value("secret") },
      region: value("region"), method: value("method"), bucket: value("bucket"), key: value("key"),
      headers: value("type") ? { "content-type": value("type") } : {}, expires: Number(value("expires")),
    });
    const [, , scope, hash] = signed.string_to_sign.split("\n");
    const [day, region, product, end] = scope.split("/");
    element("steps").replaceChildren(
      step("Canonical request", "The request, written in one way only: whoever verifies writes it again.", annotated(signed.canonical_request)),
      step("String to sign", `Algorithm, time, scope, and SHA-256 of the canonical request (${hash.slice(0, 8)}…).`, make("pre", {}, signed.string_to_sign)),
      step("Signing key", "Four HMACs, the first keyed by the secret. It works for one day, region and product, and never leaves this page.",
        make("pre", {}, `HMAC(HMAC(HMAC(HMAC("aliyun_v4" + secret, "${day}"), "${region}"), "${product}"), "${end}")`)),
      step("Signature", "HMAC of the string to sign by the signing key, in hex.", make("pre", { id: "made-signature" }, signed.signature)),
      step("URL", "The signature is its last parameter. Until it expires, whoever has it can use it.", make("pre", {}, signed.request.url)),
    );
  } catch (error) {
    element("steps").replaceChildren(step("Refused", `${error.message} (${error.code})`));
  }
}

// ------------------------------------------------------------------------------------------ what is wrong with a URL

const CERTAINTY = {
  proved: "Proved: the signature was made again under this.",
  shown: "Shown by the URL, or by the answer.",
  guessed: "A guess. The secret, the answer’s XML and what was sent would tell more.",
};

function headersOf(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const pair = (line) => [line.split(":")[0].trim(), line.slice(line.indexOf(":") + 1).trim()];
  return lines.length > 0 ? lines.map(pair) : null;
}

// The access key id that the URL names; the secret that was typed is taken for that key's.
function idOf(oss, url) {
  try {
    return oss.inspect(url).access_key_id;
  } catch {
    return decodeURIComponent(/x-oss-credential=([^&%/]+)/.exec(url)?.[1] ?? "unknown");
  }
}

async function explain() {
  const value = (name) => element(`explain-${name}`).value.trim();
  const oss = await loading;
  const url = value("url");
  const secrets = value("secret") ? [{ access_key_id: idOf(oss, url), access_key_secret: value("secret") }] : [];
  const found = oss.explain({
    url, method: value("method").toUpperCase() || null, headers: headersOf(value("headers")), secrets,
    answer: value("answer") ? { xml: value("answer") } : null,
  });
  const shown = found.causes.flatMap(({ says, signed, sent, remedy }) => [
    make("p", { className: "bad" }, ...withNames(says)),
    ...(remedy && (signed ?? sent) !== null
      ? [make("dl", {}, make("dt", {}, "signed"), make("dd", {}, make("code", {}, signed ?? "(nothing)")), make("dt", {}, "sent"), make("dd", {}, make("code", {}, sent ?? "(not known)")))]
      : []),
    ...(remedy ? [make("p", {}, ...withNames(remedy))] : []),
  ]);
  if (found.right_for) {
    shown.push(make("p", { className: "good" }, `The signature is right for ${found.right_for}, with these headers and no other that OSS signs (content-type, content-md5, x-oss-*).`));
  }
  const tried = found.signatures_tried > 0 ? ` ${found.signatures_tried.toLocaleString("en")} signatures were tried.` : "";
  element("explained").replaceChildren(...shown, make("p", {}, CERTAINTY[found.certainty] + tried));
}

element("explain").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await explain();
  } catch (error) {
    element("explained").replaceChildren(make("p", { className: "bad" }, error.message));
  }
});
element("make").addEventListener("input", showSteps);
element("make").addEventListener("submit", (event) => event.preventDefault());
showSteps();
