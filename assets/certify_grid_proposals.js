/* Proposals of outside programs on the selected cells: P accepts, X rejects, all or none. */
(function () {
  "use strict";
  const grid = window.rrCertify;

  async function open(cells) {
    const found = [], rows = new Map();
    for (const { id, index } of cells) {
      const row = grid.node(id).data;
      if (!(row.h || []).includes(index)) continue;
      if (!rows.has(id)) {
        const query = new URLSearchParams({ run_number: row.r, dataset: row.d });
        rows.set(id, (await (await fetch(`/api/v1/proposals?${query}`)).json()).proposals);
      }
      found.push(...rows.get(id).filter((each) => each.column === grid.column(index)));
    }
    return found;
  }
  grid.answer = async function (accepted) {
    const cells = grid.selected.size ? [...grid.cells()] : grid.cursor ? [grid.cursor] : [];
    try {
      const found = await open(cells);
      if (!found.length) { grid.toast("No program proposes anything here."); return; }
      const seen = Math.min(...cells.map(({ id }) => grid.seenOf(id)));
      const response = await fetch("/api/v1/proposals/answer", {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ids: found.map((each) => each.id), accepted, seen }),
      });
      const told = await response.json();
      if (!response.ok) { grid.toast(told.detail || "Not answered.", true); return; }
      grid.toast(`${accepted ? "Accepted" : "Rejected"} ${found.length} proposal${found.length > 1 ? "s" : ""} of ${[...new Set(found.map((each) => each.program))].join(", ")}.`);
      grid.follow();
    } catch (error) { grid.toast("The registry does not answer; nothing was answered for you.", true); }
  };
})();
