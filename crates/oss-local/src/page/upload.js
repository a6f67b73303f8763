// Resumable uploads: upload.d.ts
const CRC = "x-oss-hash-crc64ecma";
export class UploadError extends Error {
constructor(code, message, details) {
super(message);
Object.assign(this, { name: "UploadError", code, ...details });
}
}
const otherPlan = (why = "the plan is for something else") => new UploadError("OtherPlan", why);
export const upload = (file, options) => alone(options, () => session(file, options).upload());
export const unfinished = () => checkpoints((store) => store.getAll());
export const abort = (options) => alone(options, () => session(null, options).abort());
const alone = ({ destination }, work) => navigator.locks.request(`oss-upload ${destination}`, { ifAvailable: true }, (lock) => {
if (!lock) throw new UploadError("Busy", "another tab uploads this");
return work();
});
function session(file, { destination, sign, signal, onprogress, onretry, parallel = 4, attempts = 10 }) {
const ending = new AbortController();
const sending = new Map();
let done = new Map();
let plan, renewing, clockIsRight;
const forget = () => checkpoints((store) => store.delete(destination));
async function run(work) {
signal?.throwIfAborted();
signal?.addEventListener("abort", () => ending.abort(signal.reason));
try {
return await work(await checkpoints((store) => store.get(destination)));
} catch (error) {
ending.abort(error);
if (error.code === "NoSuchUpload") await forget();
throw error;
}
}
async function start(checkpoint) {
const { name, size, lastModified: modified } = file;
const known = checkpoint ?? { name, size, modified };
if (known.name !== name || known.size !== size || known.modified !== modified) {
throw new UploadError("OtherFile", `unfinished is ${known.name}, ${known.size} bytes: choose that, or abort`);
}
await renew(checkpoint?.upload_id);
if (plan.put) {
const [answer, crc] = await Promise.all([send("put", file.slice()), crc64(file)]);
return outcome(answer, crc, 1);
}
const { upload_id, part_size, complete } = plan;
const [target] = complete.url.split("?");
if (plan.size !== size || (checkpoint && (known.part_size !== part_size || known.target !== target))) {
throw otherPlan();
}
done = new Map(checkpoint?.parts.map((part) => [part.number, part]));
return parts(() => checkpoints((store) => store.put(
{ destination, name, size, modified, target, upload_id, part_size, parts: [...done.values()] },
)));
}
async function parts(save) {
const numbers = plan.parts.map((_, index) => index + 1);
const missing = numbers.filter((number) => !done.has(number));
const requests = missing.length;
progress();
await save();
await Promise.all(Array.from({ length: parallel }, async () => {
for (let number; (number = missing.shift()); await save()) {
const blob = file.slice((number - 1) * plan.part_size, number * plan.part_size);
const [answer, crc] = await Promise.all([send(number, blob), crc64(blob)]);
compare(answer, crc);
const etag = answer.header("etag");
if (!etag) throw new UploadError("EtagHidden", "the bucket's CORS rule must expose ETag");
done.set(number, { number, etag, crc64: String(crc), bytes: blob.size });
progress();
}
}));
let [crc, xml] = [0n, ""];
for (const { number, etag, crc64, bytes } of numbers.map((number) => done.get(number))) {
crc = combine(crc, BigInt(crc64), bytes);
const tag = etag.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
xml += `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`;
}
const body = new Blob([`<CompleteMultipartUpload>${xml}</CompleteMultipartUpload>`]);
const answer = await send("complete", body).catch(async (error) => {
const found = error.code === "NoSuchUpload" && (await send("check"));
if (!found || found.header(CRC) !== String(crc)) throw error;
return found;
});
const result = outcome(answer, crc, requests);
await forget();
return result;
}
async function discard(checkpoint) {
if (!checkpoint) return;
await renew(checkpoint.upload_id);
await send("abort");
await forget();
}
function progress() {
let sent = 0;
for (const bytes of sending.values()) sent += bytes;
for (const { bytes } of done.values()) sent += bytes;
onprogress?.({ sent, total: file.size, parts: done.size });
}
const outcome = (answer, crc, requests) =>
({ verified: compare(answer, crc), crc64: String(crc), etag: answer.header("etag"), status: answer.status, requests });
const renew = (id = null) => (renewing ??= adopt(id).finally(() => (renewing = undefined)));
async function adopt(id) {
const given = await sign(id);
if (id && given.upload_id !== id) throw otherPlan();
plan = given.part_size ? given : { put: given };
clockIsRight = (plan.put ?? plan.initiate ?? plan.complete).expires_at > Date.now() / 1000;
if (plan.initiate && !plan.upload_id) await adopt(field((await send("initiate")).text, "UploadId"));
}
async function send(step, body = null) {
for (let attempt = 1, renewals = 0; ; ) {
const used = plan;
const request = used.parts?.[step - 1] ?? used[step];
if (!request) throw otherPlan(`the plan has no request for ${step}`);
const fresh = !clockIsRight || request.expires_at > Date.now() / 1000 + 1;
const answer = fresh ? await exchange(request, body, step) : { status: 403, text: "0002-00000069" };
const { status } = answer;
if (status >= 200 && status < 300) return answer;
const expired = status === 403 && /0002-00000069|SecurityTokenExpired/.test(answer.text);
if (expired && (renewals += 1) <= attempts) {
onretry?.({ step, attempt, reason: "expired", wait: 0 });
if (used === plan) await renew(used.upload_id);
continue;
}
const passing = [0, 408, 429].includes(status) || (status >= 500 && ![501, 505].includes(status));
if (!passing || attempt >= attempts) throw failure(answer, step);
const asked = Math.min(300_000, answer.header("retry-after") * 1000 || 0);
const wait = Math.max(asked, Math.min(20_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2));
onretry?.({ step, attempt, reason: status || "no answer", wait });
attempt += 1;
await new Promise((resolve) => {
setTimeout(resolve, wait);
ending.signal.addEventListener("abort", resolve);
});
}
}
const exchange = ({ method, url, headers }, body, step) => new Promise((resolve, reject) => {
ending.signal.throwIfAborted();
const request = new XMLHttpRequest();
const end = () => request.abort();
let timer;
const watch = () => {
clearTimeout(timer);
timer = setTimeout(end, 60_000);
};
request.upload.onprogress = ({ loaded }) => {
watch();
if (step === "complete") return;
sending.set(step, loaded);
progress();
};
request.onloadend = () => {
clearTimeout(timer);
ending.signal.removeEventListener("abort", end);
sending.delete(step);
if (ending.signal.aborted) return reject(ending.signal.reason);
resolve({ status: request.status, text: request.responseText, header: (name) => request.getResponseHeader(name) });
};
ending.signal.addEventListener("abort", end);
watch();
request.open(method, url);
for (const [name, value] of headers) if (name !== "content-length") request.setRequestHeader(name, value);
request.send(body);
});
return { upload: () => run(start), abort: () => run(discard) };
}
function compare(answer, crc) {
const said = answer.header(CRC);
if (said && said !== String(crc)) throw new UploadError("Checksum", "the service stored other bytes");
return Boolean(said);
}
const field = (xml, name) => new DOMParser().parseFromString(xml, "text/xml").getElementsByTagName(name)[0]?.textContent ?? "";
const failure = ({ status, text }, step) => new UploadError(
field(text, "Code") || (status ? "Status" : "NoAnswer"),
`${step}: ${field(text, "Message") || (status ? `status ${status}` : "no answer, or hidden by CORS")}`,
{ status, step, ec: field(text, "EC"), request_id: field(text, "RequestId"), xml: text },
);
const checkpoints = (work) => new Promise((resolve, reject) => {
const open = indexedDB.open("oss-upload", 1);
open.onupgradeneeded = () => open.result.createObjectStore("checkpoints", { keyPath: "destination" });
open.onerror = () => reject(open.error);
open.onsuccess = () => {
const transaction = open.result.transaction("checkpoints", "readwrite");
const request = work(transaction.objectStore("checkpoints"));
transaction.oncomplete = () => resolve(request.result);
transaction.onabort = () => reject(transaction.error);
open.result.close();
};
});
const HIGH = new Uint32Array(2048);
const LOW = new Uint32Array(2048);
for (let n = 0; n < 2048; n += 1) {
let [high, low] = n < 256 ? [0, n] : [HIGH[n - 256], LOW[n - 256]];
for (let bit = 0; bit < 8; bit += 1) {
const odd = -(low & 1);
low = ((low >>> 1) | (high << 31)) ^ (odd & 0xd7870f42);
high = (high >>> 1) ^ (odd & 0xc96c5795);
}
[HIGH[n], LOW[n]] = [high, low];
}
const mixed = (table, first, second) =>
table[1792 | (first & 255)] ^ table[1536 | ((first >> 8) & 255)] ^ table[1280 | ((first >> 16) & 255)] ^ table[1024 | (first >>> 24)]
^ table[768 | (second & 255)] ^ table[512 | ((second >> 8) & 255)] ^ table[256 | ((second >> 16) & 255)] ^ table[second >>> 24];
async function crc64(blob) {
let [high, low] = [-1, -1];
const stream = blob.stream();
let reader;
try {
reader = stream.getReader({ mode: "byob" });
} catch {
reader = stream.getReader();
}
for (let room = new Uint8Array(1 << 16); ; ) {
const { done, value } = await reader.read(room);
if (done) return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
room = new Uint8Array(value.buffer);
const bytes = value.byteOffset % 4 ? value.slice() : value;
const words = new Uint32Array(bytes.buffer, bytes.byteOffset, (bytes.length >> 3) << 1);
for (let at = 0; at < words.length; at += 2) {
const [first, second] = [low ^ words[at], high ^ words[at + 1]];
high = mixed(HIGH, first, second);
low = mixed(LOW, first, second);
}
for (const byte of bytes.subarray(words.byteLength)) {
const entry = (low ^ byte) & 255;
low = ((low >>> 8) | (high << 24)) ^ LOW[entry];
high = (high >>> 8) ^ HIGH[entry];
}
}
}
function combine(first, second, bytes) {
const multiply = (a, b) => {
let product = 0n;
for (; a; a = BigInt.asUintN(64, a << 1n)) {
if (a >> 63n) product ^= b;
b = (b >> 1n) ^ (b & 1n ? 0xc96c5795_d7870f42n : 0n);
}
return product;
};
let [power, square] = [1n << 63n, 1n << 55n];
for (let left = BigInt(bytes); left; left >>= 1n) {
if (left & 1n) power = multiply(square, power);
square = multiply(square, square);
}
return multiply(power, first) ^ second;
}
