// Uploads a file by a presigned PUT or by a signed form. XMLHttpRequest, because fetch reports no upload progress.
"use strict";

const element = (id) => document.getElementById(id);

function show(kind, text, url) {
  const result = element("result");
  result.className = kind;
  result.textContent = text;
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = "Look at it";
    link.id = "look";
    result.append(" ", link);
  }
}

// What an error answer says: OSS explains itself in XML.
function explain(request) {
  const answer = new DOMParser().parseFromString(request.responseText, "application/xml");
  const text = (name) => answer.getElementsByTagName(name)[0]?.textContent ?? "";
  return `${request.status} ${text("Code")}: ${text("Message")} (request ${text("RequestId")})`;
}

function send(method, url, body) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) {
        element("progress").value = event.loaded / event.total;
      }
    });
    request.addEventListener("loadend", () => resolve(request));
    request.open(method, url);
    request.send(body);
  });
}

async function upload(event) {
  event.preventDefault();
  const file = element("file").files[0];
  const key = element("key").value || file.name;
  const how = document.querySelector("input[name=how]:checked").value;
  element("send").disabled = true;
  element("progress").value = 0;
  show("", "Uploading …");
  try {
    // The browser sends the file's type as Content-Type by itself, so that is what must be signed.
    const query = new URLSearchParams();
    query.set("bucket", element("bucket").value);
    query.set("key", key);
    query.set("type", file.type);
    // A blank is %20 here; the plus of forms would stay a plus.
    const signed = await fetch(`/-/presign?${query.toString().replaceAll("+", "%20")}`);
    if (!signed.ok) {
      const answer = new DOMParser().parseFromString(await signed.text(), "application/xml");
      throw new Error(answer.getElementsByTagName("Message")[0]?.textContent ?? signed.statusText);
    }
    const { put, get, form } = await signed.json();
    let request;
    if (how === "put") {
      request = await send("PUT", put, file);
    } else {
      const data = new FormData();
      for (const [name, value] of form.fields) {
        data.append(name, value);
      }
      data.append("file", file);
      request = await send("POST", form.url, data);
    }
    if (request.status >= 200 && request.status < 300) {
      element("progress").value = 1;
      show("good", `${request.status}: ${key} is stored (${file.size} bytes, ETag ${request.getResponseHeader("ETag")}).`, get);
    } else {
      show("bad", request.status === 0 ? "The connection broke." : explain(request));
    }
  } catch (error) {
    show("bad", error.message);
  } finally {
    element("send").disabled = false;
  }
}

element("upload").addEventListener("submit", upload);
