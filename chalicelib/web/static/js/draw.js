/* Sealing a seed: it is made here and stays here until it is revealed; only its SHA-256 goes with the form.
 *
 *   [data-draw-seal data-store data-file data-words-…]     [data-seal-make] [data-seal-file] [data-seal-secret] [data-seal-words]
 *   [data-draw-reveal data-store data-sha256 data-words-…] [data-reveal-file] [data-reveal-words]
 *
 * The seed is kept in localStorage and offered as a text file; the form's field can always be filled by hand. */
(function () {
  "use strict";

  var subtle = window.crypto && window.crypto.subtle;
  var SEED = /[0-9a-f]{64}/;

  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function bytes(text) {
    return new Uint8Array(text.match(/../g).map(function (pair) { return parseInt(pair, 16); }));
  }

  function digest(secret) {
    return subtle.digest("SHA-256", bytes(secret)).then(function (found) { return hex(new Uint8Array(found)); });
  }

  /* A browser may refuse to store anything; the file is then the only copy. */
  function keep(name, secret) { try { window.localStorage.setItem(name, secret); } catch (refused) { return; } }
  function kept(name) { try { return window.localStorage.getItem(name) || ""; } catch (refused) { return ""; } }

  function seal(box) {
    var tools = box.querySelector("[data-seal-tools]"), file = box.querySelector("[data-seal-file]");
    var shown = box.querySelector("[data-seal-secret]"), words = box.querySelector("[data-seal-words]");
    var field = box.querySelector("input[name='sha256']");

    function offer(secret) {
      digest(secret).then(function (sha256) {
        field.value = sha256;
        shown.textContent = secret;
        shown.hidden = false;
        file.href = URL.createObjectURL(new Blob([secret + "\n"], { type: "text/plain" }));
        file.setAttribute("download", box.dataset.file);
        file.hidden = false;
        words.textContent = box.dataset.wordsMade;
      });
    }

    if (!subtle) { words.textContent = box.dataset.wordsUnsupported; return; }
    tools.hidden = false;
    if (SEED.test(kept(box.dataset.store))) { offer(kept(box.dataset.store)); }
    box.querySelector("[data-seal-make]").addEventListener("click", function () {
      var secret = hex(window.crypto.getRandomValues(new Uint8Array(32)));
      keep(box.dataset.store, secret);
      offer(secret);
    });
  }

  function reveal(box) {
    var tools = box.querySelector("[data-reveal-tools]"), words = box.querySelector("[data-reveal-words]");
    var field = box.querySelector("input[name='secret']");

    function offer(text, isAsked) {
      var found = text.match(SEED);
      if (!found) { if (isAsked) { words.textContent = box.dataset.wordsOther; } return; }
      digest(found[0]).then(function (sha256) {
        if (sha256 === box.dataset.sha256) {
          field.value = found[0];
          words.textContent = box.dataset.wordsFound;
        } else if (isAsked) {
          words.textContent = box.dataset.wordsOther;
        }
      });
    }

    if (!subtle) { return; }
    tools.hidden = false;
    offer(kept(box.dataset.store), false);
    box.querySelector("[data-reveal-file]").addEventListener("change", function (event) {
      var file = event.target.files[0];
      if (!file) { return; }
      file.text().then(
        function (text) { offer(text, true); },
        function () { words.textContent = box.dataset.wordsOther; }
      ).then(function () { event.target.value = ""; });
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-draw-seal]"), seal);
  Array.prototype.forEach.call(document.querySelectorAll("[data-draw-reveal]"), reveal);
})();
