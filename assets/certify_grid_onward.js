/* What is selected goes on to another page: its runs become a condition of the filter in the address. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const LONGEST = 7000;

  /** Ranges of runs that hold, of the rows that are shown, exactly the chosen ones. */
  function ranges(chosen, shown) {
    const found = [];
    let last = -1;
    shown.forEach((run, place) => {
      if (!chosen.has(run)) return;
      if (found.length && last === place - 1) found[found.length - 1][1] = run; else found.push([run, run]);
      last = place;
    });
    return found.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(",");
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.takes-selection");
    if (!link || !grid.api || !grid.selected.size || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const chosen = new Set(), shown = new Set();
    for (const { id } of grid.cells()) { const node = grid.node(id); if (node) chosen.add(node.data.r); }
    grid.api.forEachNodeAfterFilterAndSort((node) => shown.add(node.data.r));
    const address = new URL(link.href), where = address.searchParams.get("where");
    const condition = ["runs", ranges(chosen, [...shown].sort((a, b) => a - b))];
    address.searchParams.set("where", JSON.stringify(where ? { and: [JSON.parse(where), condition] } : condition));
    event.preventDefault();
    event.stopImmediatePropagation();
    if (address.href.length > LONGEST) { grid.toast("Too many single runs are selected for one address: select neighbours, or filter."); return; }
    window.history.pushState({}, "", address.pathname + address.search);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }, true);
})();
