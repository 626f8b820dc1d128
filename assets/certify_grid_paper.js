/* The grid on paper: a table of every row, its head again on each page. The grid itself draws only what is in sight. */
(function () {
  "use strict";
  const STATUS = { G: "good", B: "bad", S: "standby", E: "excluded", "?": "notset" };
  const cell = (kind, words, look) => Object.assign(document.createElement(kind), { textContent: words, className: look || "" });
  const row = (cells) => { const tr = document.createElement("tr"); tr.append(...cells); return tr; };

  const isCell = (column) => column.getColDef().cellClass === "certify-cell";
  const named = (column) => { const its = column.getColDef(); return isCell(column) ? its.headerTooltip : its.headerName; };

  /** What the grid shows, as it shows it: letters, share in percent, the colour of the status. */
  function table(api) {
    const columns = api.getAllDisplayedColumns(), head = document.createElement("thead"), body = document.createElement("tbody");
    head.append(row(columns.map((column) => cell("th", named(column)))));
    api.forEachNodeAfterFilterAndSort((node) => {
      body.append(row(columns.map((column) => {
        const words = String(api.getCellValue({ rowNode: node, colKey: column, useFormatter: true }) ?? "");
        const status = isCell(column) && STATUS[words[0]];
        return cell("td", words, status ? `status-${status}` : "");
      })));
    });
    const paper = document.createElement("table");
    paper.className = "certify-paper";
    paper.append(head, body);
    return paper;
  }
  const away = () => document.querySelectorAll(".certify-paper").forEach((each) => each.remove());
  window.addEventListener("beforeprint", () => {
    const place = document.querySelector(".certify-grid-place"), grid = window.rrCertify;
    away();
    if (place && grid && grid.api && !grid.api.isDestroyed()) place.append(table(grid.api));
  });
  window.addEventListener("afterprint", away);
})();
