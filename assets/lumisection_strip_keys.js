/* Keys on the lumisection strip: a hidden ARIA grid carries the focus, the drawn cursor shows it.
   Letters act by event.code (Caps Lock and layout do not matter), never inside a text field,
   never with Ctrl, Alt or Meta. */
(function () {
  "use strict";
  const strip = window.rrStrip;
  const STATUS = { KeyG: "GOOD", KeyB: "BAD", KeyS: "STANDBY", KeyE: "EXCLUDED", Backspace: "NOTSET" };

  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=textbox], .modal, dialog"));
  strip.isTyping = isTyping;
  const grid = () => strip.root && document.getElementById(strip.root.dataset.grid);
  const alive = () => strip.root && strip.root.isConnected && strip.meta;

  /** Whatever is drawn, as rows that a screen reader walks through: each with what stands in it, worst first. */
  function rows(node) {
    node.setAttribute("aria-rowcount", strip.meta.rows.length);
    node.setAttribute("aria-colcount", strip.meta.last);
    node.replaceChildren(...strip.meta.rows.map((row, index) => {
      const line = document.createElement("div"), head = document.createElement("span");
      line.setAttribute("role", "row");
      line.setAttribute("aria-rowindex", index + 1);
      head.setAttribute("role", "rowheader");
      head.textContent = strip.rowWords(index);
      line.append(head);
      return line;
    }));
  }
  let told = null;
  function render() {
    const node = grid();
    if (!alive() || !node) return;
    if (told !== strip.meta || !node.childElementCount) rows(node);
    told = strip.meta;
    const c = strip.cursor, before = document.getElementById(`${node.id}-cell`);
    if (before) before.remove();
    if (!c) { node.removeAttribute("aria-activedescendant"); return; }
    const cell = document.createElement("span");
    cell.id = `${node.id}-cell`;
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-colindex", c.first);
    cell.setAttribute("aria-colspan", c.last - c.first + 1);
    cell.setAttribute("aria-selected", strip.covers(strip.chosen, strip.rectangle([c.row], c.first, c.last)));
    cell.textContent = strip.describe(c.row, { ...strip.spanAt(c.row, c.first), first: c.first, last: c.last });
    node.children[c.row].append(cell);
    node.setAttribute("aria-activedescendant", cell.id);
  }
  strip.onMeta = render;

  function atSpan(row, number) {
    return { row, ...strip.pieceAt(row, number) };
  }
  function sideways(c, step, single) {
    const meta = strip.meta;
    if (single) {
      const n = Math.min(meta.last, Math.max(meta.first, (step > 0 ? c.last : c.first) + (c.first === c.last ? step : 0)));
      return { row: c.row, first: n, last: n };
    }
    const n = step > 0 ? c.last + 1 : c.first - 1;
    if (n < meta.first || n > meta.last) return c;
    return atSpan(c.row, n);
  }
  function vertically(c, step, extend) {
    const row = Math.min(strip.meta.rows.length - 1, Math.max(0, c.row + step));
    return extend || c.first === c.last ? { ...c, row } : atSpan(row, c.first);
  }
  function group(c, step) {
    const rows = strip.meta.rows, name = (r) => `${r.kind} ${r.dataset}`;
    let i = c.row;
    while (rows[i + step] && name(rows[i + step]) === name(rows[c.row])) i += step;
    return { ...c, row: rows[i + step] ? i + step : i };
  }
  const MOVES = {
    ArrowLeft: (c, alt) => sideways(c, -1, alt),
    ArrowRight: (c, alt) => sideways(c, 1, alt),
    ArrowUp: (c, alt, extend) => vertically(c, -1, extend),
    ArrowDown: (c, alt, extend) => vertically(c, 1, extend),
    PageUp: (c) => group(c, -1),
    PageDown: (c) => group(c, 1),
    Home: (c) => atSpan(c.row, strip.meta.first),
    End: (c) => atSpan(c.row, strip.meta.last),
  };
  function between(a, b) {
    return Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i);
  }
  function go(next, extend) {
    const from = strip.anchor || strip.cursor || next;
    strip.cursor = next;
    reveal();
    if (extend) {
      if (!strip.anchor) strip.anchor = { ...from };
      const a = strip.anchor;
      strip.choose(strip.rectangle(between(a.row, next.row), Math.min(a.first, next.first), Math.max(a.last, next.last)));
    } else {
      strip.anchor = { ...next };
      strip.drawChosen(strip.chosen);
    }
    render();
    const say = strip.describe(next.row, { ...strip.spanAt(next.row, next.first), first: next.first, last: next.last });
    const sum = strip.summary(strip.chosen);
    strip.say(extend ? `${say}. Selected: ${strip.chosen.size} rows, ${sum.n} lumisections, ${strip.pb(sum.lumi)} inverse picobarn` : say);
  }
  /** Keep the row of the cursor on the screen; the grid itself is one hidden pixel. */
  function reveal() {
    const y = strip.gd.getBoundingClientRect().top + strip.y(strip.meta.rows[strip.cursor.row].top);
    if (y < 90) window.scrollBy(0, y - 90);
    else if (y > window.innerHeight - 110) window.scrollBy(0, y - window.innerHeight + 110);
  }
  function toggle() {
    const c = strip.cursor, cells = strip.rectangle([c.row], c.first, c.last);
    const off = strip.covers(strip.chosen, cells);
    strip.choose(off ? strip.minus(strip.chosen, cells) : strip.union(strip.chosen, cells));
    render();
    strip.say(cells.size ? `${off ? "Removed" : "Added"}: ${strip.describe(c.row, { ...strip.spanAt(c.row, c.first), ...c })}` : "This row cannot be certified by you.");
  }
  function tell() {
    const c = strip.cursor;
    strip.tip(strip.lines(c.row, c.first), strip.x(c.first), strip.y(strip.meta.rows[c.row].bottom));
    strip.say(strip.lines(c.row, c.first).map(([, words]) => words).filter(Boolean).join(". "));
  }
  /** Ask why the cell under the cursor, or the first selected one, is what it is. */
  function askWhy() {
    const [first] = strip.chosen, c = strip.cursor || (first && { row: first[0], first: first[1][0][0] });
    if (!c) { strip.say("Choose a lumisection first."); return; }
    const row = strip.meta.rows[c.row];
    const dataset = row.kind === "bit" ? "online" : row.dataset;
    strip.ask({ why: { dataset, column: row.key, kind: row.kind, lumisection: c.first, sequence: strip.meta.sequence } });
  }
  document.addEventListener("click", (event) => { if (alive() && event.target.closest && event.target.closest("[data-why]")) askWhy(); });
  function onGrid(event) {
    if (!alive() || event.ctrlKey || event.metaKey || !strip.meta.rows.length) return;
    strip.cursor = strip.cursor || atSpan(0, strip.meta.first);
    const step = MOVES[event.code];
    if (step) go(step(strip.cursor, event.altKey, event.shiftKey), event.shiftKey);
    else if (event.code === "Space") toggle();
    else if (event.code === "Enter") tell();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onDocument(event) {
    if (!alive() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Escape" && !isTyping(event.target)) {
      strip.layers().tip.hidden = true;
      strip.anchor = null;
      strip.draft = null;
      if (strip.chosen.size) { strip.choose(new Map()); strip.say("Nothing selected."); }
      render();
      return;
    }
    if (isTyping(event.target) || event.repeat) return;
    if (event.code === "KeyU") { strip.ask({ undo: true }); event.preventDefault(); return; }
    const side = { KeyM: "certify-panel-mine", KeyT: "certify-panel-theirs" }[event.code], choice = side && document.getElementById(side);
    if (choice) { choice.click(); event.preventDefault(); return; }
    if (event.code === "KeyC") { document.dispatchEvent(new CustomEvent("rr:comment")); event.preventDefault(); return; }
    if (event.code === "KeyW") { askWhy(); event.preventDefault(); return; }
    const status = STATUS[event.code];
    if (!status || event.shiftKey) return;
    event.preventDefault();
    if (!strip.chosen.size && strip.cursor && document.activeElement === grid()) toggle();
    // BAD needs a cause or a comment: the panel asks for it, Enter applies
    strip.ask({ status, apply: status !== "BAD" });
  }
  document.addEventListener("keydown", onDocument);
  strip.onMount.push(() => {
    const node = grid();
    node.addEventListener("keydown", onGrid);
    node.addEventListener("focus", () => {
      strip.focused = true;
      if (!alive() || !strip.meta.rows.length) return;
      strip.cursor = strip.cursor || atSpan(0, strip.meta.first);
      render();
      strip.drawChosen(strip.chosen);
    });
    // a grid that is taken off the page loses the focus too, but nobody has left it
    node.addEventListener("blur", (event) => {
      setTimeout(() => { if (event.relatedTarget || node.isConnected) strip.focused = document.activeElement === grid(); });
      if (alive()) strip.drawChosen(strip.chosen);
    });
  });
})();
