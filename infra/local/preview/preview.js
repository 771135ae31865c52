/* Asks once a second whether a file of the package changed, and then puts the new page in the place of the old one. */
(function () {
  "use strict";
  var main = document.getElementById("main");

  function replace(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (!fresh) { return; }
    var places = [".preview-data", ".preview-lines"].map(function (name) {
      var found = main.querySelector(name);
      return [name, found ? found.scrollTop : 0];
    });
    main.replaceWith(fresh);
    main = fresh;
    places.forEach(function (place) {
      var found = main.querySelector(place[0]);
      if (found) { found.scrollTop = place[1]; }
    });
  }

  function look() {
    var address = main.getAttribute("data-watch");
    if (!address || document.hidden) { return Promise.resolve(); }
    return fetch(address).then(function (answer) { return answer.json(); }).then(function (state) {
      if (state.mark === main.getAttribute("data-mark")) { return null; }
      return fetch(window.location.href).then(function (answer) { return answer.text(); }).then(replace);
    }).catch(function () { /* the site is being started again */ });
  }

  function again() { look().then(function () { window.setTimeout(again, 1000); }); }
  again();
}());
