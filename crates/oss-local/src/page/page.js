// The server's page: what is stored, an upload by presigned PUT, signed form or plan, and what clients asked for.
import { abort, unfinished, upload as uploadInParts } from "/-/upload.js";

export const element = (id) => document.getElementById(id);
// The part behind the # is sent to nobody, and no object can read it: objects are sandboxed.
let token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
let chosen = "";
let logged = 0;

// Asks the server for something that only the holder of the token gets.
async function ask(path, parameters = {}) {
  // A blank is %20 here; the plus of forms would stay a plus.
  const query = new URLSearchParams(parameters).toString().replaceAll("+", "%20");
  const answer = await fetch(`/-/${path}${query && `?${query}`}`, { headers: { "x-page-token": token } });
  if (answer.ok) return answer.json();
  const refusal = errorOf(await answer.text());
  throw Object.assign(new Error(refusal.Message || answer.statusText), { status: answer.status });
}

// What an error answer says: OSS explains itself in XML.
function errorOf(text) {
  const answer = new DOMParser().parseFromString(text, "application/xml");
  const names = ["Code", "Message", "EC", "RequestId"];
  return Object.fromEntries(names.map((name) => [name, answer.getElementsByTagName(name)[0]?.textContent ?? ""]));
}

export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Text with `names` in backticks, as elements.
export const withNames = (text) => text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let unit = -1;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${bytes.toFixed(bytes < 10 ? 1 : 0)} ${units[unit]}`;
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString();
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

// ---------------------------------------------------------------------------------------------- what is stored

async function showStored() {
  const state = await ask("state");
  element("region").textContent = state.region;
  element("state").textContent = `${count(state.buckets.length, "bucket")}, refreshed ${clock(state.now)}.`;
  const names = state.buckets.map((bucket) => bucket.name);
  if (!names.includes(chosen)) chosen = names[0] ?? "";
  if (!element("bucket").value) element("bucket").value = chosen;
  // Built anew only where something changed: the keyboard's focus stays where it is.
  const text = JSON.stringify([state.buckets, chosen]);
  if (element("buckets").dataset.text !== text) {
    element("buckets").dataset.text = text;
    element("buckets").replaceChildren(...state.buckets.map(bucketButton));
    element("known").replaceChildren(...names.map((value) => make("option", { value })));
  }
  await showObjects();
}

function bucketButton({ name, versioned, objects, bytes }) {
  const facts = `${count(objects, "object")}, ${size(bytes)}${versioned ? ", versioned" : ""}`;
  const button = make("button", { type: "button" }, name, make("small", {}, facts));
  button.setAttribute("aria-pressed", String(name === chosen));
  button.addEventListener("click", () => {
    chosen = name;
    element("bucket").value = name;
    refresh();
  });
  return make("li", {}, button);
}

async function showObjects() {
  const list = chosen ? await ask("objects", { bucket: chosen }) : { objects: [], more: false };
  const table = element("objects");
  const text = JSON.stringify(list);
  if (table.dataset.text === text) return;
  table.dataset.text = text;
  table.hidden = list.objects.length === 0;
  element("no-objects").hidden = !table.hidden;
  element("more").hidden = !list.more;
  table.tBodies[0].replaceChildren(...list.objects.map(objectRow));
}

function objectRow({ key, bytes, modified }) {
  const sign = make("button", { type: "button" }, "Sign a URL");
  sign.setAttribute("aria-label", `Sign a URL for ${key}`);
  sign.addEventListener("click", async () => {
    try {
      showSigned([downloadCard(await ask("presign", { bucket: chosen, key }))]);
    } catch (error) {
      show("bad", error.message);
    }
  });
  const changed = new Date(modified * 1000).toLocaleString();
  return make("tr", {}, make("td", { className: "long" }, make("span", {}, key)),
    make("td", { className: "number" }, size(bytes)), make("td", {}, changed), make("td", {}, sign));
}

// ------------------------------------------------------------------------------------------------ what is signed

// A command that a shell takes as it is.
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function field(name, text) {
  const area = make("textarea", { readOnly: true, value: text, rows: 3, spellcheck: false });
  area.setAttribute("aria-label", name);
  const copy = make("button", { type: "button" }, "Copy");
  copy.setAttribute("aria-label", `Copy: ${name}`);
  copy.addEventListener("click", async () => {
    area.select();
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  return [make("div", { className: "field" }, make("span", {}, name), copy), area];
}

function card(title, must, signed, ...fields) {
  const until = `Valid until ${clock(signed.expires_at)}.`;
  return make("div", { className: "card" }, make("h3", {}, title), make("p", {}, `${must} ${until}`), ...fields.flat());
}

function uploadCard(signed, file) {
  const headers = signed.headers.map(([name, value]) => `${name}: ${value}`);
  const must = headers.length ? `Must be sent: ${headers.join("; ")}.` : "No header must be sent.";
  const curl = ["curl", "-T", quoted(file), ...headers.flatMap((header) => ["-H", quoted(header)]), quoted(signed.put)];
  return card("Upload (PUT)", must, signed, field("URL", signed.put), field("curl", curl.join(" ")));
}

function downloadCard(signed) {
  const look = make("a", { href: signed.get, target: "_blank", rel: "noopener noreferrer" }, "Open");
  const made = card("Download (GET)", "No header must be sent.", signed, field("URL", signed.get),
    field("curl", `curl -fO ${quoted(signed.get)}`));
  made.append(make("p", {}, look));
  return made;
}

function formCard(signed, file) {
  const fields = signed.form.fields.map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`);
  const curl = `curl ${fields.join(" ")} -F ${quoted(`file=@${file}`)} ${quoted(signed.form.url)}`;
  const must = `Must be sent, before the file: ${signed.form.fields.map(([name]) => name).join(", ")}.`;
  return card("Form (POST)", must, signed, field("URL", signed.form.url), field("curl", curl));
}

