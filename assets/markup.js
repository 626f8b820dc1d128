/* What libraries draw without the words or roles that a screen reader needs: given here as soon as it is there. */
(function () {
  "use strict";
  /** Parts of a grid that hold no row here: pinned, sticky and full-width ones. */
  const ROWLESS = ".ag-root :is([class*=ag-full-width-container], [class*=-full-width-container], [class*=floating-], [class*=sticky-])[role=rowgroup]";

  function name() {
    for (const group of document.querySelectorAll(ROWLESS)) {
      if (group.getAttribute("aria-hidden") === "true") continue;
      group.removeAttribute("aria-hidden");
      group.setAttribute("role", "presentation");
    }
    for (const root of document.querySelectorAll(".ag-root[role=grid]:not([aria-label])")) {
      const named = root.closest("[aria-label]");
      if (named) root.setAttribute("aria-label", named.getAttribute("aria-label").split(":")[0]);
    }
    // the arrows move in a grid; Tab leaves it
    for (const row of document.querySelectorAll(".ag-row[tabindex='0']")) row.tabIndex = -1;
    // the button beside it opens the same dialog
    for (const file of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      file.setAttribute("aria-label", file.parentNode.innerText.trim() || "file");
      file.tabIndex = -1;
    }
  }
  // the library shows “no cause” as an option that cannot be chosen; the next one says the same, and the keys start there
  document.addEventListener("keydown", (event) => {
    const list = event.target, shown = list.matches && list.matches("select.form-select") && list.options[list.selectedIndex];
    if (!shown || !shown.hidden || !list.options[1] || list.options[1].value !== shown.value) return;
    list.selectedIndex = 1;
  }, true);
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; name(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
