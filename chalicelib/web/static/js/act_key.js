/* The key of one act, made on the device: a ULID (48 bits of time, 80 random bits). The same key sent again is the same act. */
(function () {
  "use strict";

  window.yjActKey = function () {
    var digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    var time = Date.now();
    var text = "";
    for (var place = 0; place < 10; place += 1) { text = digits[time % 32] + text; time = Math.floor(time / 32); }
    Array.prototype.forEach.call(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) { text += digits[byte % 32]; });
    return text;
  };
})();
