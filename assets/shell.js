/* The shell: go to a run, help, theme switch, as_of. */
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
  /** Keep the focus in the help while it is open. */
  function within(event) {
    const stops = [...keys().querySelectorAll("button, a[href], [tabindex='0']")].filter((each) => each.offsetParent);
    const at = stops.indexOf(document.activeElement), step = event.shiftKey ? -1 : 1;
    event.preventDefault();
    stops[(at + step + stops.length) % stops.length].focus();
  }
  /** Walk inside the page, as dcc.Link does: the address changes and Dash draws, nothing is reloaded. */
  function walkTo(address) {
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  window.rrWalkTo = walkTo;
  // at the window, so before all others: nothing behind the help hears its keys
  window.addEventListener("keydown", (event) => {
    if (!keys() || keys().hidden) return;
    if (event.key === "Escape" || event.key === "?") { showKeys(false); event.preventDefault(); }
    else if (event.key === "Tab") within(event);
    event.stopPropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const more = event.key === "Escape" && document.querySelector(".shell-more[open]");
    if (more) { more.open = false; more.querySelector("summary").focus(); event.stopPropagation(); return; }
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
    // a press of the button also asks the server what to tell of this page
    else if (event.key === "?" && document.getElementById("shell-help")) { event.preventDefault(); document.getElementById("shell-help").click(); }
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest(".shell-theme")) window.rrTheme.set(window.rrTheme.get() === "dark" ? "light" : "dark");
    if (event.target.closest(".shell-help")) showKeys(true);
    // a list of pages closes once one of them is chosen, or something else is pressed
    document.querySelectorAll(".shell-more[open]").forEach((more) => { if (!event.target.closest(".shell-more summary")) more.open = false; });
    const overlay = keys();
    if (overlay && !overlay.hidden && (event.target === overlay || event.target.closest(".shell-keys-close, button[data-tour]"))) showKeys(false);
  });
  /** Bring the page's name into sight where the row of them is longer than the screen. */
  function reveal(link) {
    const row = link.closest(".shell-nav-pages"), its = link.getBoundingClientRect(), seen = row && row.getBoundingClientRect();
    if (row) row.scrollLeft += Math.max(0, its.right - seen.right + 32) + Math.min(0, its.left - seen.left);
  }
  // the active page is underlined: the header is drawn once, the address changes under it
  function underline() {
    const here = window.location.pathname;
    document.querySelectorAll(".shell-nav a").forEach((a) => {
      const path = a.getAttribute("href"), on = path === here || (path !== "/" && here.startsWith(`${path}/`));
      if ((a.getAttribute("aria-current") === "page") !== on) { if (on) { a.setAttribute("aria-current", "page"); reveal(a); } else a.removeAttribute("aria-current"); }
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
  // The server says of a page that begins with a figure that it needs Plotly; the others read it in while nobody waits.
  const address = "/_dash-component-suites/plotly/package_data/plotly.min.js";
  const read = () => document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: address }));
  window.addEventListener("load", () => setTimeout(() => requestIdleCallback(() => { if (!window.Plotly) read(); }), 3000));
})();
