/* What was typed into a form that could not be taken (signed out meanwhile, a stale page, a busy system) comes back into the form
   when its page is opened again, for the same person and in the same tab. Files have to be chosen again. Without this file
   the form posts as it is. */
(function () {
  "use strict";

  var KEY = "yijianshi-form";
  var NOT_KEPT = { csrf_token: true, key: true };
  var meta = document.querySelector('meta[name="owner"]');
  var owner = meta ? meta.getAttribute("content") : "";
  var refusal = document.querySelector("[data-refused]");

  function read() {
    try { return JSON.parse(window.sessionStorage.getItem(KEY)); } catch (error) { return null; }
  }

  function write(kept) {
    try {
      if (kept) { window.sessionStorage.setItem(KEY, JSON.stringify(kept)); } else { window.sessionStorage.removeItem(KEY); }
    } catch (error) { /* no room, or forbidden: the form posts all the same */ }
  }

  function keep(event) {
    var form = event.target;
    if (event.defaultPrevented || !owner || !form.hasAttribute("data-guard")) { return; }
    var fields = {};
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && !NOT_KEPT[name]) { (fields[name] = fields[name] || []).push(value); }
    });
    write({ owner: owner, action: form.getAttribute("action"), fields: fields, refused: false });
  }

  function fill(form, fields) {
    var taken = {};
    Array.prototype.forEach.call(form.elements, function (control) {
      var values = fields[control.name];
      if (!control.name || NOT_KEPT[control.name] || /^(file|hidden|submit|button|fieldset)$/.test(control.type)) { return; }
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = Boolean(values) && values.indexOf(control.value) >= 0;
      } else if (values) {
        var at = taken[control.name] || 0;
        taken[control.name] = at + 1;
        if (at < values.length) { control.value = values[at]; }
      }
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function tell(form) {
    var words = document.body.getAttribute("data-kept-words");
    if (!words) { return; }
    var note = document.createElement("div");
    note.className = "yj-note blue";
    note.setAttribute("role", "status");
    note.textContent = words;
    form.insertBefore(note, form.firstChild);
  }

  function giveBack(kept) {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-guard]"), function (form) {
      if (form.getAttribute("action") !== kept.action) { return; }
      var around = form.closest("details");
      if (around) { around.open = true; }
      fill(form, kept.fields);
      tell(form);
      write(null);
    });
  }

  document.addEventListener("submit", keep);
  var kept = read();
  if (kept && refusal) {
    refusal.hidden = false;
    kept.refused = true;
    write(kept);
  } else if (kept && owner) {
    if (kept.refused && kept.owner === owner) { giveBack(kept); } else { write(null); }
  }
})();
