/* What is too much for one sheet is refused where it is pasted, before the page has to carry it. */
(function () {
  "use strict";
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    rrBulk: {
      askAgain: () => true,
      // what a long dry run found, on the page that asked for it
      showFound: (found) => found ? [found.said, found.asked, !found.asked] : Array(3).fill(window.dash_clientside.no_update),
    },
  });
  document.addEventListener("paste", (event) => {
    const text = event.target.closest && event.target.closest(".bulk-rows"), place = document.querySelector(".bulk-form");
    if (!text || !place) return;
    const pasted = event.clipboardData ? event.clipboardData.getData("text/plain") : "", most = Number(place.dataset.longest);
    if (pasted.length + text.value.length <= most) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const said = `Nothing was pasted: ${pasted.length.toLocaleString("en")} characters are too many, a sheet has at most ${most.toLocaleString("en")}.`;
    window.dash_clientside.set_props(place.dataset.plan, { children: said });
  }, true);
})();
