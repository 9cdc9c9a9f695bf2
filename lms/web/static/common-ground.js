/* Nothing here is needed: every act works as a plain form. This file saves a note sooner, and moves focus where a reader needs it. */
(function () {
  "use strict";
  var told = document.querySelector("[data-focus]");
  if (told) told.focus();
})();
