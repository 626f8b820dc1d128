/* What keeps a run from being signed off is selected on its strip, as far as one may certify it. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-chooses]"), strip = window.rrStrip;
    if (!button || !strip || !strip.meta || !strip.root.isConnected) return;
    let cells = new Map();
    for (const line of button.parentElement.querySelectorAll("[data-column]")) {
      const at = strip.meta.rows.findIndex((row) => row.kind === "column" && row.dataset === "online" && row.key === line.dataset.column);
      if (at >= 0) for (const [first, last] of JSON.parse(line.dataset.ranges)) cells = strip.union(cells, strip.rectangle([at], first, last));
    }
    if (!cells.size) { window.rrCertify.toast("Nothing of this may be certified by you.", true); return; }
    const [row, [[first, last]]] = [...cells][0];
    strip.cursor = strip.anchor = { row, first, last };
    strip.choose(cells);
    document.getElementById(strip.root.dataset.grid).focus({ preventScroll: true });
  });
})();
