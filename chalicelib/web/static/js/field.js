/* Field pages: the chip under the head says whether the phone is online. */
(function () {
  "use strict";
  var chip = document.querySelector("[data-net]");
  function show() { if (chip) { chip.classList.toggle("on", navigator.onLine); } }
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
})();
