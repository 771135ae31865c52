/* Opens one page where there is no network: that there is none, and what stays. Nothing else is kept here, and nothing of
   anybody: the page is asked for without cookies. */
(function () {
  "use strict";

  var STORE = "offline";
  var PAGE = "/offline";
  var lang = new URL(self.location.href).searchParams.get("lang") || "";

  function fill() {
    return fetch(PAGE + "?lang=" + encodeURIComponent(lang), { credentials: "omit", cache: "reload" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return Promise.all([caches.open(STORE), answer.clone().text()]).then(function (both) {
        var files = Array.from(both[1].matchAll(/(?:href|src)="(\/static\/[^"#]+)/g), function (one) {
          return one[1].replace(/&amp;/g, "&");
        });
        return Promise.all([both[0].put(PAGE, answer), both[0].addAll(Array.from(new Set(files)))]);
      });
    });
  }

  self.addEventListener("install", function (event) {
    self.skipWaiting();
    event.waitUntil(caches.delete(STORE).then(fill));
  });

  self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

  self.addEventListener("fetch", function (event) {
    var request = event.request;
    if (request.method !== "GET") { return; }
    var kept = request.mode === "navigate" ? PAGE : request.url;
    if (kept !== PAGE && !new URL(kept).pathname.startsWith("/static/")) { return; }
    event.respondWith(fetch(request).catch(function (error) {
      return caches.match(kept).then(function (found) {
        if (!found) { throw error; }
        return found;
      });
    }));
  });
})();
