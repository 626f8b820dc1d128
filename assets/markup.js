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
    // the button beside it opens the same dialog
    for (const file of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      file.setAttribute("aria-label", file.parentNode.innerText.trim() || "file");
      file.tabIndex = -1;
    }
  }
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; name(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
