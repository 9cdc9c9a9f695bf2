/* The preview of a module follows its files: it asks every second whether they changed, and loads the page again. */
(function () {
  "use strict";
  var PAUSE = 1000, here = document.querySelector("[data-preview]");
  if (!here || !window.fetch) return;
  function later() { setTimeout(look, PAUSE); }
  function look() {
    fetch("/preview/state", { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error("not now");
      return answer.text();
    }).then(function (state) {
      if (state === here.dataset.preview) later(); else location.reload();
    }).catch(later);
  }
  later();
})();
