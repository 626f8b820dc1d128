/* Work in the background: a press of its button orders it, the button's coming onto a page does not. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.rrWork = {
    ordered: (clicks) => clicks ? Date.now() : window.dash_clientside.no_update,
  };
})();
