/* Files by presigned POST, with progress. Without this file the file goes along with its form.

   <div data-upload="SIGN_URL" data-name="photo"><input type="file"><ul></ul></div>
   1. POST SIGN_URL (form-encoded: filename, content_type, size, sha256 in hex or empty; header X-CSRF-Token)
      answers {"url": …, "fields": {…}, "upload_id": …}.
   2. The file is posted to `url` with `fields`.
   3. Hidden fields <name>_id with upload_id and <name>_name with the file's name stand in the form, and the file itself is no longer sent with it.
   4. A form that is submitted meanwhile waits for its files, and stays when one of them was not sent.
   The box sends the events yj:uploaded and yj:failed, detail {upload_id, filename}. */
(function () {
  "use strict";

  var running = new WeakMap();
  var waiting = new WeakSet();

  function csrf() {
    var meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? meta.content : "";
  }

  function hex(buffer) {
    return Array.prototype.map.call(new Uint8Array(buffer), function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("");
  }

  function sha256(file) {
    if (!window.crypto || !window.crypto.subtle) { return Promise.resolve(""); }
    return file.arrayBuffer().then(function (bytes) { return window.crypto.subtle.digest("SHA-256", bytes); }).then(hex);
  }

  function sign(address, file, digest) {
    var body = new URLSearchParams();
    body.set("filename", file.name);
    body.set("content_type", file.type);
    body.set("size", String(file.size));
    body.set("sha256", digest);
    var headers = { "X-CSRF-Token": csrf(), Accept: "application/json" };
    return fetch(address, { method: "POST", headers: headers, body: body, credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error("refused"); }
      return answer.json();
    });
  }

  function send(signed, file, onProgress) {
    return new Promise(function (resolve, reject) {
      var form = new FormData();
      Object.keys(signed.fields).forEach(function (name) { form.append(name, signed.fields[name]); });
      form.append("file", file);
      var request = new XMLHttpRequest();
      request.open("POST", signed.url);
      request.upload.addEventListener("progress", function (event) {
        if (event.lengthComputable) { onProgress(event.loaded / event.total); }
      });
      request.addEventListener("load", function () {
        if (request.status >= 200 && request.status < 300) { resolve(signed.upload_id); } else { reject(new Error("refused")); }
      });
      request.addEventListener("error", function () { reject(new Error("not sent")); });
      request.send(form);
    });
  }

  function row(box, file) {
    var item = document.createElement("li");
    var name = document.createElement("span");
    var state = document.createElement("span");
    var bar = document.createElement("div");
    var done = document.createElement("i");
    name.textContent = file.name;
    state.textContent = "0%";
    bar.className = "yj-progress";
    bar.appendChild(done);
    item.append(name, state, bar);
    box.querySelector("ul").appendChild(item);
    return {
      show: function (part) { done.style.width = part * 100 + "%"; state.textContent = Math.round(part * 100) + "%"; },
      end: function (words, tone) { state.textContent = words; state.className = "yj-state is-" + tone; bar.remove(); }
    };
  }

  function announce(box, kind, file, identifier) {
    var detail = { upload_id: identifier, filename: file.name };
    box.dispatchEvent(new CustomEvent(kind, { bubbles: true, detail: detail }));
  }

  function upload(box, file) {
    var line = row(box, file);
    if (!file.size) {
      line.end(box.dataset.wordsEmpty || box.dataset.wordsFailed, "red");
      announce(box, "yj:failed", file, "");
      return Promise.resolve(false);
    }
    return sha256(file).then(function (digest) { return sign(box.dataset.upload, file, digest); })
      .then(function (signed) { return send(signed, file, line.show); })
      .then(function (identifier) {
        [["_id", identifier], ["_name", file.name]].forEach(function (pair) {
          var hidden = document.createElement("input");
          hidden.type = "hidden";
          hidden.name = box.dataset.name + pair[0];
          hidden.value = pair[1];
          box.appendChild(hidden);
        });
        line.end(box.dataset.wordsSent, "green");
        announce(box, "yj:uploaded", file, identifier);
        return true;
      })
      .catch(function () {
        line.end(box.dataset.wordsFailed, "red");
        announce(box, "yj:failed", file, "");
        return false;
      });
  }

  document.addEventListener("change", function (event) {
    var box = event.target.closest ? event.target.closest("[data-upload]") : null;
    if (!box || event.target.type !== "file") { return; }
    var files = Array.prototype.slice.call(event.target.files);
    event.target.value = "";
    var all = files.reduce(function (before, file) {
      return before.then(function (sent) { return upload(box, file).then(function (one) { return sent && one; }); });
    }, running.get(box) || Promise.resolve(true));
    running.set(box, all);
    all.then(function () { if (running.get(box) === all) { running.delete(box); } });
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var boxes = Array.prototype.filter.call(form.querySelectorAll("[data-upload]"), function (box) { return running.has(box); });
    if (!boxes.length) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) { return; }
    waiting.add(form);
    var button = event.submitter;
    Promise.all(boxes.map(function (box) { return running.get(box); })).then(function (sent) {
      waiting.delete(form);
      if (sent.every(Boolean)) { form.requestSubmit(button); }
    });
  }, true);
})();
