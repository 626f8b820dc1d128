/* The table of every run: how a cell is drawn, the order in the address, Enter opens, and what is recorded
   comes in without moving what one reads. */
(function () {
  "use strict";
  const table = (window.rrRuns = { api: null, place: null, question: null, sequence: 0 });
  const NAMES = ["empty", "good", "bad", "standby", "excluded", "notset"];
  // lines along both sides, so that BAD and NOTSET are told from a quiet GOOD by other eyes too
  const EDGES = { 2: "var(--bad-text)", 5: "var(--edge)" };
  // nobody's EMPTY and NOTSET are still what they are; the rest is paler where only a rule said it
  const token = (status, isPerson) => `var(--${NAMES[status]}${isPerson || status === 0 || status === 5 ? "" : "-rule"})`;
  const parse = (text) => window.rrCertify.parse(text);
  const has = (value) => value !== null && value !== undefined && value !== "";
  let anchor = null;

  const isAssumed = (params, name) => !!params.data && params.data.assumed.includes(name);

  const drawn = {
    isAssumed,
    leave: () => false,
    start: (params) => (has(params.value) ? `${params.value.slice(0, 16).replace("T", " ")}${isAssumed(params, "start_time") ? " ~" : ""}` : "–"),
    startTip: (params) => (params.data ? (isAssumed(params, "start_time") ? `${params.value}: assumed, not measured` : params.value || "not known") : ""),
    duration: (params) => (has(params.value) ? `${Math.floor(params.value / 3600)}:${String(Math.floor((params.value % 3600) / 60)).padStart(2, "0")}${isAssumed(params, "duration") ? " ~" : ""}` : "–"),
    durationTip: (params) => (params.data && has(params.value) ? `${params.value} s${isAssumed(params, "duration") ? ": assumed, not measured" : ""}` : ""),
    whole: (params) => (has(params.value) ? params.value.toLocaleString("en") : "–"),
    invpb: (params) => (has(params.value) ? (params.value === 0 ? "0" : params.value >= 100 ? Math.round(params.value).toLocaleString("en") : params.value < 0.0005 ? "< 0.001" : params.value.toFixed(params.value < 1 ? 3 : 1)) : "–"),
    lumiTip: (params) => (params.data && params.data.lumi_source ? `${has(params.value) ? params.value : "–"} pb⁻¹, source ${params.data.lumi_source}` : "no luminosity"),
    yes: (params) => (params.value === true ? "yes" : params.value === false ? "no" : "–"),
    letter: (params) => { if (!params.value) return ""; const cell = parse(params.value); return cell.pieces.length ? `${cell.letter} ${cell.share} %` : cell.letter; },
    worstTip: (params) => (params.value ? `worst: ${window.rrCertify.words(params.value)}` : ""),
    strip: (params) => {
      if (!params.value) return { backgroundImage: "none" };
      const cell = parse(params.value), whole = "·GBSE?".indexOf(cell.letter);
      const pieces = cell.pieces.length ? cell.pieces : [[whole, 1]], total = pieces.reduce((sum, [, n]) => sum + n, 0);
      const drawn = (colour) => {
        let at = 0;
        const stops = pieces.map(([status, n]) => {
          const from = (100 * at) / total;
          at += n;
          return `${colour(status)} ${from.toFixed(2)}% ${((100 * at) / total).toFixed(2)}%`;
        });
        return `linear-gradient(to right, ${stops.join(", ")})`;
      };
      const edge = drawn((status) => EDGES[status] || "transparent"), fill = drawn((status) => token(status, cell.isPerson));
      return { backgroundImage: pieces.some(([status]) => EDGES[status]) ? `${edge}, ${edge}, ${fill}` : `none, none, ${fill}` };
    },
    missing: (params) => (!params.data ? "" : params.data.state !== "OPEN" ? "–" : params.data.undecided.toLocaleString("en")),
    missingTip: (params) => (params.value && params.value.length ? `${params.data.undecided.toLocaleString("en")} LS to decide in ${params.value.join(", ")}` : ""),
  };
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.rrRuns = drawn;

  function addressOf(run) {
    const asOf = new URLSearchParams(window.location.search).get("as_of");
    return `/runs/${run}${asOf ? `?as_of=${encodeURIComponent(asOf)}` : ""}`;
  }
  function walk(address, push) {
    window.history[push ? "pushState" : "replaceState"]({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.RunLink = (props) => (has(props.value) ? window.React.createElement("a", { href: addressOf(props.value), tabIndex: -1 }, props.value) : null);

  /** A press on a head goes into the address. */
  function write(event) {
    if (event.source !== "uiColumnSorted" || !table.question) return;
    const by = event.api.getColumnState().find((column) => column.sort), words = new URLSearchParams(window.location.search);
    const order = by ? `${by.colId}-${by.sort}` : "";
    if (!order || order === "run_number-desc") words.delete("sort"); else words.set("sort", order);
    const search = words.toString();
    walk(`/runs${search ? `?${search}` : ""}`, false);
  }
  /** What one reads stays where it is while rows above it come or go; whoever is at the top sees what is new. */
  function remember() {
    const api = table.api, first = api.getFirstDisplayedRowIndex(), node = api.getDisplayedRowAtIndex(first), focused = api.getFocusedCell();
    const own = focused && api.getDisplayedRowAtIndex(focused.rowIndex);
    const top = api.getVerticalPixelRange().top;
    anchor = {
      at: top > 0 && node && node.data ? { id: node.id, offset: top - node.rowTop } : null,
      cell: own && own.data ? { id: own.id, index: own.rowIndex, column: focused.column } : null,
    };
  }
  function settle() {
    const api = table.api;
    if (!anchor || !api) return;
    const held = anchor.at && api.getRowNode(anchor.at.id), own = anchor.cell && api.getRowNode(anchor.cell.id);
    const body = table.place.querySelector(".ag-grid-viewport, .ag-body-viewport");
    if (held && body && held.rowTop !== null && Math.abs(body.scrollTop - held.rowTop - anchor.at.offset) >= 1) body.scrollTop = held.rowTop + anchor.at.offset;
    if (own && own.rowIndex !== null && own.rowIndex !== anchor.cell.index) {
      const isHere = table.place.contains(document.activeElement);
      anchor.cell.index = own.rowIndex;
      if (isHere) api.setFocusedCell(own.rowIndex, anchor.cell.column);
    }
  }
  function watch(done) {
    const place = document.querySelector(".runs-place");
    if (!place) return;
    window.dash_ag_grid.getApiAsync(place.dataset.grid).then((api) => {
      if (table.api !== api) {
        table.api = api; table.place = place;
        api.addEventListener("sortChanged", write);
        api.addEventListener("modelUpdated", settle);
        for (const word of ["bodyScroll", "cellFocused"]) api.addEventListener(word, () => { if (anchor && Date.now() - anchor.since > 1500) anchor = null; });
      }
      done(api);
    });
  }
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    rrRuns: {
      /** The address asks for other runs, or for another order: the rows are read anew. */
      take: (question) => {
        if (!question) return;
        const before = table.question;
        table.question = question;
        table.sequence = Math.max(table.sequence, question.sequence);
        watch((api) => {
          const by = api.getColumnState().find((column) => column.sort);
          if (!by || `${by.colId}-${by.sort}` !== question.sort) {
            const [colId, sort] = question.sort.split("-");
            api.applyColumnState({ state: [{ colId, sort }], defaultState: { sort: null } });
          }
          if (before && JSON.stringify(before.asks) !== JSON.stringify(question.asks)) api.purgeInfiniteCache();
        });
      },
      /** Something was recorded: the blocks that are held are read again. */
      follow: (told) => {
        if (!told || !document.querySelector(".runs-place") || !(told.sequence > table.sequence)) return;
        table.sequence = told.sequence;
        watch((api) => { remember(); anchor.since = Date.now(); api.refreshInfiniteCache(); });
      },
    },
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const cell = event.target.closest && event.target.closest(".runs-grid .ag-row .ag-cell");
    const row = cell && cell.closest("[row-id]");
    if (!row) return;
    event.preventDefault();
    walk(addressOf(row.getAttribute("row-id")), true);
    window.scrollTo(0, 0);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".runs-grid .runs-run a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    walk(link.getAttribute("href"), true);
    window.scrollTo(0, 0);
  });
})();
