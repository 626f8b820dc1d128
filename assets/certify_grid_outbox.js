/* The outbox: what a hand has said is drawn at once, leaves as one batch, and is answered edit by edit.
   Nothing is lost when keys come faster than answers; a refused edit comes back into its cell with its reason. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const LETTER = { GOOD: "G", BAD: "B", STANDBY: "S", EXCLUDED: "E", NOTSET: "?" };
  const WAITING = "rr-outbox", TAB = "rr-tab";
  if (!sessionStorage.getItem(TAB)) sessionStorage.setItem(TAB, `${Date.now()}-${Math.random().toString(36).slice(2)}`);
  const done = [];
  /** Where edits go: null is the registry; a page that only uses the grid names another function here. */
  grid.elsewhere = () => null;
  let queue = [], inFlight = [], timer = null, number = 0, isAway = false, isRestored = false;

  grid.toast = function (words, isRefusal) {
    const place = document.getElementById("shell-toasts-own");
    if (!place) return;
    const toast = document.createElement("div");
    toast.className = `rr-toast toast show certify-toast${isRefusal ? " is-refusal" : ""}`;
    toast.setAttribute("role", isRefusal ? "alert" : "status");
    toast.textContent = words;
    place.replaceChildren(toast);
    setTimeout(() => toast.remove(), isRefusal ? 9000 : 4500);
  };
  function status() {
    const node = grid.part("outbox"), n = queue.length + inFlight.length;
    if (node) node.textContent = [isAway ? "the registry does not answer" : "", n ? `${n} not yet saved` : ""].filter(Boolean).join(" · ");
    const kept = [...inFlight, ...queue].filter((each) => !each.carry);
    if (kept.length) sessionStorage.setItem(WAITING, JSON.stringify(kept.map((each) => each.body)));
    else if (isRestored) sessionStorage.removeItem(WAITING);
  }
  function scope() {
    const a = grid.asked;
    return { workspace: a.workspace, stage: a.stage, first_run: a.first_run, last_run: a.last_run, cycle: a.cycle, where: a.where || "", hidden: !!a.hidden };
  }
  /** Queue one press of a key and draw it as if it were so. */
  grid.send = function ({ status: wanted, rows, cause, comment, onlyOpen }) {
    const touched = [], cells = [];
    let seen = Infinity;
    for (const [id, indices] of rows) {
      const row = grid.node(id).data, texts = grid.texts(row);
      cells.push({ run_number: row.r, dataset: row.d, columns: indices.map((index) => grid.column(index)), ranges: [] });
      seen = Math.min(seen, grid.seenOf(id));
      for (const index of indices) {
        touched.push([id, index]);
        grid.refused.delete(grid.key(id, index));
        grid.waiting.set(grid.key(id, index), (grid.waiting.get(grid.key(id, index)) || 0) + 1);
        // of a part of the run the server tells what becomes of the cell
        if (!grid.asked.within && (!onlyOpen || !grid.parse(texts[index]).pieces.length)) texts[index] = `${LETTER[wanted]}${cause || comment ? "*" : ""}`;
      }
    }
    enqueue({ seen, cells, status: wanted, cause: cause || "", comment: comment || "", only_open: !!onlyOpen, within: grid.asked.within }, touched);
    grid.paint(rows.keys());
    grid.mark();
    grid.say(`${wanted} on ${touched.length} cells`);
  };
  /** Queue lumisections of cells; what becomes of the cells is told by the answer. */
  grid.sendCells = function (said, cells, touched) {
    for (const [id, index] of touched) grid.waiting.set(grid.key(id, index), (grid.waiting.get(grid.key(id, index)) || 0) + 1);
    enqueue({ seen: grid.asked.sequence, cells, ...said, only_open: false, within: null }, touched);
    grid.paint(touched.map(([id]) => id));
    grid.say(`${said.status} on lumisections of ${touched.length} cells`);
  };
  grid.undo = function () {
    const last = done.pop();
    if (!last) { grid.toast(queue.length || inFlight.length ? "Not saved yet: a moment." : "Nothing of this visit to take back."); return; }
    enqueue({ seen: grid.asked.sequence, action: last.action }, last.touched, true);
  };
  const whole = (rows) => rows.map((row) => ({ run_number: row.r, dataset: row.d, columns: [], ranges: [] }));
  const firsts = (rows) => rows.map((row) => [row.i, 0]);
  grid.move = function (rows, states, comment, workspace) {
    enqueue({ seen: grid.asked.sequence, cells: whole(rows), move: [workspace || grid.asked.workspace, ...states], comment: comment || "" }, firsts(rows), true);
  };
  grid.hide = function (rows, hidden, comment) {
    enqueue({ seen: grid.asked.sequence, cells: whole(rows), hidden, comment }, firsts(rows), true);
  };
  function enqueue(body, touched, isQuiet) {
    restore();
    number += 1;
    queue.push({ body: { key: `${Date.now()}-${number}`, ...body }, touched, isQuiet, carry: grid.elsewhere() });
    status();
    // what is typed in one breath leaves together
    if (!timer && !inFlight.length) timer = setTimeout(flush, 30);
  }
  const toRegistry = (batch, ids) => fetch("/api/v1/grid/edits", {
    // what is sent again because no answer came is carried out once
    method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": sessionStorage.getItem(TAB) },
    body: JSON.stringify({ ...scope(), edits: batch.map((each) => each.body), rows: ids }),
  });
  async function flush() {
    timer = null;
    if (inFlight.length || !queue.length || !grid.asked) return;
    const { carry } = queue[0], end = queue.findIndex((each) => each.carry !== carry);
    inFlight = queue.splice(0, Math.min(200, end < 0 ? queue.length : end));
    const ids = [...new Set(inFlight.flatMap((each) => each.touched.map(([id]) => id)))];
    status();
    let answer = null;
    try {
      const response = await (carry || toRegistry)(inFlight, ids);
      if (response.ok) answer = await response.json();
      else if (response.status < 500) answer = { failed: ((await response.json()) || {}).detail || response.statusText };
    } catch (error) { answer = null; }
    const wasAway = isAway;
    isAway = answer === null;
    if (isAway) return retry(wasAway);
    if (answer.failed) { for (const each of inFlight) settle(each, { message: answer.failed }); }
    else {
      const busy = [];
      answer.answers.forEach((one, at) => { if (one.code === "busy") busy.push(inFlight[at]); else settle(inFlight[at], one); });
      queue = [...busy, ...queue];
      if (carry === grid.elsewhere()) take(answer);
    }
    inFlight = [];
    status();
    if (queue.length) flush();
  }
  function retry(wasAway) {
    queue = [...inFlight, ...queue];
    inFlight = [];
    status();
    if (!wasAway) grid.toast("The registry does not answer: your edits are kept here and sent again.", true);
    timer = setTimeout(flush, 2000);
  }
  function settle(each, answer) {
    for (const [id, index] of each.touched) {
      const name = grid.key(id, index), left = (grid.waiting.get(name) || 1) - 1;
      if (left > 0) grid.waiting.set(name, left); else grid.waiting.delete(name);
      if (answer.message && !each.isQuiet) grid.refused.set(name, answer.message);
    }
    if (answer.message) { grid.toast(answer.message, true); grid.say(`Refused: ${answer.message}`); document.dispatchEvent(new CustomEvent("rr:refused", { detail: answer.message })); }
    if (answer.code === "stale" && (answer.conflicts || []).length && each.touched.length) grid.keepConflict(each, answer);
    if (answer.message) return;
    if (each.body.hidden !== undefined) gone(each);
    else if (each.carry) document.dispatchEvent(new CustomEvent("rr:answered", { detail: each.body }));
    else if (each.body.action === undefined && !each.body.move) { done.push({ action: answer.action, touched: each.touched }); document.dispatchEvent(new CustomEvent("rr:refused", { detail: "" })); }
    else grid.toast(each.body.move ? `Moved ${each.body.cells.length} dataset${each.body.cells.length > 1 ? "s" : ""} to ${each.body.move[2]}.` : "Taken back: what it replaced holds again.");
  }
  /** Datasets that were hidden, or brought back, leave this grid. */
  function gone(each) {
    const ids = each.touched.map(([id]) => id), n = ids.length;
    grid.api.applyTransaction({ remove: ids.map(grid.node).filter(Boolean).map((node) => node.data) });
    grid.cursor = grid.anchor = null;
    grid.selected = new Set();
    grid.toast(`${n} dataset${n > 1 ? "s" : ""} ${each.body.hidden ? "hidden: + hidden shows them" : "back in every grid"}.`);
    document.dispatchEvent(new CustomEvent("rr:grid-changed"));
  }
  grid.isSaved = () => !queue.length && !inFlight.length;
  /** Rows as the registry has them; a cell whose next edit is on its way keeps what the hand said. */
  function take(answer) {
    const ids = [];
    for (const row of answer.rows) {
      const node = grid.node(row.i);
      if (!node) continue;
      grid.texts(row).forEach((_, index) => { if (grid.waiting.has(grid.key(row.i, index))) row.c[index] = grid.texts(node.data)[index]; });
      Object.assign(node.data, row);
      grid.seen.set(row.i, answer.sequence);
      ids.push(row.i);
    }
    if (!ids.length) return;
    grid.paint(ids);
    grid.mark();
    count();
    document.dispatchEvent(new CustomEvent("rr:grid-changed"));
  }
  grid.takeRows = take;
  function count() {
    const sum = document.getElementById("certify-sum");
    if (!sum || !grid.api) return;
    let open = 0;
    grid.api.forEachNode((node) => { for (const text of grid.texts(node.data)) { const first = text[0]; if (first === "·" || first === "?") open += 1; } });
    const bold = sum.querySelectorAll("b")[1];
    if (bold) bold.textContent = open.toLocaleString("en");
  }
  window.addEventListener("beforeunload", (event) => { if (queue.length || inFlight.length) event.preventDefault(); });

  document.addEventListener("rr:refused", (event) => {
    const node = document.getElementById("certify-panel-refusal-own");
    if (!node || !grid.place) return;
    node.replaceChildren();
    if (!event.detail) return;
    const words = document.createElement("div");
    words.className = "notice is-refusal";
    words.textContent = event.detail;
    node.append(words);
  });

  /** Every 15 s, and when the tab comes back: what others did, and who they are. */
  async function follow() {
    if (!grid.asked || !grid.place || !grid.place.isConnected || grid.elsewhere() || grid.asked.is_past || document.hidden || queue.length || inFlight.length) return;
    const at = grid.cursor && grid.node(grid.cursor.id), a = scope();
    const words = at ? `run ${at.data.r} ${grid.column(grid.cursor.index)}` : "";
    const query = new URLSearchParams(Object.entries({ ...a, since: grid.since, looking_at: words }).filter(([, v]) => v !== null && v !== ""));
    try {
      const response = await fetch(`/api/v1/grid/changes?${query}`);
      isAway = response.status >= 500;
      status();
      if (!response.ok) return;
      const answer = await response.json();
      grid.since = answer.sequence;
      take(answer);
      others(answer.others);
    } catch (error) { isAway = true; status(); grid.say("The registry does not answer."); }
  }
  function others(found) {
    const node = grid.part("others");
    if (!node) return;
    node.replaceChildren(...found.map((each) => {
      const chip = document.createElement("span");
      chip.className = "chip is-other";
      chip.textContent = each.what ? `${each.full_name} · ${each.what}` : each.full_name;
      chip.title = "is here too";
      return chip;
    }));
  }
  grid.follow = follow;
  setInterval(follow, 15000);
  document.addEventListener("visibilitychange", follow);
  document.addEventListener("rr:grid", () => setTimeout(follow, 400));

  /** The cells of this grid that an edit of an earlier visit is about. */
  function touchedBy(body) {
    const found = [];
    if (grid.api) grid.api.forEachNode((node) => {
      for (const cell of body.cells || []) if (cell.run_number === node.data.r && cell.dataset === node.data.d) for (const name of cell.columns) if (grid.asked.columns.includes(name)) found.push([node.data.i, grid.asked.columns.indexOf(name)]);
    });
    return found;
  }
  /** What a killed tab had not sent yet is sent by the next one, as soon as it has its rows. */
  function restore() {
    if (isRestored || !grid.api || !grid.asked || grid.elsewhere() || grid.asked.is_past || !grid.api.getDisplayedRowCount()) return;
    isRestored = true;
    const kept = JSON.parse(sessionStorage.getItem(WAITING) || "[]").map((body) => ({ body, touched: touchedBy(body), isQuiet: !body.status }));
    for (const [id, index] of kept.flatMap((each) => each.touched)) grid.waiting.set(grid.key(id, index), (grid.waiting.get(grid.key(id, index)) || 0) + 1);
    queue = [...kept, ...queue];
    if (kept.length) flush();
  }
  document.addEventListener("rr:grid", restore);

  /** On a phone, cells before names. */
  function fit() {
    if (grid.api && window.innerWidth < 700) grid.api.setColumnsVisible(["d", "w", "l"], false);
  }
  /** Find the grid whenever Dash draws the page, and its API as soon as there is one. */
  async function mount(place) {
    grid.place = place;
    grid.api = await window.dash_ag_grid.getApiAsync(place.dataset.grid);
    grid.api.addEventListener("bodyScroll", () => document.dispatchEvent(new CustomEvent("rr:grid-scrolled")));
    grid.api.addEventListener("bodyScrollEnd", grid.mark);
    grid.api.addEventListener("modelUpdated", () => { restore(); requestAnimationFrame(grid.mark); });
    // what lies below the edge is drawn once what is in view stands
    grid.api.addEventListener("firstDataRendered", () => setTimeout(() => { if (grid.api) grid.api.setGridOption("rowBuffer", 8); }, 500));
    restore();
    fit();
    // columns may come after the grid itself, and others with another workspace: a column that both have was drawn
    // from the place it had among the others
    grid.api.addEventListener("newColumnsLoaded", () => { fit(); grid.paint(); });
    // who reads the help, or follows a tour, stays there
    if (!document.activeElement.closest("[role=dialog]")) place.focus({ preventScroll: true });
  }
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const place = document.querySelector(".certify-grid-place");
      if (place && place !== grid.place && window.dash_ag_grid && place.querySelector(".ag-root")) mount(place);
      if (!place && grid.place) { grid.place = null; grid.api = null; grid.asked = null; }
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
