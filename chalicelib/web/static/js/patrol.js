/* Patrols without a network: what is typed, chosen and photographed is kept in this browser until the server has it, for this
   person only, and is sent once: the key is made here, and the same key again is the same patrol. Without this file the form posts as
   it is. Chromium 86.

   form[data-patrol]: its address is the subject's; data-subject names it. [data-patrol-box]: what waits, on every page of patrols. */
(function () {
  "use strict";

  var box = document.querySelector("[data-patrol-box]");
  var form = document.querySelector("form[data-patrol]");
  var token = document.querySelector('meta[name="csrf-token"]');
  var owner = box ? box.getAttribute("data-owner") : "";
  var LARGE = 900 * 1024;
  var EDGE = 1600;
  var RETRY = 20000;
  var PASSING = [401, 403, 409, 429]; // signed out, another session's page, somebody at the same record, too many
  var DRAFT_DAYS = 7;
  var BACK = "back in its form";
  var busy = false;
  var shown = "";
  var typing = null;
  var kept = Promise.resolve();
  if (!owner || !window.indexedDB || !window.fetch || !window.DataTransfer) { return; }

  /* -- the browser's own store: `drafts` by form, `outbox` by key ------------------------------------------------- */

  function open() {
    return new Promise(function (resolve, reject) {
      var asked = window.indexedDB.open("yijianshi-patrols", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("drafts", { keyPath: "id" });
        asked.result.createObjectStore("outbox", { keyPath: "key" });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
  }

  /* Runs `act(drafts, outbox)` in one transaction; resolves with what the request that it returns found, once all is on the disk. */
  function within(mode, act) {
    return open().then(function (store) {
      return new Promise(function (resolve, reject) {
        var change = store.transaction(["drafts", "outbox"], mode);
        var asked = act(change.objectStore("drafts"), change.objectStore("outbox"));
        change.oncomplete = function () { store.close(); resolve(asked ? asked.result : null); };
        change.onabort = change.onerror = function () { store.close(); reject(change.error); };
      });
    });
  }

  function waiting() {
    return within("readonly", function (drafts, outbox) { return outbox.getAll(); }).then(function (all) {
      return all.filter(function (one) { return one.owner === owner; }).sort(function (a, b) { return a.at - b.at; });
    });
  }

  /* -- the form ---------------------------------------------------------------------------------------------------- */

  function read() {
    var fields = [];
    var photos = [];
    new FormData(form).forEach(function (value, name) {
      if (name === "csrf_token" || name === "key") { return; }
      if (typeof value === "string") { fields.push([name, value]); } else if (value.size) { photos.push(value); }
    });
    return { owner: owner, url: form.getAttribute("action"), subject: form.getAttribute("data-subject"), fields: fields, photos: photos };
  }

  function draftId() { return owner + " " + form.getAttribute("action"); }

  /* One save after another, so that an older state never comes last. */
  function keepDraft() {
    window.clearTimeout(typing);
    kept = kept.then(function () {
      var draft = read();
      draft.id = draftId();
      draft.at = Date.now();
      return within("readwrite", function (drafts) { drafts.put(draft); });
    }).catch(function () {});
    return kept;
  }

  function fill(draft) {
    var scenario = form.elements.scenario.value;
    var isSame = draft.fields.some(function (pair) { return pair[0] === "scenario" && pair[1] === scenario; });
    draft.fields.forEach(function (pair) {
      Array.prototype.forEach.call(form.querySelectorAll('[name="' + pair[0] + '"]'), function (control) {
        if (control.type === "checkbox") { control.checked = control.checked || (isSame && control.value === pair[1]); }
        else if (control.type !== "hidden" && !control.value) { control.value = pair[1]; }
      });
    });
    var input = form.querySelector('input[type="file"]');
    if (input && draft.photos.length && !input.files.length) { choose(input, draft.photos); }
  }

  function choose(input, photos) {
    var chosen = new DataTransfer();
    photos.forEach(function (one) { chosen.items.add(one); });
    input.files = chosen.files;
  }

  /* A phone's photo has more pixels than anybody looks at, and more bytes than a form takes. */
  function smaller(file) {
    if (file.size <= LARGE || !window.createImageBitmap) { return Promise.resolve(file); }
    return window.createImageBitmap(file).then(function (picture) {
      var share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * share);
      canvas.height = Math.round(picture.height * share);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", 0.82); });
    }).then(function (made) {
      if (!made || made.size >= file.size) { return file; }
      return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }).catch(function () { return file; });
  }

  function submit(event) {
    event.preventDefault();
    if (busy) { return; }
    busy = true;
    form.setAttribute("aria-busy", "true");
    keepDraft().then(function () {
      var entry = read();
      entry.key = window.yjActKey();
      entry.at = Date.now();
      return within("readwrite", function (drafts, outbox) { outbox.put(entry); drafts.delete(draftId()); }).then(function () {
        return send(entry);
      }).then(function (place) { return entry.stuck ? giveBack(entry) : place; });
    }).then(function (place) {
      if (place === BACK) { return; }
      if (place) { window.location.assign(place); return; }
      form.hidden = true;
      form.closest(".yj-card").hidden = true;
      done();
      return show().then(function () { box.scrollIntoView({ block: "center" }); box.focus(); });
    }, function () {
      done();
      form.submit();
    });
  }

  /* Refused at once: the server's page names every field; what was typed and photographed is put into it again. */
  function giveBack(entry) {
    entry.id = draftId();
    return within("readwrite", function (drafts, outbox) { drafts.put(entry); outbox.delete(entry.key); }).then(function () {
      form.submit();
      return BACK;
    });
  }

  function done() { busy = false; form.removeAttribute("aria-busy"); }

  /* -- sending ------------------------------------------------------------------------------------------------------- */

  /* Resolves with the patrol's page once the server has it. What is refused for good says why and waits for a hand. */
  function send(entry) {
    var body = new FormData();
    entry.fields.forEach(function (pair) { body.append(pair[0], pair[1]); });
    entry.photos.forEach(function (one) { body.append("photos", one, one.name || "photo.jpg"); });
    body.append("kept_seconds", String(Math.max(0, Math.round((Date.now() - entry.at) / 1000))));
    var headers = { Accept: "application/json", "X-CSRF-Token": token ? token.content : "", "Idempotency-Key": entry.key };
    return fetch(entry.url, { method: "POST", headers: headers, body: body, credentials: "same-origin" }).then(function (answer) {
      return answer.json().catch(function () { return null; }).then(function (told) {
        if (answer.ok && told && told.url) { return forget(entry).then(function () { return told.url; }); }
        if (PASSING.indexOf(answer.status) >= 0 || answer.ok || answer.status >= 500) { return ""; }
        var problem = told && told.problems && told.problems[0];
        entry.stuck = (problem && problem.detail) || (told && told.title) || box.getAttribute("data-words-refused");
        return within("readwrite", function (drafts, outbox) { outbox.put(entry); }).then(function () { return ""; });
      });
    }, function () { return ""; });
  }

  function forget(entry) { return within("readwrite", function (drafts, outbox) { outbox.delete(entry.key); }); }

  function sendAll() {
    if (busy) { return Promise.resolve(); }
    busy = true;
    return waiting().then(function (all) {
      return all.reduce(function (before, entry) {
        return before.then(function () { return entry.stuck ? "" : send(entry); });
      }, Promise.resolve());
    }).catch(function () {}).then(function () { busy = false; return show(); });
  }

  /* -- what waits ------------------------------------------------------------------------------------------------------ */

  function button(name, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-line btn-s";
    made.textContent = box.getAttribute("data-words-" + name);
    made.addEventListener("click", act);
    return made;
  }

  /* Back into its form, under a new key, since what is sent then is another text. */
  function mend(entry) {
    entry.id = owner + " " + entry.url;
    var scenario = (entry.fields.filter(function (pair) { return pair[0] === "scenario"; })[0] || [])[1] || "";
    within("readwrite", function (drafts, outbox) { drafts.put(entry); outbox.delete(entry.key); }).then(function () {
      window.location.assign(entry.url + "/new?scenario=" + encodeURIComponent(scenario));
    });
  }

  function row(entry) {
    var item = document.createElement("li");
    var name = document.createElement("span");
    var note = document.createElement("span");
    var acts = document.createElement("span");
    item.className = "row-between";
    name.textContent = entry.subject;
    note.className = "meta d-block";
    note.textContent = [new Date(entry.at).toLocaleString(document.documentElement.lang), entry.stuck || ""].filter(Boolean).join(" · ");
    name.appendChild(note);
    acts.className = "d-flex gap-2";
    if (entry.stuck) { acts.appendChild(button("mend", function () { mend(entry); })); }
    acts.appendChild(button("drop", function () {
      if (window.confirm(box.getAttribute("data-words-sure"))) { forget(entry).then(show); }
    }));
    item.append(name, acts);
    return item;
  }

  /* A list that says the same stays as it is, so that whoever stands on one of its buttons keeps their place. */
  function show() {
    return waiting().then(function (all) {
      var said = JSON.stringify(all.map(function (one) { return [one.key, one.stuck || ""]; }));
      var list = box.querySelector("ul");
      if (said === shown) { return; }
      shown = said;
      list.textContent = "";
      all.forEach(function (entry) { list.appendChild(row(entry)); });
      box.hidden = !all.length;
    }).catch(function () {});
  }

  if (form) {
    within("readonly", function (drafts) { return drafts.get(draftId()); }).then(function (draft) {
      if (!draft || Date.now() - draft.at > DRAFT_DAYS * 86400000) { return; }
      fill(draft);
      var told = document.querySelector("[data-patrol-restored]");
      told.hidden = Boolean(document.querySelector("[data-error-summary]"));
      told.querySelector("button").addEventListener("click", function () {
        within("readwrite", function (drafts) { drafts.delete(draftId()); }).then(function () {
          form.hidden = true; // so that leaving the page keeps nothing again
          window.location.reload();
        });
      });
    }).catch(function () {});
    form.addEventListener("input", function () { window.clearTimeout(typing); typing = window.setTimeout(keepDraft, 400); });
    form.addEventListener("change", function (event) {
      var input = event.target;
      if (input.type !== "file") { keepDraft(); return; }
      Promise.all(Array.prototype.map.call(input.files, smaller)).then(function (photos) { choose(input, photos); keepDraft(); });
    });
    form.addEventListener("submit", submit);
    window.addEventListener("pagehide", keepDraftNow);
  }
  function keepDraftNow() { if (!busy && !form.hidden && typing) { keepDraft(); } }
  box.querySelector("[data-patrol-send]").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { sendAll(); } });
  window.setInterval(sendAll, RETRY);
  show().then(sendAll);
})();