function showSigned(cards) {
  element("signed").hidden = false;
  element("cards").replaceChildren(...cards);
}

// The file that is chosen, signed for the place that the form names.
async function signChosen() {
  const file = element("file").files[0];
  const key = element("key").value || file.name;
  // The browser sends the file's type as Content-Type by itself, so that is what must be signed.
  const signed = await ask("presign", { bucket: element("bucket").value, key, type: file.type });
  const put = how() !== "form";
  showSigned([put ? uploadCard(signed, file.name) : formCard(signed, file.name), downloadCard(signed)]);
  return { file, key, signed };
}

const how = () => document.querySelector("input[name=how]:checked").value;

// ---------------------------------------------------------------------------------------------------- an upload

function show(kind, text, url) {
  const result = element("result");
  result.className = kind;
  result.textContent = text;
  if (url) {
    result.append(" ", make("a", { href: url, id: "look", target: "_blank", rel: "noopener noreferrer" }, "Look at it"));
  }
}

// XMLHttpRequest, because fetch reports no upload progress.
function send(method, url, body) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) element("progress").value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => resolve(request));
    request.open(method, url);
    request.send(body);
  });
}

function formData({ fields }, file) {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  data.append("file", file);
  return data;
}

async function upload() {
  element("progress").hidden = false;
  element("progress").value = 0;
  show("", "Uploading …");
  if (how() === "parts") return uploadParts();
  const { file, key, signed } = await signChosen();
  const request = how() === "put"
    ? await send("PUT", signed.put, file)
    : await send("POST", signed.form.url, formData(signed.form, file));
  if (request.status >= 200 && request.status < 300) {
    element("progress").value = 1;
    show("good", `${request.status}: ${key} is stored, ${size(file.size)}, ETag ${request.getResponseHeader("ETag")}.`, signed.get);
  } else if (request.status === 0) {
    show("bad", "The connection broke before an answer came.");
  } else {
    const { Code, Message, RequestId } = errorOf(request.responseText);
    show("bad", `${request.status} ${Code}: ${Message} (request ${RequestId})`);
  }
}

// ------------------------------------------------------------------------------------------------ an upload in parts

const destination = (bucket, key) => `${bucket}/${key}`;

// What signs: asked when an upload begins or goes on, and when its URLs have expired.
const signer = (bucket, key, file) => (upload_id) =>
  ask("plan", { bucket, key, size: file.size, type: file.type ?? "", upload_id: upload_id ?? "" });

