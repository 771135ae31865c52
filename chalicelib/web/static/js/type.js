/* Large type, before the first paint. Chromium 86. */
(function () {
  "use strict";
  if (/(?:^|;\s*)type=large(?:;|$)/.test(document.cookie)) {
    document.documentElement.setAttribute("data-type", "large");
  }
})();
