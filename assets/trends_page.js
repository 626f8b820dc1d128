/* Links of the trends change the address and leave the page, and the focus, where they are. */
(function () {
  "use strict";
  let pressed = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".trends-page a[href]");
    if (!link || link.hasAttribute("download") || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const name = link.dataset.name;
    pressed = name ? { place: link.closest("[id]").id, name } : null;
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (link.dataset.stay !== "yes") window.scrollTo(0, 0);
  });
  // bars are drawn anew and may have changed their places
  new MutationObserver(() => {
    if (!pressed || document.activeElement !== document.body) return;
    const place = document.getElementById(pressed.place);
    const link = place && [...place.querySelectorAll("a[data-name]")].find((each) => each.dataset.name === pressed.name);
    if (link) link.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