async function uploadParts() {
  const file = element("file").files[0];
  const [bucket, key] = [element("bucket").value, element("key").value || file.name];
  const pausing = new AbortController();
  element("pause").hidden = false;
  element("pause").onclick = () => pausing.abort(new Error("Paused: upload the same file again to go on."));
  element("retries").hidden = true;
  let retries = 0;
  try {
    const done = await uploadInParts(file, {
      destination: destination(bucket, key),
      sign: signer(bucket, key, file),
      signal: pausing.signal,
      onprogress({ sent, total, parts }) {
        element("progress").value = total > 0 ? sent / total : 1;
        show("", `Uploading … ${size(sent)} of ${size(total)}, ${count(parts, "part")} done`);
      },
      onretry({ step, reason, wait }) {
        retries += 1;
        element("retries").hidden = false;
        element("retries").textContent = `${count(retries, "retry").replace("retrys", "retries")}; the last: ${Number(step) ? `part ${step}` : step}, \
${reason}, again after ${(wait / 1000).toFixed(1)}\u00a0s.`;
      },
    });
    element("progress").value = 1;
    const { get } = await ask("presign", { bucket, key });
    const compared = done.verified ? `CRC-64 ${done.crc64} compared` : "its checksum is not known";
    show("good", `${done.status}: ${key} is stored, ${size(file.size)}, ${count(done.requests, "request")} sent, ${compared}.`, get);
  } catch (error) {
    if (!pausing.signal.aborted) throw error;
    show("", error.message);
  } finally {
    element("pause").hidden = true;
    await showUnfinished();
  }
}

async function showUnfinished() {
  const list = await unfinished();
  element("unfinished").hidden = list.length === 0;
  element("unfinished-list").replaceChildren(...list.map((kept) => {
    const done = kept.parts.reduce((sum, part) => sum + part.bytes, 0);
    const end = make("button", { type: "button" }, "Throw away");
    end.setAttribute("aria-label", `Throw away ${kept.destination}`);
    end.addEventListener("click", () => run(async () => {
      const [bucket, ...key] = kept.destination.split("/");
      await abort({ destination: kept.destination, sign: signer(bucket, key.join("/"), kept) });
      show("good", `${kept.destination} is thrown away.`);
      await showUnfinished();
    }));
    return make("li", {}, `${kept.destination}: ${kept.name}, ${size(done)} of ${size(kept.size)} `, end);
  }));
}

// Runs what a button is for, once at a time, and shows why it failed.
async function run(work) {
  element("send").disabled = element("sign").disabled = true;
  try {
    await work();
  } catch (error) {
    show("bad", error.message);
  } finally {
    element("send").disabled = element("sign").disabled = false;
    refresh();
  }
}

// --------------------------------------------------------------------------------------------------- the requests

async function showLog() {
  const { next, records } = await ask("log", { since: logged });
  logged = next;
  if (records.length === 0) return;
  const rows = element("log").tBodies[0];
  for (const record of records) rows.prepend(logRow(record));
  while (rows.rows.length > 200) rows.lastElementChild.remove();
  element("log").hidden = false;
  element("no-requests").hidden = true;
}

function logRow(record) {
  const answer = record.status === 0 ? "cut" : [record.status, record.code].filter(Boolean).join(" ");
  const cell = make("td", { className: record.status >= 400 || record.status === 0 ? "bad" : "good" }, answer);
  if (record.ec) cell.append(make("span", { className: "reason" }, record.ec));
  const request = make("td", { className: "long" }, make("span", {}, `${record.method} ${record.target}`));
  if (record.reason) request.append(make("span", { className: "reason" }, ...withNames(record.reason)));
  const number = (text) => make("td", { className: "number" }, text);
  return make("tr", {}, make("td", {}, clock(record.time)), request, cell, number(size(record.received)),
    number(size(record.sent)), number(String(record.ms)));
}

// --------------------------------------------------------------------------------------------------------- all of it

let refreshing = false;

async function refresh() {
  if (refreshing) return;
  refreshing = true;
  try {
    await showStored();
    await showLog();
    element("ask").hidden = true;
    element("page").hidden = false;
  } catch (error) {
    const refused = error.status === 403;
    element("state").textContent = refused ? "No valid token." : "The server does not answer; trying again.";
    if (refused) {
      element("ask").hidden = false;
      element("page").hidden = true;
    }
  } finally {
    refreshing = false;
  }
}

element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  token = element("token").value.trim();
  location.hash = `token=${token}`;
  refresh();
});
element("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  run(upload);
});
element("sign").addEventListener("click", () => {
  if (element("upload").reportValidity()) run(signChosen);
});
showUnfinished();
setInterval(() => { if (!document.hidden && token) refresh(); }, 2000);
document.addEventListener("visibilitychange", () => { if (!document.hidden && token) refresh(); });
refresh();
