/* The grid of the offline shift: how a cell is drawn, and what is selected.
   A cell travels as text: G, g where a rule said it, B42*|1x10,2x14 where it is mixed and has a reason. */
(function () {
  "use strict";
  const NAMES = ["EMPTY", "GOOD", "BAD", "STANDBY", "EXCLUDED", "NOTSET"];
  const TOKEN = NAMES.map((name) => `var(--${name.toLowerCase()})`);
  const grid = (window.rrCertify = {
    NAMES,
    api: null, place: null, asked: null,
    cursor: null, anchor: null, selected: new Set(), waiting: new Map(), refused: new Map(), seen: new Map(),
  });
  const key = (id, index) => `${id}|${index}`;
  const panelOf = () => document.querySelector(".certify-page .certify-panel");
  document.addEventListener("rr:selection", () => { if (grid.asked && grid.place && grid.place.isConnected && panelOf()) grid.shut(panelOf()); });
  grid.key = key;

  grid.parse = function (text) {
    const match = /^([A-Za-z?·])(\d*)(\*?)(?:\|(.*))?$/.exec(text || "·") || [null, "·", "", "", ""];
    const letter = match[1].toUpperCase();
    return {
      letter,
      share: match[2] ? Number(match[2]) : 100,
      isPerson: match[1] === letter && letter !== "·" && letter !== "?",
      hasReason: match[3] === "*",
      pieces: match[4] ? match[4].split(",").map((piece) => piece.split("x").map(Number)) : [],
    };
  };
  /** The cells of a row: they come as one text, which is cut at the first look. */
  grid.texts = function (row) {
    if (typeof row.c === "string") row.c = row.c.split(";");
    return row.c;
  };
  grid.isOpen = (text) => {
    const cell = grid.parse(text);
    return cell.letter === "·" || cell.letter === "?" || cell.pieces.some(([status]) => status === 0 || status === 5);
  };
  grid.words = function (text) {
    const cell = grid.parse(text), name = { G: "GOOD", B: "BAD", S: "STANDBY", E: "EXCLUDED", "?": "NOTSET", "·": "EMPTY" }[cell.letter];
    const by = cell.isPerson ? "by a person" : cell.letter === "·" ? "nobody spoke" : "by a rule";
    return `${name}${cell.pieces.length ? ` on ${cell.share} %` : ""}, ${by}`;
  };
  /** A cell as it is read out: its status, on how many lumisections, who said it, and what else one should know. */
  grid.spoken = function (row, index) {
    const text = grid.texts(row)[index], cell = grid.parse(text), code = "·GBSE?".indexOf(cell.letter);
    const there = cell.pieces.filter(([status]) => status === code).reduce((sum, [, n]) => sum + n, 0);
    // what is seen stands in what is said, so that it can be called by voice
    const where = cell.pieces.length ? `${there} of ${row.n} lumisections, ${cell.letter} ${cell.share}` : `${row.n} lumisections`;
    const more = [cell.hasReason && "with a reason", (row.h || []).includes(index) && "a program proposes something", grid.closed(row, index) && `closed: ${grid.closed(row, index)}`];
    return [`${grid.column(index)} ${NAMES[code]} ${where}`, grid.words(text).split(", ").pop(), ...more, grid.refused.get(key(row.i, index))].filter(Boolean).join(", ");
  };
  const indexOf = (params) => params.colDef.context.index;

  const drawn = {
    theme: (quartz) => quartz.withParams({
      backgroundColor: "var(--card)", foregroundColor: "var(--ink)", headerBackgroundColor: "var(--card)", headerTextColor: "var(--dim)",
      borderColor: "var(--line)", accentColor: "var(--accent)", fontFamily: "var(--font)", fontSize: 12, headerFontSize: 11, headerFontWeight: 500,
      cellHorizontalPadding: 6, spacing: 4, browserColorScheme: "inherit", wrapperBorder: false, wrapperBorderRadius: 0, rowHoverColor: "transparent", columnBorder: false,
    }),
    leave: () => false,
    // the tab says the stage already
    name: (params) => (params.value || "").replace(/^\/?(PromptReco|Express|ReReco)\//i, "").replace(/\/DQM$/, ""),
    number: (params) => (params.value ? (params.value >= 100 ? Math.round(params.value).toLocaleString("en") : params.value < 0.005 ? "< 0.01" : params.value.toFixed(params.value < 1 ? 2 : 1)) : "–"),
    value: (params, index) => (params.data ? grid.texts(params.data)[index] : ""),
    letter: (params) => { const cell = grid.parse(params.value); return cell.pieces.length ? `${cell.letter} ${cell.share}` : cell.letter; },
    is: (params, letter) => grid.parse(params.value).letter === letter,
    isRule: (params) => { const cell = grid.parse(params.value); return !cell.isPerson && cell.letter !== "·" && cell.letter !== "?"; },
    hasReason: (params) => grid.parse(params.value).hasReason,
    isSelected: (params) => grid.selected.has(key(params.data.i, indexOf(params))),
    isCursor: (params) => !!grid.cursor && grid.cursor.id === params.data.i && grid.cursor.index === indexOf(params),
    isWaiting: (params) => grid.waiting.has(key(params.data.i, indexOf(params))),
    hasProposal: (params) => !!params.data && (params.data.h || []).includes(indexOf(params)),
    isClosed: (params) => !!(grid.asked && params.data && grid.closed(params.data, indexOf(params))),
    tip: (params) => {
      if (!grid.asked || !params.data) return "";
      const index = indexOf(params), why = grid.closed(params.data, index), refused = grid.refused.get(key(params.data.i, index));
      const hint = (params.data.h || []).includes(index) ? "a program proposes something: W tells, P accepts, X rejects" : "";
      return [grid.words(grid.texts(params.data)[index]), why && `closed: ${why}`, hint, refused].filter(Boolean).join(" · ");
    },
    isRefused: (params) => grid.refused.has(key(params.data.i, indexOf(params))),
    /** The mini strip: one background of hard stops, to scale, along the lower edge. */
    style: (params) => {
      const { pieces } = grid.parse(params.value);
      if (!pieces.length) return { backgroundImage: "none" };
      const total = pieces.reduce((sum, [, n]) => sum + n, 0);
      let at = 0;
      const stops = pieces.map(([status, n]) => {
        const from = (100 * at) / total;
        at += n;
        return `${TOKEN[status]} ${from.toFixed(2)}% ${((100 * at) / total).toFixed(2)}%`;
      });
      return { backgroundImage: `linear-gradient(to right, ${stops.join(", ")})`, backgroundSize: "calc(100% - 6px) 5px", backgroundPosition: "3px calc(100% - 2px)", backgroundRepeat: "no-repeat" };
    },
  };
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.rrGrid = drawn;

  const STATES = { w: "waiting dqm gui", S: "SIGNOFF", C: "COMPLETED", n: "not significant for workspace" };
  /** Why a cell may not be edited; empty where it may. */
  grid.closed = function (row, index) {
    if (!grid.asked.editable[index]) return (grid.asked.whose || [])[index] || grid.asked.closed;
    const letter = row.x ? row.x[index] : "O";
    return letter === "O" ? "" : `${grid.column(index)} of run ${row.r} is ${STATES[letter] || letter}`;
  };
  /** Whoever may certify nothing of what is selected sees it on the panel, and reads there who may. */
  grid.shut = function (panel) {
    const why = whyShut(), part = (name) => document.getElementById(panel.dataset[name]);
    for (const control of [part("cause"), part("comment"), part("apply"), ...panel.querySelectorAll("[data-status]")]) control.disabled = !!why;
    part("closed").textContent = why;
    part("closed").hidden = !why;
  };
  function whyShut() {
    if (grid.asked.closed) return grid.asked.closed;
    if (grid.isStripOpen() && window.rrStrip.chosen.size) return "";
    let why = "";
    for (const { id, index } of grid.cells()) {
      const node = grid.node(id);
      why = node ? grid.closed(node.data, index) : "";
      if (!why) return "";
    }
    return why;
  }
  grid.cells = function* () {
    for (const each of grid.selected) { const [id, index] = each.split("|").map(Number); yield { id, index }; }
  };
  grid.node = (id) => grid.api && grid.api.getRowNode(String(id));
  grid.column = (index) => grid.asked.columns[index];
  /** Draw rows again: all that are on the screen, or those named. */
  grid.paint = function (ids) {
    if (!grid.api) return;
    const rowNodes = ids ? [...ids].map(grid.node).filter(Boolean) : undefined;
    grid.api.refreshCells({ force: true, suppressFlash: true, rowNodes });
  };
  /** What is selected and where the cursor stands, without asking the grid to compute anything. */
  grid.mark = function () {
    const place = grid.place;
    if (!place || !grid.asked) return;
    const indices = new Map(grid.asked.columns.map((name, index) => [name, index]));
    let at = null, active = "";
    for (const cell of place.querySelectorAll(".ag-cell.certify-cell")) {
      const row = cell.closest("[row-id]"), index = indices.get(cell.getAttribute("col-id"));
      if (!row || index === undefined) continue;
      const id = Number(row.getAttribute("row-id")), isCursor = !!grid.cursor && grid.cursor.id === id && grid.cursor.index === index;
      const isSelected = grid.selected.has(key(id, index)), node = grid.node(id);
      cell.classList.toggle("is-selected", isSelected);
      cell.classList.toggle("is-cursor", isCursor);
      cell.setAttribute("aria-selected", String(isSelected));
      if (node && node.data) cell.setAttribute("aria-label", grid.spoken(node.data, index));
      if (isCursor) active = cell.id = "certify-grid-cursor"; else cell.removeAttribute("id");
      if (isCursor && grid.asked.editable[index]) at = cell;
    }
    if (active) place.setAttribute("aria-activedescendant", active); else place.removeAttribute("aria-activedescendant");
    grid.drawHandle(at);
  };
  grid.say = (words) => { const node = grid.place && document.getElementById(grid.place.dataset.says); if (node) node.textContent = words; };
  grid.part = (name) => grid.place && document.getElementById(grid.place.dataset[name]);
  grid.ask = (what) => window.dash_clientside.set_props(grid.place.dataset.asked, { data: { ...what, n: Date.now() } });

  /** The page is filled by a callback; each filling is a new question with rows of one sequence. */
  grid.take = function (asked) {
    if (!asked) return;
    const same = grid.asked && grid.asked.workspace === asked.workspace && grid.asked.stage === asked.stage && grid.asked.sitting === asked.sitting;
    grid.asked = asked;
    grid.seen = new Map();
    grid.since = asked.sequence;
    if (!same) { grid.cursor = null; grid.anchor = null; grid.selected = new Set(); grid.refused = new Map(); grid.conflicts = []; }
    document.dispatchEvent(new CustomEvent("rr:grid"));
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { rrCertify: { take: (asked) => { grid.take(asked); }, follow: () => { if (grid.follow) grid.follow(); } } });
  grid.seenOf = (id) => grid.seen.get(id) || grid.asked.sequence;
})();
