/* Training: the same grid, keys and strip, whose answers stay in this browser until they are compared.
   The server lays them over what rules said before anybody spoke; nothing of it is recorded. */
(function () {
  "use strict";
  const grid = window.rrCertify, API = "/api/v1/training";
  let pending = "", shown = null;

  const practising = () => !!(grid.asked && grid.asked.sitting);
  const place = () => `rr-training ${grid.asked.who} ${grid.asked.sitting}`;
  /** The answers, as they were sent; another tab with the same sitting writes to the same place. */
  const kept = () => JSON.parse(localStorage.getItem(place()) || "[]");
  function keep(answers) {
    if (answers.length) localStorage.setItem(place(), JSON.stringify(answers)); else localStorage.removeItem(place());
  }
  const post = (path, body) => fetch(API + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sitting: grid.asked.sitting, ...body }),
  });
  const carry = (batch, ids) => post("/answers", { kept: kept(), edits: batch.map((each) => each.body), rows: ids });
  grid.elsewhere = () => (practising() ? carry : null);

  async function readAgain(ids) {
    try {
      const response = await post("/answers", { kept: kept(), edits: [], rows: ids });
      const told = await response.json();
      if (response.ok) grid.takeRows(told); else grid.toast(told.detail, true);
    } catch (error) { grid.toast("The registry does not answer: your answers are kept in this browser.", true); }
    drawStrip();
  }
  const everyId = () => { const found = []; if (grid.api) grid.api.forEachNode((node) => found.push(node.data.i)); return found; };

  document.addEventListener("rr:answered", (event) => {
    keep([...kept(), event.detail]);
    setTimeout(drawStrip);
  });
  /** The rows come without answers: those of an earlier visit, or of another tab, are laid over them. */
  function lay() {
    if (!practising()) return;
    // all are open here, and a small screen has room for the cells only
    grid.api.setColumnsVisible(window.innerWidth < 700 ? ["d", "w", "l", "s"] : ["s"], false);
    if (kept().length) readAgain([]);
    progress();
  }
  let watched = null;
  function watch() {
    if (!practising()) return;
    if (!grid.api) { setTimeout(watch, 100); return; }
    if (grid.api !== watched) { watched = grid.api; watched.addEventListener("rowDataUpdated", lay); }
    lay();
  }
  document.addEventListener("rr:grid", () => { shown = null; watch(); });
  window.addEventListener("storage", (event) => { if (practising() && event.key === place()) readAgain([]); });

  function open() {
    let cells = 0, left = 0;
    if (grid.api) grid.api.forEachNode((node) => { for (const text of grid.texts(node.data)) { cells += 1; if (grid.isOpen(text)) left += 1; } });
    return { cells, left };
  }
  function progress() {
    const node = document.getElementById("training-progress");
    if (!node || !practising()) return;
    const { cells, left } = open();
    if (cells) node.textContent = `${left} of ${cells} cells open`;
  }
  document.addEventListener("rr:grid-changed", () => { if (practising()) progress(); });

  /** What the shift's keys do otherwise here. */
  const HERE = {
    undo() {
      if (!grid.isSaved()) { grid.toast("Not saved yet: a moment."); return; }
      const answers = kept(), last = answers.pop();
      if (!last) { grid.toast("Nothing to take back."); return; }
      keep(answers);
      const runs = new Set(last.cells.map((cell) => cell.run_number)), ids = [];
      grid.api.forEachNode((node) => { if (runs.has(node.data.r)) ids.push(node.data.i); });
      readAgain(ids).then(() => grid.toast("Taken back: what stood there before holds again."));
    },
    openBack() { grid.toast("In training nothing is moved."); },
    answer() { grid.toast("In training you say yourself what you think of a proposal: W tells what it is.", true); },
    ask(of, what) {
      if (what.preview) return;
      shown = what.strip || (what.closed ? null : shown);
      of({ ...what, sitting: grid.asked.sitting, answers: what.strip ? kept() : [] });
    },
    openSignOff() {
      if (grid.asked.is_past) { grid.toast(grid.asked.closed); return; }
      if (!grid.isSaved()) { grid.toast("Not saved yet: a moment."); return; }
      const rows = everyId().map((id) => grid.node(id).data), { cells, left } = open();
      if (!kept().length) { grid.toast("Certify something first."); return; }
      const words = left ? `${left} of ${cells} cells are still open: what nobody said counts as not judged.` : "Every cell is decided.";
      grid.openSheet(`Compare ${grid.datasets(rows.length)} with what was decided`, rows, [grid.element("p", words), grid.element("p", "You see the decisions then, and cannot answer this sitting again.", "dim")], [["Compare ↵", compare]]);
    },
  };
  for (const [name, act] of Object.entries(HERE)) {
    const of = grid[name];
    grid[name] = (...given) => (!practising() ? of(...given) : name === "ask" ? act(of, ...given) : act(...given));
  }
  /** The reason in a cell is one's own, or a rule's, which stands in no answer. */
  grid.reasonOf = function (row, column) {
    if (!practising()) return null;
    const said = kept().reverse().find((each) => each.cells.some((cell) => cell.run_number === row.r && cell.dataset === row.d && cell.columns.includes(column)));
    return said ? { cause: said.cause, comment: said.comment } : { cause: "", comment: "as the rule says" };
  };
  function compare() {
    post("/sittings", { answers: kept() }).then(async (response) => {
      const told = await response.json();
      if (!response.ok) { grid.toast(told.detail || response.statusText, true); return; }
      keep([]);
      window.history.pushState({}, "", `/training/result?${new URLSearchParams({ sitting: told.name })}`);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      window.scrollTo(0, 0);
    }).catch(() => grid.toast("The registry does not answer: your answers are kept in this browser.", true));
  }

  // ---- the strip under a row
  function drawStrip() { if (practising() && shown && grid.isStripOpen()) grid.ask({ strip: shown }); }
  function fromStrip(status, reason) {
    const strip = window.rrStrip, rows = strip.meta.rows, node = strip.chosen.size && grid.api && rowOf(rows[[...strip.chosen.keys()][0]].dataset);
    if (!node) return;
    for (const [ranges, columns] of byRanges(strip)) {
      grid.sendCells({ status, ...reason }, [{ run_number: node.r, dataset: node.d, columns, ranges: JSON.parse(ranges) }], columns.map((column) => [node.i, grid.asked.columns.indexOf(column)]));
    }
    pending = "";
  }
  function byRanges(strip) {
    const found = new Map();
    for (const [at, ranges] of strip.chosen) {
      const name = JSON.stringify(ranges);
      found.set(name, [...(found.get(name) || []), strip.meta.rows[at].key]);
    }
    return found;
  }
  function rowOf(dataset) {
    let found = null;
    grid.api.forEachNode((node) => { if (node.data.r === window.rrStrip.meta.run_number && node.data.d === dataset) found = node.data; });
    return found;
  }
  document.addEventListener("rr:intent", (event) => {
    if (!practising()) return;
    const { status, apply, undo, why } = event.detail;
    if (undo) grid.undo();
    else if (why && why.kind === "column" && shown) grid.ask({ why: { ...shown, column: why.column } });
    else if (status && apply) fromStrip(status, { cause: "", comment: "" });
    else if (status) pending = status;
  });
  document.addEventListener("click", (event) => {
    const button = practising() && pending && event.target.closest && event.target.closest(".certify-panel .apply");
    if (!button || !window.rrStrip.chosen.size) return;
    const value = (id) => (document.getElementById(id) || {}).value || "";
    fromStrip(pending, { cause: value("certify-panel-cause"), comment: value("certify-panel-comment") });
  });
})();
