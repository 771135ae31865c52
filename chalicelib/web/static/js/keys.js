/* The keyboard: / and Ctrl+K search, ? lists the keys, g and a letter goes somewhere, arrows walk suggestions and the rows of a
   table. Nothing happens while one types, with another modifier, or when single letters were switched off. */
(function () {
  "use strict";

  var OFF = "yj-keys-off";
  var dialog = document.getElementById("shortcuts");
  var form = document.querySelector("[data-search]");
  var input = form && form.querySelector("input");
  var list = document.getElementById("suggest");
  var waitingForLetter = 0;

  function isOff() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; }
  }

  function isTyping(target) {
    return Boolean(target && target.closest && target.closest("input, textarea, select, [contenteditable], dialog"));
  }

  function openKeys() {
    if (dialog && dialog.showModal && !dialog.open) { dialog.showModal(); }
  }

  function focusSearch(event) {
    if (!input || !input.offsetParent) {
      if (form) { window.location.assign(form.getAttribute("action")); event.preventDefault(); }
      return;
    }
    event.preventDefault();
    input.focus();
    input.select();
  }

  function rowLink(row) { return row && row.querySelector("a.yj-title, a.yj-link, a[href]"); }

  /* From the link of a row to that of the row above or below. */
  function walkRows(event) {
    var here = document.activeElement && document.activeElement.closest ? document.activeElement.closest(".yj-table tbody tr") : null;
    if (!here) { return; }
    var next = event.key === "ArrowDown" ? here.nextElementSibling : here.previousElementSibling;
    var link = rowLink(next);
    if (link) { event.preventDefault(); link.focus(); }
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && form) { focusSearch(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) { return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { walkRows(event); return; }
    if (isOff() || (dialog && dialog.open)) { return; }
    if (Date.now() - waitingForLetter < 1500) {
      waitingForLetter = 0;
      var go = dialog && dialog.querySelector('[data-go="' + event.key.toLowerCase().replace(/[^a-z]/g, "") + '"]');
      if (go) { event.preventDefault(); window.location.assign(go.getAttribute("href")); }
      return;
    }
    if (event.key === "/") { focusSearch(event); }
    else if (event.key === "?") { event.preventDefault(); openKeys(); }
    else if (event.key === "g") { waitingForLetter = Date.now(); }
  });

  if (dialog) {
    var box = dialog.querySelector("[data-keys-off]");
    box.checked = isOff();
    box.addEventListener("change", function () {
      try { window.localStorage.setItem(OFF, box.checked ? "1" : "0"); } catch (error) { /* not kept */ }
    });
  }

  if (!form || !list) { return; }

  function options() { return Array.prototype.slice.call(list.querySelectorAll("[role=option]")); }

  function show(isShown) {
    list.hidden = !isShown || !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) { choose(-1); }
  }

  function chosen() { return options().findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; }); }

  function choose(position) {
    var all = options();
    all.forEach(function (one, number) { one.setAttribute("aria-selected", String(number === position)); });
    if (all[position]) {
      input.setAttribute("aria-activedescendant", all[position].id);
      all[position].scrollIntoView({ block: "nearest" });
    } else { input.removeAttribute("aria-activedescendant"); }
  }

  input.addEventListener("keydown", function (event) {
    var all = options();
    if (event.isComposing) { return; }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      show(true);
      choose((chosen() + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length);
    } else if (event.key === "Enter" && all[chosen()]) {
      event.preventDefault();
      window.location.assign(all[chosen()].getAttribute("href"));
    } else if (event.key === "Escape") {
      if (!list.hidden) { event.preventDefault(); show(false); } else { input.blur(); }
    }
  });
  input.addEventListener("focus", function () { show(Boolean(input.value)); });
  input.addEventListener("input", function () { if (!input.value.trim()) { list.innerHTML = ""; show(false); } });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target === list) { show(document.activeElement === input); }
  });
  document.addEventListener("click", function (event) { if (!form.contains(event.target)) { show(false); } });
  form.addEventListener("focusout", function (event) { if (event.relatedTarget && !form.contains(event.relatedTarget)) { show(false); } });
})();
