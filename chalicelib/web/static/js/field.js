/* Field pages: every change of an answer is sent at once, and kept on this phone until the server has it. Chromium 86.
   Without this file each form posts as it is. */
(function () {
  "use strict";

  var PREFIX = "yj:answer:";
  var chip = document.querySelector("[data-net]");
  var form = document.querySelector("form[data-answer]");
  var marked = document.querySelector("[data-owner]");
  var owner = marked ? marked.getAttribute("data-owner") : "";
  var sending = null;
  var again = false;
  var typing = 0;
  var turned = "";
  var PAUSE_MS = 700;

  function csrf() {
    var meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? meta.content : "";
  }

  /* -- what waits on this phone, for this person only ---------------------------------------------------------- */

  function keyOf(address) { return PREFIX + owner + ":" + address; }

  function keep(address, entry) {
    try { window.localStorage.setItem(keyOf(address), JSON.stringify(entry)); } catch (error) { return false; }
    return true;
  }

  function kept(address) {
    try { return JSON.parse(window.localStorage.getItem(keyOf(address)) || "null"); } catch (error) { return null; }
  }

  function drop(address, key) {
    var entry = kept(address);
    if (entry && entry.key === key) { window.localStorage.removeItem(keyOf(address)); }
  }

  function waiting() {
    var found = [];
    try {
      for (var n = 0; n < window.localStorage.length; n += 1) {
        var name = window.localStorage.key(n);
        if (name && name.indexOf(PREFIX + owner + ":") === 0) { found.push(name.slice((PREFIX + owner + ":").length)); }
      }
    } catch (error) { return []; }
    return owner ? found : [];
  }

  function words(name, value) {
    return ((form && form.getAttribute("data-words-" + name)) || "").replace("{n}", value).replace("{at}", value);
  }

  function show() {
    var open = waiting();
    var stuck = open.filter(function (address) { return (kept(address) || {}).stuck; }).length;
    if (chip) {
      chip.classList.toggle("on", navigator.onLine);
      var end = chip.querySelector("[data-net-waiting]");
      if (end && form) { end.textContent = open.length ? words("waiting", open.length) : ""; }
    }
    var box = document.querySelector("[data-send]");
    if (box) {
      box.hidden = !open.length;
      [["[data-send-waiting]", open.length - stuck], ["[data-send-conflict]", stuck]].forEach(function (pair) {
        var place = box.querySelector(pair[0]);
        place.textContent = place.getAttribute("data-words").replace("{n}", pair[1]);
      });
    }
  }

  function saved(text) {
    var place = chip && chip.querySelector("[data-net-saved]");
    if (place) { place.textContent = text ? "，" + text : ""; }
  }

  /* -- sending -------------------------------------------------------------------------------------------------- */

  function post(address, body, key) {
    var headers = { Accept: "application/json", "X-CSRF-Token": csrf(), "Idempotency-Key": key };
    return fetch(address, { method: "POST", headers: headers, body: body, credentials: "same-origin" });
  }

  function send(address) {
    var entry = kept(address);
    if (!entry || entry.stuck) { return Promise.resolve(); }
    return post(address, new URLSearchParams(entry.body), entry.key).then(function (answer) {
      if (answer.ok) {
        return answer.json().then(function (state) {
          drop(address, entry.key);
          follow(address, state.version);
          shown(address, state);
        });
      }
      if (answer.status >= 500 || answer.status === 429 || answer.status === 401) { return null; }
      return answer.json().catch(function () { return {}; }).then(function (problem) { refused(address, entry, problem); });
    }, function () { return null; }).then(show);
  }

  /* What was typed while the send was on its way stands on the version that the send made. */
  function follow(address, version) {
    var later = kept(address);
    if (!later) { return; }
    var fields = new URLSearchParams(later.body);
    fields.set("base_version", version);
    later.body = fields.toString();
    keep(address, later);
    again = true;
  }

  /* Refused for good: a colleague's answer (the server's page shows both), or a value that cannot be taken. */
  function refused(address, entry, problem) {
    entry.stuck = problem.code || "refused";
    turned = address;
    entry.words = (problem.problems && problem.problems[0] && problem.problems[0].detail) || problem.title || "";
    keep(address, entry);
    if (!form || form.getAttribute("action") !== address) { return; }
    if (entry.stuck === "answer_conflict") {
      drop(address, entry.key);
      form.submit();
      return;
    }
    saved(entry.words || words("refused", ""));
    drop(address, entry.key);
  }

  /* Ends when nothing is on its way any more: a page must not be left for one that would still show the old state. */
  function sendAll() {
    if (sending) { again = true; return sending; }
    sending = waiting().reduce(function (before, address) {
      return before.then(function () { return send(address); });
    }, Promise.resolve()).then(function () {
      sending = null;
      if (again) { again = false; return sendAll(); }
      return null;
    });
    return sending;
  }

  /* -- the page of one question --------------------------------------------------------------------------------- */

  function value(name) {
    var checked = form.querySelector('[name="' + name + '"]:checked');
    return checked ? checked.value : "";
  }

  function sections() {
    var chosen = value("compliance");
    Array.prototype.forEach.call(form.querySelectorAll("[data-when]"), function (part) {
      var wanted = part.getAttribute("data-when");
      part.hidden = wanted === "non_compliant" ? !(chosen === wanted || (!chosen && form.dataset.bad === "yes")) : chosen !== wanted;
    });
  }

  function chipOf(name, done) {
    Array.prototype.forEach.call(form.querySelectorAll("#field-" + name), function (control) {
      var need = control.closest(".yj-need");
      var state = need && need.querySelector("label .yj-state");
      if (!state && need && done) { state = need.querySelector("label").appendChild(document.createElement("span")); }
      if (state && done) { state.className = "yj-state is-green"; state.textContent = done; }
    });
  }

  function shown(address, state) {
    if (!form || form.getAttribute("action") !== address) { return; }
    form.elements.base_version.value = state.version;
    form.dataset.bad = state.is_non_compliant ? "yes" : "no";
    Object.keys(state.needs || {}).forEach(function (name) { chipOf(name, state.needs[name]); });
    if (state.remedy_due_on && form.elements.remedy_due_on) { form.elements.remedy_due_on.value = state.remedy_due_on; }
    if (state.legal_basis_id && form.elements.legal_basis_id) { form.elements.legal_basis_id.value = state.legal_basis_id; }
    document.querySelector("[data-progress-words]").textContent = state.progress_words;
    document.querySelector("[data-bad-words]").textContent = state.bad_words;
    var bar = document.querySelector("[data-progress] .yj-progress");
    bar.setAttribute("aria-valuenow", state.done);
    bar.setAttribute("aria-valuemax", state.total);
    bar.firstElementChild.style.width = (state.total ? 100 * state.done / state.total : 0) + "%";
    var next = document.querySelector("[data-next]");
    if (next) { next.setAttribute("data-next", state.next_url); }
    saved(state.saved_words);
    sections();
  }

  function body(quick) {
    var fields = new URLSearchParams();
    new FormData(form).forEach(function (text, name) {
      if (typeof text === "string" && name !== "csrf_token" && name !== "key") { fields.append(name, text); }
    });
    if (quick) { fields.set("remedy_quick", quick); }
    fields.set("answered_at", new Date().toISOString());
    return fields.toString();
  }

  function save(quick) {
    window.clearTimeout(typing);
    turned = "";
    var address = form.getAttribute("action");
    if (!keep(address, { body: body(quick), key: window.yjActKey(), at: Date.now() })) { return Promise.resolve(false); }
    var at = new Date();
    saved(words("kept", ("0" + at.getHours()).slice(-2) + ":" + ("0" + at.getMinutes()).slice(-2)));
    show();
    return sendAll().then(function () { return true; });
  }

  function photo(input) {
    var file = input.files[0];
    var address = form.getAttribute("action");
    if (!file) { return; }
    var fields = new URLSearchParams();
    fields.set("content_type", file.type);
    saved(words("saving", ""));
    post(address + "/uploads", fields, window.yjActKey()).then(function (answer) {
      if (!answer.ok) { throw new Error("refused"); }
      return answer.json();
    }).then(function (signed) {
      var parts = new FormData();
      Object.keys(signed.fields).forEach(function (name) { parts.append(name, signed.fields[name]); });
      parts.append("file", file);
      return fetch(signed.url, { method: "POST", body: parts }).then(function (answer) {
        if (!answer.ok) { throw new Error("refused"); }
        var taken = new URLSearchParams();
        taken.set("upload_id", signed.upload_id);
        return post(address + "/photos", taken, window.yjActKey());
      });
    }).then(function (answer) {
      if (!answer.ok) { throw new Error("refused"); }
      return answer.json();
    }).then(function (state) {
      input.value = "";
      pictures(input.closest("[data-photos]"), state.photos);
      shown(address, state);
    }).catch(function () { input.value = ""; saved(words("photo", "")); });
  }

  function pictures(list, photos) {
    Array.prototype.forEach.call(list.querySelectorAll("li"), function (item) {
      if (!item.querySelector("input")) { item.remove(); }
    });
    photos.forEach(function (one) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      var picture = document.createElement("img");
      var time = document.createElement("span");
      link.className = "yj-photo";
      link.href = picture.src = one.url;
      picture.className = "pic";
      picture.alt = one.at;
      time.textContent = one.at;
      link.append(picture, time);
      item.appendChild(link);
      list.insertBefore(item, list.lastElementChild);
    });
  }

  if (form) {
    form.dataset.bad = form.querySelector('[data-when="non_compliant"]').hidden ? "no" : "yes";
    sections();
    form.addEventListener("change", function (event) {
      if (event.target.type === "file") { photo(event.target); return; }
      sections();
      save("");
    });
    /* Words are kept when the typing pauses, not only when the field is left; half a number would be an answer. */
    form.addEventListener("input", function (event) {
      if (event.target.tagName !== "TEXTAREA") { return; }
      window.clearTimeout(typing);
      typing = window.setTimeout(function () { save(""); }, PAUSE_MS);
    });
    form.addEventListener("submit", function (event) {
      var button = event.submitter || document.activeElement;
      var quick = button && button.name === "remedy_quick" ? button.value : "";
      if (!window.fetch || !window.localStorage) { return; }
      event.preventDefault();
      save(quick).then(function (isKept) {
        if (!isKept) { form.submit(); return; }
        if (quick) { return; }
        var next = document.querySelector("[data-next]");
        if (turned !== form.getAttribute("action") && next) { window.location.assign(next.getAttribute("data-next")); }
      });
    });
  }
  var now = document.querySelector("[data-send-now]");
  if (now) { now.addEventListener("click", sendAll); }
  window.addEventListener("online", function () { show(); sendAll(); });
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { sendAll(); } });
  window.setInterval(sendAll, 20000);
  show();
  sendAll();
})();
