/* Every page: what makes it comfortable. Without this file each page still shows its content and each form still posts. */
(function () {
  "use strict";

  var root = document.documentElement;
  var token = document.querySelector('meta[name="csrf-token"]');

  function each(selector, act, within) {
    Array.prototype.forEach.call((within || document).querySelectorAll(selector), act);
  }

  /* A failed form: the focus is on the summary, a click on a line is in the field. */
  function focusErrors() {
    var summary = document.querySelector("[data-error-summary]");
    if (!summary) { return; }
    summary.focus();
    each("a[href^='#field-']", function (link) {
      link.addEventListener("click", function (event) {
        var field = document.getElementById(link.getAttribute("href").slice(1));
        if (!field) { return; }
        var control = /^(FIELDSET|DIV)$/.test(field.tagName) ? field.querySelector("input, select, textarea") : field;
        event.preventDefault();
        field.scrollIntoView({ block: "center" });
        if (control) { control.focus(); }
      });
    }, summary);
  }

  /* Large type is kept for a year in a cookie, so that the server may know it too. */
  function largeType() {
    each("[data-large-type]", function (button) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(root.getAttribute("data-type") === "large"));
      button.addEventListener("click", function () {
        var large = root.getAttribute("data-type") !== "large";
        if (large) { root.setAttribute("data-type", "large"); } else { root.removeAttribute("data-type"); }
        document.cookie = "type=" + (large ? "large" : "normal") + "; path=/; max-age=31536000; samesite=lax";
        button.setAttribute("aria-pressed", String(large));
      });
    });
  }

  /* The other language of the same page, with its filters; what a form answered has the page of its form instead. */
  function languageLinks() {
    each("a[data-language]", function (link) {
      var wanted = new URLSearchParams(window.location.search);
      wanted.set("lang", link.getAttribute("data-language"));
      link.setAttribute("href", link.pathname + "?" + wanted.toString());
    });
  }

  /* Native dialogs; a browser without them follows the link to the page that asks the same. */
  function dialogs() {
    document.addEventListener("click", function (event) {
      var opener = event.target.closest ? event.target.closest("[data-dialog]") : null;
      var closer = event.target.closest ? event.target.closest("[data-dialog-close]") : null;
      if (opener) {
        var dialog = document.getElementById(opener.getAttribute("data-dialog"));
        if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
      }
      if (closer && closer.closest("dialog")) { closer.closest("dialog").close(); }
    });
  }

  /* A form that was sent is not sent twice by an impatient click. */
  function guardForms() {
    document.addEventListener("submit", function (event) {
      var form = event.target;
      if (!form.hasAttribute("data-guard") || event.defaultPrevented) { return; }
      if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
      form.setAttribute("data-sent", "");
      form.setAttribute("aria-busy", "true");
    });
    window.addEventListener("pageshow", function () {
      each("form[data-sent]", function (form) {
        form.removeAttribute("data-sent");
        form.removeAttribute("aria-busy");
      });
    });
  }

  /* On a phone the navigation is a row that scrolls: the active place is in view. */
  function showActivePlace() {
    var nav = document.querySelector(".yj-side nav");
    var active = nav && nav.querySelector("a[aria-current]");
    if (active && nav.scrollWidth > nav.clientWidth) { nav.scrollLeft = active.offsetLeft - (nav.clientWidth - active.offsetWidth) / 2; }
  }

  /* htmx: the token goes along; a failed answer with words is shown. */
  document.addEventListener("htmx:configRequest", function (event) {
    if (token && token.content) { event.detail.headers["X-CSRF-Token"] = token.content; }
  });

  /* Buttons that print are there only where printing works. */
  function printing() {
    each("[data-print]", function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { window.print(); });
    });
  }

  /* Without a network a page says so in our own words, and opens by itself as soon as there is one again. */
  function comeBack() {
    if (!navigator.onLine) { return; }
    fetch("/offline", { credentials: "omit", cache: "no-store" }).then(function () { window.location.reload(); }, function () {});
  }

  function offline() {
    if (document.querySelector("[data-offline]")) {
      window.addEventListener("online", comeBack);
      window.setInterval(comeBack, 5000);
    } else if (token && token.content && "serviceWorker" in navigator) {
      navigator.serviceWorker.register("/service-worker.js?lang=" + root.lang.slice(0, 2)).catch(function () {});
    }
  }

  focusErrors();
  offline();
  printing();
  largeType();
  languageLinks();
  dialogs();
  guardForms();
  showActivePlace();
})();
