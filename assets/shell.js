/* The shell: go to a run, keys overlay, theme switch, as_of. */
(function () {
  "use strict";
  const typing = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=textbox]"));
  const find = () => document.querySelector(".shell-find input");
  const keys = () => document.querySelector(".shell-keys");
  let before = null;

  function showKeys(show) {
    const overlay = keys();
    if (!overlay || overlay.hidden === !show) return;
    overlay.hidden = !show;
    if (show) { before = document.activeElement; overlay.querySelector("button").focus(); }
    else if (before && before.focus) before.focus();
  }
  /** Walk inside the page, as dcc.Link does: the address changes and Dash draws, nothing is reloaded. */
  function walkTo(address) {
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const more = event.key === "Escape" && document.querySelector(".shell-more[open]");
    if (more) { more.open = false; more.querySelector("summary").focus(); event.stopPropagation(); return; }
    if (event.key === "Escape" && keys() && !keys().hidden) { showKeys(false); event.stopPropagation(); return; }
    if (target === find()) {
      if (event.key === "Enter") {
        const words = target.value.trim(), run = /^\d{1,7}$/.test(words);
        if (!words) return;
        walkTo(run ? `/runs/${words}` : `/runs?q=${encodeURIComponent(words)}`);
        target.blur();
      } else if (event.key === "Escape") target.blur();
      return;
    }
    if (typing(target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "/" && find()) { event.preventDefault(); find().focus(); find().select(); }
    else if (event.key === "?") { event.preventDefault(); showKeys(keys() && keys().hidden); }
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest(".shell-theme")) window.rrTheme.set(window.rrTheme.get() === "dark" ? "light" : "dark");
    if (event.target.closest(".shell-help")) showKeys(true);
    // a list of pages closes once one of them is chosen, or something else is pressed
    document.querySelectorAll(".shell-more[open]").forEach((more) => { if (!event.target.closest(".shell-more summary")) more.open = false; });
    const overlay = keys();
    if (overlay && !overlay.hidden && (event.target === overlay || event.target.closest(".shell-keys-close"))) showKeys(false);
  });
  // the active page is underlined: the header is drawn once, the address changes under it
  function underline() {
    const here = window.location.pathname;
    document.querySelectorAll(".shell-nav a").forEach((a) => {
      const path = a.getAttribute("href"), on = path === here || (path !== "/" && here.startsWith(`${path}/`));
      if ((a.getAttribute("aria-current") === "page") !== on) { if (on) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current"); }
    });
  }
  for (const kind of ["popstate", "_dashprivate_pushstate", "_dashprivate_historychange"]) window.addEventListener(kind, () => setTimeout(underline, 0));
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; underline(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();

(function () {
  "use strict";
  // A page that begins with a figure needs Plotly soon; the others read it in while nobody waits for them.
  function read() {
    const address = "/_dash-component-suites/plotly/package_data/plotly.min.js";
    document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: address }));
  }
  if (/^\/($|golden|runs\/\d)/.test(location.pathname)) read();
  else window.addEventListener("load", () => setTimeout(() => requestIdleCallback(read), 3000));
})();
