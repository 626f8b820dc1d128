/* The order of the grid is part of its address: a press on a head is written there, so that whoever opens the
   address sees the same table. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  let watched = null;

  function write() {
    if (!grid.asked || grid.api !== watched) return;
    const by = watched.getColumnState().find((column) => column.sort), order = by ? `${by.colId}-${by.sort}` : "";
    const words = new URLSearchParams(window.location.search);
    if ((words.get("sort") || "") === order) return;
    if (order) words.set("sort", order); else words.delete("sort");
    const search = words.toString();
    window.history.replaceState({}, "", `${window.location.pathname}${search ? `?${search}` : ""}`);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }
  function watch() {
    if (!grid.asked) return;
    if (!grid.api) { setTimeout(watch, 100); return; }
    if (grid.api === watched) return;
    watched = grid.api;
    // once the columns of the address have been taken over
    watched.addEventListener("sortChanged", (event) => { if (event.source === "uiColumnSorted") write(); });
  }
  document.addEventListener("rr:grid", watch);
})();
