/* Fill: D gives the status of the top row to the rest of the selection, Shift+D that of its first column; so does
   dragging the corner of the cursor's cell. A reason goes along; a mixed cell has no one status to give. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const NAME = { G: "GOOD", B: "BAD", S: "STANDBY", E: "EXCLUDED", "?": "NOTSET" };

  /** The one verdict of a cell, or a sentence why there is none. */
  async function verdict({ id, index }) {
    const row = grid.node(id).data, cell = grid.parse(grid.texts(row)[index]), where = `${grid.column(index)} of run ${row.r}`;
    if (cell.pieces.length) return `${where} has more than one status: fill from a cell that has one.`;
    if (!NAME[cell.letter]) return `${where} is EMPTY: there is nothing to fill with.`;
    const said = { status: NAME[cell.letter], cause: "", comment: "" };
    if (!cell.hasReason) return said;
    if (grid.reasonOf) { const reason = grid.reasonOf(row, grid.column(index)); if (reason) return { ...said, ...reason }; }
    const response = await fetch(`/api/v1/runs/${row.r}/verdicts?${new URLSearchParams({ dataset: row.d })}`);
    if (!response.ok) return "The reason of the cell could not be read.";
    const [first] = (await response.json()).columns[grid.column(index)] || [];
    return first ? { ...said, cause: first.cause, comment: first.comment } : said;
  }
  async function fill(pairs) {
    const groups = new Map();
    try {
      for (const [source, targets] of pairs) {
        const said = await verdict(source), name = JSON.stringify(said);
        if (typeof said === "string") { grid.toast(said, true); return; }
        if (!groups.has(name)) groups.set(name, { said, cells: [] });
        groups.get(name).cells.push(...targets);
      }
    } catch (error) { grid.toast("The registry does not answer: nothing was filled.", true); return; }
    for (const { said, cells } of groups.values()) grid.set(said.status, cells, said);
  }
  const at = (id) => grid.node(id).rowIndex;
  /** Fill the selection from its first row (down) or its first column (right). */
  grid.fill = function (isRight) {
    const lines = new Map();
    for (const cell of grid.cells()) {
      const line = isRight ? cell.id : cell.index;
      if (!lines.has(line)) lines.set(line, []);
      lines.get(line).push(cell);
    }
    const order = isRight ? (a, b) => a.index - b.index : (a, b) => at(a.id) - at(b.id);
    const pairs = [...lines.values()].map((cells) => cells.sort(order)).filter((cells) => cells.length > 1).map(([first, ...rest]) => [first, rest]);
    if (!pairs.length) { grid.toast(`Select the cells to fill ${isRight ? "rightwards" : "downwards"} first: the ${isRight ? "left" : "top"} one gives its status.`); return; }
    fill(pairs);
  };
  /** Fill what was dragged over from one cell. */
  grid.fillFrom = function (source) {
    const rest = [...grid.cells()].filter((cell) => cell.id !== source.id || cell.index !== source.index);
    if (rest.length) fill([[source, rest]]);
  };
  /** The corner to drag, on the cursor's cell. */
  grid.drawHandle = function (cell) {
    const old = grid.place.querySelector(".certify-handle");
    if (old && cell && old.parentNode === cell) return;
    if (old) old.remove();
    if (cell) cell.append(grid.element("i", "", "certify-handle"));
  };
})();
