/* The log by keyboard: arrows move over the lines, Enter opens one; the page stays while its address changes. */
(function () {
  "use strict";
  const page = () => document.querySelector(".log-page");
  const lines = () => [...document.querySelectorAll(".log-open")];
  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true]"));
  const setAddress = (search) => window.dash_clientside.set_props("shell-address", { search });
  function at() {
    const all = lines(), focused = all.indexOf(document.activeElement);
    return focused >= 0 ? focused : all.findIndex((one) => one.closest("tr.is-current"));
  }
  function move(to) {
    const all = lines();
    if (all.length) all[Math.max(0, Math.min(all.length - 1, to))].focus();
  }
  const KEYS = {
    ArrowDown: () => move(at() + 1), KeyJ: () => move(at() + 1), ArrowUp: () => move(Math.max(0, at() - 1)), KeyK: () => move(Math.max(0, at() - 1)),
    Home: () => move(0), End: () => move(lines().length - 1),
  };
  document.addEventListener("keydown", (event) => {
    if (!page() || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isTyping(event.target)) return;
    const keys = document.querySelector(".shell-keys");
    if ((keys && !keys.hidden) || !KEYS[event.code]) return;
    event.preventDefault();
    KEYS[event.code]();
  });
  document.addEventListener("click", (event) => {
    if (!page() || !event.target.closest) return;
    if (event.target.closest(".log-now")) {
      const words = new URLSearchParams(window.location.search);
      for (const name of ["as_of", "before", "after"]) words.delete(name);
      setAddress(String(words) ? `?${words}` : "");
      return;
    }
    // a link alone would have the page laid out anew, and the focus lost
    const link = event.target.closest(".log-page a[href^='/log']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    event.stopPropagation();
    setAddress(new URL(link.href).search);
    if (link.closest(".log-turns")) window.scrollTo({ top: 0 });
  }, true);
})();
