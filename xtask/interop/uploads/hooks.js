// Gives the page functions that start an upload by its module, and a `state` that shows how far it is. The script that tests
// runs this text in the page; the last argument says that it is done.
const done = arguments[arguments.length - 1];

import("/upload.js").then(({ abort, unfinished, upload }) => {
  const run = (work, key, type, size) => {
    const state = { progress: { sent: 0, parts: 0 }, retries: [], renewals: 0, result: null, error: null };
    window.state = state;
    const sign = async (upload_id) => {
      state.renewals += upload_id !== null;
      const asked = JSON.stringify({ key, size, type, upload_id });
      const answer = await fetch("/sign", { method: "POST", headers: { "content-type": "application/json" }, body: asked });
      if (!answer.ok) throw Object.assign(new Error(await answer.text()), { code: "Refused" });
      return answer.json();
    };
    const onprogress = (progress) => { state.progress = progress; };
    const onretry = (retry) => state.retries.push(retry);
    work({ destination: key, sign, onprogress, onretry }).then(
      (result) => { state.result = result ?? "done"; },
      ({ code, message }) => { state.error = { code, message }; },
    );
  };
  window.send = (key, type) => {
    const [file] = document.getElementById("file").files;
    run((options) => upload(file, options), key, type, file.size);
  };
  window.discard = (key, type, size) => run(abort, key, type, size);
  window.unfinished = unfinished;
  done();
});
