/* The hand on the grid: pointer and keys select, letters certify. Letters act by event.code, never inside a
   text field, never with Ctrl, Alt or Meta; no request leaves while somebody selects. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const STATUS = { KeyG: "GOOD", KeyB: "BAD", KeyS: "STANDBY", KeyE: "EXCLUDED", Backspace: "NOTSET" };
  const LAST = "rr-last-cause", MOST_PREVIEWED = 40;
  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], dialog"));
  const alive = () => grid.place && grid.place.isConnected && grid.asked && grid.api;
  const panel = () => document.querySelector(".certify-page .certify-panel");
  const part = (name) => { const p = panel(); return p && document.getElementById(p.dataset[name]); };
  let dragging = null, pending = "";
  /** The strip under a row takes the panel's buttons while lumisections are selected on it. */
  const stripHas = () => grid.isStripOpen && grid.isStripOpen() && window.rrStrip.chosen.size > 0;

  const rowIndex = (id) => { const node = grid.node(id); return node ? node.rowIndex : -1; };
  const idAt = (row) => { const node = grid.api.getDisplayedRowAtIndex(row); return node && node.data ? node.data.i : null; };

  function rectangle(a, b) {
    const found = new Set(), rows = [rowIndex(a.id), rowIndex(b.id)].sort((x, y) => x - y), columns = [a.index, b.index].sort((x, y) => x - y);
    for (let row = rows[0]; row <= rows[1]; row++) for (let index = columns[0]; index <= columns[1]; index++) found.add(grid.key(idAt(row), index));
    return found;
  }
  function choose(set, words) {
    if (grid.leaveStrip) grid.leaveStrip();
    // what was chosen for other cells says nothing of these
    if (pending && (set.size !== grid.selected.size || [...set].some((each) => !grid.selected.has(each)))) press("");
    grid.selected = set;
    grid.mark();
    tell(words);
  }
  /** The panel follows from what the browser holds already. */
  function tell(words) {
    const p = panel();
    if (!p) return;
    const ids = new Set(), columns = new Set();
    for (const { id, index } of grid.cells()) { ids.add(id); columns.add(index); }
    const data = [...ids].map((id) => (grid.node(id) || {}).data).filter(Boolean);
    const pb = data.reduce((sum, row) => sum + (row.l || 0), 0), n = data.reduce((sum, row) => sum + row.n, 0);
    p.classList.toggle("has-selection", ids.size > 0);
    part("what").textContent = grid.selected.size ? `${grid.selected.size} cell${grid.selected.size > 1 ? "s" : ""}` : "Nothing selected";
    const runs = data.map((row) => row.r), span = runs.length ? `run${runs.length > 1 ? "s" : ""} ${Math.min(...runs)}${runs.length > 1 ? `–${Math.max(...runs)}` : ""}` : "";
    part("size").textContent = grid.selected.size ? `${span} · ${n.toLocaleString("en")} LS · ${grid.invpb(pb)} pb⁻¹` : grid.asked.closed ? "you may look" : "click or use the arrow keys, space selects";
    p.querySelectorAll("[data-task]").forEach((button) => {
      const why = grid.asked.may_not[button.dataset.task];
      button.classList.toggle("is-closed", !!why);
      button.setAttribute("aria-disabled", String(!!why));
      button.title = why || "";
      if (button.dataset.task === "hide") button.firstChild.textContent = grid.asked.hidden ? "Bring back " : "Hide ";
    });
    const list = part("columns");
    const shown = [...columns].sort((a, b) => a - b).slice(0, 6).map((index) => grid.column(index));
    if (columns.size > 6) shown.push(`+ ${columns.size - 6} more`);
    list.replaceChildren(...shown.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
    part("datasets").textContent = data.length === 1 ? `${data[0].d}, whole run` : "";
    document.body.classList.toggle("has-strip-selection", stripHas());
    if (words) grid.say(words);
    grid.shut(p);
    reasons();
  }
  function reasons() {
    const refusal = part("apply") && document.getElementById("certify-panel-refusal");
    if (!refusal) return;
    const found = [...grid.cells()].map(({ id, index }) => grid.refused.get(grid.key(id, index))).filter(Boolean);
    grid.told = found.length ? found[0] : "";
    document.dispatchEvent(new CustomEvent("rr:refused", { detail: grid.told }));
    grid.showConflict();
  }
  function describe(at) {
    const node = grid.node(at.id);
    return node ? `run ${node.data.r}, ${grid.column(at.index)}, ${grid.words(grid.texts(node.data)[at.index])}` : "";
  }
  function reveal() {
    grid.api.ensureIndexVisible(rowIndex(grid.cursor.id));
    grid.api.ensureColumnVisible(grid.column(grid.cursor.index));
  }
  function go(to, extend) {
    grid.anchor = extend ? grid.anchor || grid.cursor || to : to;
    grid.cursor = to;
    reveal();
    choose(extend ? rectangle(grid.anchor, to) : new Set([grid.key(to.id, to.index)]), describe(to));
    // rows that came into view a moment later
    requestAnimationFrame(grid.mark);
  }
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -999], End: [0, 999] };
  function move([down, right], extend) {
    const at = grid.cursor || { id: idAt(0), index: 0 };
    if (at.id === null) return;
    const rows = grid.api.getDisplayedRowCount(), row = Math.min(rows - 1, Math.max(0, rowIndex(at.id) + (grid.cursor ? down : 0)));
    const index = Math.min(grid.asked.columns.length - 1, Math.max(0, at.index + (grid.cursor ? right : 0)));
    go({ id: idAt(row), index }, extend);
  }
  function toggle() {
    if (!grid.cursor) return;
    const set = new Set(grid.selected), one = grid.key(grid.cursor.id, grid.cursor.index);
    if (!set.delete(one)) set.add(one);
    choose(set, `${set.has(one) ? "Added" : "Removed"}: ${describe(grid.cursor)}`);
  }

  /** Group the selected cells of rows that may be edited; what may not is named. */
  function wanted(cells) {
    const rows = new Map(), closed = new Set();
    for (const { id, index } of cells) {
      const node = grid.node(id);
      if (!node) continue;
      const why = grid.closed(node.data, index);
      if (why) { closed.add(why); continue; }
      if (!rows.has(id)) rows.set(id, []);
      rows.get(id).push(index);
    }
    return { rows, closed: [...closed] };
  }
  grid.set = set;
  function set(status, cells, reason) {
    const { rows, closed } = wanted(cells);
    if (closed.length) grid.toast(`Not set: ${closed.slice(0, 2).join("; ")}${closed.length > 2 ? ` and ${closed.length - 2} more` : ""}.`);
    if (!rows.size) return false;
    grid.send({ status, rows, cause: reason.cause, comment: reason.comment });
    return true;
  }
  function certify(status) {
    if (!grid.selected.size) { if (grid.cursor) toggle(); else { grid.toast("Select a cell first: click it, or use the arrow keys."); return; } }
    press(status);
    if (status === "BAD") { preview(status); askReason(); return; }
    const comment = part("comment");
    if (set(status, grid.cells(), { cause: "", comment: comment ? comment.value : "" })) clear();
  }
  /** A press of a button waits for Apply, its effect beside it; a letter key does not wait. */
  function choosePending(status) {
    if (!grid.selected.size) { grid.toast("Select a cell first: click it, or use the arrow keys."); return; }
    press(status);
    preview(status);
    if (status === "BAD") askReason(); else part("apply").focus({ preventScroll: true });
  }
  function press(status) {
    pending = status;
    if (!status) effect(null);
    document.querySelectorAll(".certify-page .certify-panel [data-status]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.status === status)));
  }
  const effect = (children) => { if (document.getElementById("certify-panel-impact")) window.dash_clientside.set_props("certify-panel-impact", { children }); };
  function askReason() {
    const p = panel(), cause = part("cause"), last = localStorage.getItem(LAST);
    if (!p || !cause) return;
    p.classList.add("is-open");
    if (!cause.value && last) window.dash_clientside.set_props(p.dataset.cause, { value: last });
    cause.focus();
  }
  function preview(status) {
    const { rows } = wanted(grid.cells());
    if (rows.size > MOST_PREVIEWED) { effect(`The effect is shown for ${MOST_PREVIEWED} datasets at most, not for ${rows.size}.`); return; }
    const cells = [...rows].map(([id, indices]) => {
      const row = grid.node(id).data;
      return { run_number: row.r, dataset: row.d, columns: indices.map(grid.column) };
    });
    if (cells.length) grid.ask({ preview: { status, cells, within: grid.asked.within, seen: Math.min(...[...rows.keys()].map(grid.seenOf)) } });
  }
  function apply() {
    if (!pending) { grid.toast("Choose a status first."); return; }
    const cause = part("cause"), comment = part("comment");
    const reason = { cause: cause ? cause.value : "", comment: comment ? comment.value : "" };
    if (pending === "BAD" && !reason.cause && reason.comment.trim().length < 3) { grid.toast("BAD needs a cause, or a comment of at least 3 characters."); if (cause) cause.focus(); return; }
    if (reason.cause) localStorage.setItem(LAST, reason.cause);
    if (set(pending, grid.cells(), reason)) clear();
    grid.place.focus({ preventScroll: true });
  }
  const forget = () => { if (grid.refused.size) { grid.refused.clear(); grid.paint(); } };
  function clear() {
    press("");
    const p = panel();
    if (p) { window.dash_clientside.set_props(p.dataset.comment, { value: "" }); p.classList.remove("is-open"); }
  }
  /** What is still open in the rows of the selection becomes GOOD; one clean run more, and on to the next. */
  function othersGood() {
    const ids = new Set([...grid.cells()].map((cell) => cell.id));
    if (!ids.size && grid.cursor) ids.add(grid.cursor.id);
    const rows = new Map();
    for (const id of ids) {
      const row = grid.node(id).data;
      const open = grid.texts(row).map((text, index) => (grid.isOpen(text) && !grid.closed(row, index) ? index : -1)).filter((index) => index >= 0);
      if (open.length) rows.set(id, open);
    }
    if (rows.size) grid.send({ status: "GOOD", rows, cause: "", comment: "", onlyOpen: true });
    else grid.toast("Nothing is open here.");
    if (ids.size === 1 && grid.cursor) move([1, 0], false);
  }
  function askWhy() {
    const at = grid.cursor || [...grid.cells()][0];
    if (!at) { grid.toast("Choose a cell first."); return; }
    const row = grid.node(at.id).data;
    grid.ask({ why: { run_number: row.r, dataset: row.d, column: grid.column(at.index) } });
  }
  function selectAll() {
    const set = new Set();
    grid.api.forEachNodeAfterFilterAndSort((node) => grid.asked.columns.forEach((_, index) => set.add(grid.key(node.data.i, index))));
    choose(set, `${set.size} cells selected`);
  }

  const TASKS = {
    KeyW: () => askWhy(), KeyP: () => grid.answer(true), KeyX: () => grid.answer(false), KeyM: () => grid.decideConflict(true), KeyT: () => grid.decideConflict(false),
    KeyD: (event) => grid.fill(event.shiftKey), KeyH: () => { if (grid.may("hide")) grid.openHide(); }, KeyO: () => { if (grid.may("bits")) grid.openBits(); },
  };
  /** Whether this person may, else the sentence that says who may. */
  grid.may = function (what) {
    const why = grid.asked.may_not[what];
    if (why) grid.toast(why, true);
    return !why;
  };
  const BUTTONS = { "sign-off": () => grid.openSignOff(), back: () => grid.openBack(), hide: TASKS.KeyH, bits: TASKS.KeyO };

  function onKey(event) {
    if (!alive() || event.defaultPrevented) return;
    if (event.code === "KeyA" && (event.ctrlKey || event.metaKey) && grid.place.contains(event.target)) { selectAll(); event.preventDefault(); return; }
    if (event.code === "KeyD" && (event.ctrlKey || event.metaKey) && grid.place.contains(event.target)) { grid.fill(event.shiftKey); event.preventDefault(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const p = panel();
    if (stripHas() && p && p.contains(event.target)) return;
    if (p && p.contains(event.target)) {
      if (event.code === "Escape") { clear(); grid.place.focus({ preventScroll: true }); event.stopImmediatePropagation(); }
      if (event.code === "Enter" && !event.shiftKey && event.target.matches("input, select, textarea")) { event.preventDefault(); event.stopImmediatePropagation(); apply(); }
      if (isTyping(event.target)) return;
    }
    if (isTyping(event.target) || event.target.closest(".shell-header, .certify-sign-off, .certify-strip")) return;
    // on a head the arrows go from one to the next, and Enter sorts
    if (event.target.closest(".ag-header") && /^(ArrowLeft|ArrowRight|Enter)$/.test(event.code)) return;
    let done = true;
    if (MOVES[event.code] && !event.target.closest(".certify-tabs")) move(MOVES[event.code], event.shiftKey);
    else if (event.code === "Space" && !event.target.closest("a, button")) toggle();
    else if (event.code === "Escape") { clear(); forget(); choose(new Set(), "Nothing selected."); grid.closeSignOff(); }
    else if (event.code === "Enter" && event.shiftKey) grid.openSignOff();
    else if (event.code === "Backspace" && event.shiftKey) grid.openBack();
    else if (event.code === "Enter" && !event.target.closest("a, button")) { if (pending) apply(); else askWhy(); }
    else if (event.repeat) return;
    else if (event.code === "KeyU") grid.undo();
    else if (event.code === "KeyA") othersGood();
    else if (TASKS[event.code]) TASKS[event.code](event);
    else if (event.code === "KeyL" && grid.openStrip) grid.openStrip();
    else if (event.code === "KeyC") { if (p) p.classList.add("is-open"); const c = part("comment"); if (c) c.focus(); }
    else if (STATUS[event.code] && !event.shiftKey) certify(STATUS[event.code]);
    else done = false;
    if (done) { event.preventDefault(); event.stopImmediatePropagation(); }
  }
  document.addEventListener("keydown", onKey, true);

  function cellOf(target) {
    const cell = target.closest && target.closest(".ag-cell"), row = cell && cell.closest("[row-id]");
    if (!row || !grid.place || !grid.place.contains(row)) return null;
    const index = grid.asked.columns.indexOf(cell.getAttribute("col-id"));
    return { id: Number(row.getAttribute("row-id")), index, column: cell.getAttribute("col-id") };
  }
  document.addEventListener("mousedown", (event) => {
    if (!alive() || event.button !== 0 || !event.target.closest) return;
    const at = cellOf(event.target);
    if (!at) return;
    const isFill = !!event.target.closest(".certify-handle");
    grid.place.focus({ preventScroll: true });
    event.preventDefault();
    if (at.index < 0) {
      if (at.column === "r" && (event.ctrlKey || event.metaKey)) { window.open(`/runs/${grid.node(at.id).data.r}`); return; }
      choose(new Set(grid.asked.columns.map((_, index) => grid.key(at.id, index))), `run ${grid.node(at.id).data.r}: all columns`);
      grid.cursor = { id: at.id, index: 0 };
      grid.mark();
      return;
    }
    if (isFill) { dragging = { from: at, kept: new Set(), fills: true }; return; }
    const adds = event.ctrlKey || event.metaKey;
    if (event.shiftKey && grid.cursor) { go(at, true); return; }
    const kept = adds ? new Set(grid.selected) : new Set();
    grid.cursor = grid.anchor = at;
    dragging = { from: at, kept, removes: adds && kept.has(grid.key(at.id, at.index)) };
    drag(at);
  });
  function drag(at) {
    const set = new Set(dragging.kept);
    for (const one of rectangle(dragging.from, at)) { if (dragging.removes) set.delete(one); else set.add(one); }
    grid.cursor = at;
    choose(set);
  }
  document.addEventListener("mouseover", (event) => {
    if (!dragging || !alive()) return;
    const at = cellOf(event.target);
    if (at && at.index >= 0) drag(at);
  });
  document.addEventListener("mouseup", () => { if (dragging) { const { fills, from } = dragging; dragging = null; if (fills) grid.fillFrom(from); grid.say(`${grid.selected.size} cells selected`); } });
  document.addEventListener("click", (event) => {
    const p = panel();
    if (!alive() || !p || !event.target.closest || !p.contains(event.target) || stripHas()) return;
    const status = event.target.closest("[data-status]");
    const task = event.target.closest("[data-task]");
    if (task) { event.stopImmediatePropagation(); BUTTONS[task.dataset.task](); }
    else if (status) { event.stopImmediatePropagation(); choosePending(status.dataset.status); }
    else if (part("apply").contains(event.target)) { event.stopImmediatePropagation(); apply(); }
    else if (event.target.closest("[data-why]")) { event.stopImmediatePropagation(); askWhy(); }
  }, true);
  // once nothing is selected on the strip the panel speaks of the grid again, after it has said so itself
  const retell = () => { if (alive() && !stripHas()) tell(); };
  document.addEventListener("rr:selection", (event) => { if (!event.detail) queueMicrotask(retell); else if (pending) press(""); });
  document.addEventListener("rr:grid", () => tell());
  document.addEventListener("rr:grid-changed", retell);
})();
