/* The query page's hand: it asks the API itself, so that a query can be left and called off, and shows what came.
   The address holds the whole state; what came back is kept here. */
(function () {
  "use strict";
  const SHOWN = 5000, LONGEST_ADDRESS = 7000, LOOK_MS = 100;
  // pixels: the grid is as tall as its rows (with a bar to scroll aside), and no taller than this
  const TALLEST = 420, HEAD = 52, ROW = 28, LETTER = 7, MARGIN = 40, WIDEST = 280;
  const query = (window.rrQuery = { answer: null, template: null, words: {} });
  const by = (id) => document.getElementById(id);
  const tell = (id, props) => window.dash_clientside.set_props(id, props);
  const isHere = () => window.location.pathname === "/query" && !!by("query-sql");
  let running = null, clock = null;

  /** What the controls say now. */
  function said() {
    const value = (id) => (by(id) ? by(id).value : "");
    return { sql: value("query-sql"), snapshot: value("query-snapshot") || "latest", plot: value("query-kind"), x: value("query-x"), y: value("query-y") };
  }
  function address(words) {
    const kept = Object.entries(words).filter(([name, text]) => text && !(name === "snapshot" && text === "latest"));
    const search = new URLSearchParams(kept).toString();
    return search ? `/query?${search}` : "/query";
  }
  /** Put the state into the address; a statement too long for one has to be saved. */
  function walk(push) {
    const to = address(said());
    if (to.length > LONGEST_ADDRESS || to === window.location.pathname + window.location.search) return to.length <= LONGEST_ADDRESS;
    window.history[push ? "pushState" : "replaceState"]({}, "", to);
    return true;
  }
  query.walk = walk;
  query.said = said;

  function state(...parts) { if (by("query-state")) by("query-state").replaceChildren(...parts); }
  function line(text, css, role) {
    const node = document.createElement("div");
    node.textContent = text; node.className = css || "";
    if (role) node.setAttribute("role", role);
    return node;
  }
  function files(isOn) { document.querySelectorAll(".query-files [data-file]").forEach((each) => { each.disabled = !isOn; }); }
  function busy(isBusy) {
    by("query-run").disabled = isBusy;
    by("query-cancel").hidden = !isBusy;
    clearInterval(clock);
    if (!isBusy) return;
    const began = performance.now(), bar = line("", "loading"), text = line("running…", "dim query-clock");
    state(text, bar);
    clock = setInterval(() => { text.textContent = `running ${((performance.now() - began) / 1000).toFixed(1)} s`; }, LOOK_MS);
  }

  /** Ask the server, with a way to call it off. */
  async function ask(format, limit) {
    const now = said();
    running = new AbortController();
    const body = JSON.stringify({ sql: now.sql, snapshot: now.snapshot, limit, format });
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/api/v1/query", { method: "POST", headers, body, signal: running.signal });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `The registry answered ${response.status}.`);
  }
  async function attempt(work) {
    if (running) running.abort();
    busy(true);
    const mine = work();
    const order = running;
    try { await mine; } catch (error) {
      if (order !== running) return;
      const isGone = error.name === "AbortError";
      const text = isGone ? "Cancelled: the query was ended." : error instanceof TypeError ? "The registry does not answer." : error.message;
      busy(false);
      state(line(text, `notice ${isGone ? "is-info" : "is-refusal"}`, isGone ? "status" : "alert"));
    }
    if (order === running) { running = null; busy(false); }
  }
  async function run() {
    if (!isHere()) return;
    if (!said().sql.trim()) { state(line("There is no statement to run.", "notice is-late", "status")); return; }
    const isShort = walk(true);
    query.answer = null; files(false);
    by("query-answer").hidden = true;
    await attempt(async () => {
      const answer = await (await ask("json", SHOWN)).json();
      clearInterval(clock);
      show(answer, isShort);
    });
  }
  function show(answer, isShort) {
    query.answer = answer;
    const rows = `${answer.row_count.toLocaleString("en")} row${answer.row_count === 1 ? "" : "s"}`;
    const facts = [rows, `${Math.round(answer.elapsed_ms).toLocaleString("en")} ms`, `snapshot ${answer.sequence.toLocaleString("en")}`];
    const parts = [line(facts.join(" · "), "dim query-facts")];
    if (answer.truncated) parts.push(line(`Cut: ${answer.truncated_why}. A file holds more.`, "notice is-late", "status"));
    if (!answer.row_count) parts.push(line("No row answers this.", "query-none"));
    if (!isShort) parts.push(line("The statement is too long for an address: save it to share it.", "notice is-late", "status"));
    state(...parts);
    files(true);
    by("query-answer").hidden = !answer.row_count;
    const height = Math.min(TALLEST, HEAD + ROW * Math.min(answer.row_count, TALLEST));
    tell("query-grid", { style: { height: `${height}px`, width: "100%" }, columnDefs: answer.columns.map(column), rowData: answer.rows.map((row) => Object.fromEntries(row.map((value, i) => [`c${i}`, value]))) });
    window.rrQueryPlot.offer(answer);
  }
  function column(each, i) {
    const isNumber = /int|double|float|decimal/.test(each.type) && !/\[/.test(each.type), unit = each.unit && each.unit !== "1" ? ` [${each.unit}]` : "";
    return {
      field: `c${i}`, headerName: `${each.name}${unit}`, headerTooltip: `${each.type}${unit}`, sortable: true, resizable: true, flex: 1,
      // its whole name can be read; the grid is scrolled where all do not fit
      minWidth: Math.max(90, Math.min(WIDEST, MARGIN + LETTER * (each.name.length + unit.length))),
      type: isNumber ? "rightAligned" : undefined, cellClass: isNumber ? "ag-right-aligned-cell query-number" : undefined,
      valueFormatter: { function: "rrQuery.cell(params)" }, tooltipValueGetter: { function: "rrQuery.cell(params)" }, cellClassRules: { "query-null": "params.value === null" },
    };
  }
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.rrQuery = {
    cell: ({ value }) => (value === null || value === undefined ? "null" : typeof value === "object" ? JSON.stringify(value) : typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(7))) : String(value)),
  };

  async function save(format) {
    const note = by("query-state").cloneNode(true);
    await attempt(async () => {
      const response = await ask(format, 10000000), cut = response.headers.get("Run-Registry-Truncated");
      const blob = await response.blob(), link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `query_${response.headers.get("Run-Registry-Sequence")}.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      clearInterval(clock);
      state(...note.childNodes, line(cut ? `The file is cut: ${cut}.` : "The file holds every row.", cut ? "notice is-late" : "dim", "status"));
    });
  }
  async function copy() {
    const isShort = walk(false);
    // without https there is no clipboard: the address bar holds the same
    const isCopied = isShort && (await (window.navigator.clipboard ? navigator.clipboard.writeText(window.location.href) : Promise.reject(new Error())).then(() => true, () => false));
    by("query-link").textContent = !isShort ? "Too long: save it" : isCopied ? "Copied" : "Copy the address bar";
    setTimeout(() => { if (by("query-link")) by("query-link").textContent = "Copy link"; }, 2000);
  }

  const space = (window.dash_clientside = window.dash_clientside || {});
  space.rrQuery = {
    take(told, template) {
      if (!told) return space.no_update;
      query.template = template; query.words = told;
      tell("query-sql", { value: told.sql });
      tell("query-snapshot", { value: told.snapshot });
      tell("query-kind", { value: told.plot });
      document.querySelectorAll(".query-menu[open]").forEach((each) => { each.open = false; });
      // the controls take their values first
      if (told.sql) setTimeout(run, 60);
      return space.no_update;
    },
  };

  document.addEventListener("click", (event) => {
    if (!isHere() || !event.target.closest) return;
    const at = (selector) => event.target.closest(selector);
    if (at("#query-run")) run();
    else if (at("#query-cancel")) { if (running) running.abort(); }
    else if (at("#query-link")) copy();
    else if (at(".query-files [data-file]")) save(at("[data-file]").dataset.file);
    document.querySelectorAll(".query-menu[open]").forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (!isHere()) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
    else if (event.key === "Escape") {
      const menu = document.querySelector(".query-menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else if (running && !document.querySelector(".shell-complete")) running.abort();
    }
  });
  document.addEventListener("change", (event) => {
    if (!isHere()) return;
    if (event.target.id === "query-snapshot") {
      walk(true);
      // the tables of another snapshot can be others
      window.dispatchEvent(new PopStateEvent("popstate"));
    } else if (["query-kind", "query-x", "query-y"].includes(event.target.id)) { window.rrQueryPlot.draw(); walk(false); }
  });
})();
