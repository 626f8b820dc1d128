/* Findings by keyboard: arrows move over the lines, Enter opens one; a acknowledges it, o tries an override, and
   Enter in the reason does what was begun. */
(function () {
  "use strict";
  const page = () => document.querySelector(".consistency-page");
  const lines = () => [...document.querySelectorAll(".consistency-open")];
  const reason = () => document.getElementById("consistency-reason");
  const button = (type, rest) => [...document.querySelectorAll(".consistency-page aside button")].find((one) => one.id.includes(`"${type}"`) && rest.some((word) => one.id.includes(`"${word}"`)));
  const answer = (...what) => button("consistency-do", what), trial = (value) => button("consistency-try", [value]);
  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox]"));
  const PATIENCE_MS = 8000;
  let begun = "", value = "", wish = null;

  function move(to) {
    const all = lines();
    if (all.length) all[Math.max(0, Math.min(all.length - 1, to))].focus();
  }
  function at() {
    const all = lines(), focused = all.indexOf(document.activeElement);
    return focused >= 0 ? focused : all.findIndex((one) => one.closest("tr.is-current"));
  }
  /** The title of a line's finding. */
  const nameOf = (line) => `${line.querySelector("td a").textContent} · ${line.querySelector(".consistency-open").textContent}`;
  /** Do something with the finding beside; where none is, or another line has the focus, that one is opened first. */
  function withOpen(act) {
    const line = document.activeElement && document.activeElement.closest(".consistency-table tr");
    const isOther = line ? !line.classList.contains("is-current") : !reason();
    if (!isOther) { act(); return; }
    const link = (line || document).querySelector(".consistency-open");
    if (!link) return;
    wish = { act, since: Date.now(), of: nameOf(link.closest("tr")) };
    link.click();
  }
  function acknowledge() {
    begun = "acknowledge";
    if (reason()) reason().focus();
    else if (answer("take-back")) answer("take-back").focus();
  }
  function override(next) {
    const pressed = trial(next);
    if (!pressed) return;
    begun = "override"; value = next;
    for (const one of ["true", "false"]) trial(one).setAttribute("aria-pressed", String(one === next));
    reason().focus();
  }
  const KEYS = {
    ArrowDown: () => move(at() + 1), KeyJ: () => move(at() + 1), ArrowUp: () => move(Math.max(0, at() - 1)), KeyK: () => move(Math.max(0, at() - 1)),
    Home: () => move(0), End: () => move(lines().length - 1),
    KeyA: () => withOpen(acknowledge),
    KeyO: () => withOpen(() => { const next = begun === "override" && value === "true" ? "false" : "true"; if (trial(next)) trial(next).click(); }),
  };
  function finish() {
    const pressed = begun === "override" ? answer("true", "false") : answer("acknowledge");
    if (pressed) { reason().blur(); pressed.click(); }
  }
  document.addEventListener("keydown", (event) => {
    if (!page() || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const keys = document.querySelector(".shell-keys");
    if (keys && !keys.hidden) return;
    if (isTyping(event.target)) {
      if (event.target !== reason()) return;
      if (event.code === "Escape") { event.target.blur(); move(at()); }
      else if (event.code === "Enter" || event.code === "NumpadEnter") { event.preventDefault(); finish(); }
      return;
    }
    if (!KEYS[event.code]) return;
    event.preventDefault();
    KEYS[event.code]();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const pressed = event.target.closest(".consistency-override button");
    if (pressed && page()) override(pressed.id.includes('"true"') ? "true" : "false");
  });
  // the page stays while its address changes: a link alone would have it laid out anew, and the focus lost
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".consistency-page a[href^='/consistency']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.matches(".consistency-open")) { begun = ""; value = ""; }
    window.dash_clientside.set_props("shell-address", { search: new URL(link.href).search });
  }, true);
  // a line that was opened by a or o: the answer begins when its own finding stands beside, and its line is drawn
  new MutationObserver(() => {
    if (!wish) return;
    const title = document.querySelector("#consistency-panel h2"), line = document.querySelector(".consistency-table tr.is-current");
    if (Date.now() - wish.since > PATIENCE_MS) wish = null;
    else if (title && reason() && line && title.textContent === wish.of && nameOf(line) === wish.of) {
      const act = wish.act;
      wish = null;
      act();
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["class"] });
})();
