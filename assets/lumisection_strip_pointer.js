/* Pointer on the lumisection strip: drag a rectangle, click a span, hover for who, when and why.
   Plotly's own selection box would follow pixels; ours follows lumisections and snaps to changes. */
(function () {
  "use strict";
  const strip = window.rrStrip, NEAR = 6, STILL = 4;
  let start = null;

  const local = (event) => {
    const box = strip.gd.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onGraph = (event) => strip.meta && strip.gd && strip.gd.contains(event.target);

  function nearest(py) {
    const found = strip.rowAt(py);
    if (found >= 0) return found;
    const rows = strip.meta.rows;
    let best = 0;
    rows.forEach((row, i) => { if (Math.abs(strip.y((row.top + row.bottom) / 2) - py) < Math.abs(strip.y((rows[best].top + rows[best].bottom) / 2) - py)) best = i; });
    return best;
  }
  /** The beginning of a span within a few px of the pointer, or null. */
  function snap(px, indices) {
    let best = null, distance = NEAR;
    for (const i of indices) {
      for (const s of strip.edges(strip.meta.rows[i])) {
        for (const edge of [s[0], s[1] + 1]) {
          const d = Math.abs(strip.x(edge - 0.5) - px);
          if (d < distance) { distance = d; best = edge; }
        }
      }
    }
    return best;
  }
  const between = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i);
  const everyRow = () => strip.meta.rows.map((_, i) => i).filter((i) => strip.meta.rows[i].kind === "column");

  function dragged(now) {
    // the run grows under the hand: what it began at is a lumisection, not a pixel
    start.x = strip.x(start.edge);
    const rows = start.zone === "profile" ? everyRow() : between(start.row, nearest(now.y));
    const watch = start.zone === "profile" ? strip.meta.rows.map((_, i) => i) : rows.length > 40 ? [rows[0], rows[rows.length - 1]] : rows;
    const left = Math.min(start.x, now.x), right = Math.max(start.x, now.x);
    const from = snap(left, watch), to = snap(right, watch);
    const first = from === null ? strip.lumisectionAt(left) : from;
    const last = to === null ? strip.lumisectionAt(right) : to - 1;
    return { rows, first: Math.min(first, Math.max(first, last)), last: Math.max(first, last) };
  }
  function clicked(now) {
    if (start.zone === "profile") return null;
    const row = start.row;
    if (start.zone === "label") return { rows: [row], first: strip.meta.first, last: strip.meta.last };
    return { rows: [row], ...strip.pieceAt(row, strip.lumisectionAt(now.x)) };
  }
  function extended(rect) {
    const a = strip.anchor;
    if (!a) return rect;
    return {
      rows: between(Math.min(a.row, ...rect.rows), Math.max(a.to === undefined ? a.row : a.to, ...rect.rows)),
      first: Math.min(a.first, rect.first),
      last: Math.max(a.last, rect.last),
    };
  }
  /** What the selection would be if the pointer were let go now. */
  function outcome(rect, isClick) {
    const whole = start.shift ? extended(rect) : rect;
    const cells = strip.rectangle(whole.rows, whole.first, whole.last);
    if (!start.ctrl) return { whole, cells };
    return { whole, cells: isClick && strip.covers(strip.chosen, cells) ? strip.minus(strip.chosen, cells) : strip.union(strip.chosen, cells) };
  }

  function down(event) {
    if (!onGraph(event) || event.button !== 0) return;
    const p = local(event), ax = strip.gd._fullLayout.xaxis, row = strip.rowAt(p.y);
    const profile = p.y < strip.gd._fullLayout.yaxis2._offset;
    if (!profile && row < 0) return;
    if (profile && p.x < ax._offset) return;
    start = {
      ...p, edge: ax.p2l(p.x - ax._offset), row: profile ? 0 : row, zone: profile ? "profile" : p.x < ax._offset ? "label" : "rows",
      at: p, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, moved: false, id: event.pointerId,
    };
    try { strip.root.setPointerCapture(event.pointerId); } catch (_) { /* a pointer that is gone already */ }
  }
  function move(event) {
    if (!strip.meta || !strip.gd) return;
    const p = local(event);
    if (!start) { hover(event, p); return; }
    if (!start.moved && Math.hypot(p.x - start.at.x, p.y - start.at.y) < STILL) return;
    if (start.zone === "label") return;
    start.moved = true;
    const { cells } = outcome(dragged(p), false);
    strip.draft = cells;
    strip.drawChosen(cells);
    hide();
  }
  function up(event) {
    if (!start) return;
    const p = local(event), rect = start.moved ? dragged(p) : clicked(p);
    const grid = document.getElementById(strip.root.dataset.grid);
    grid.focus({ preventScroll: true });
    if (rect) {
      const { whole, cells } = outcome(rect, !start.moved);
      if (!start.shift) strip.anchor = { row: rect.rows[0], to: rect.rows[rect.rows.length - 1], first: rect.first, last: rect.last };
      strip.cursor = { row: whole.rows[0], first: whole.first, last: whole.last };
      start = null;
      strip.draft = null;
      if (!cells.size && rect.rows.length === 1) strip.say(`${strip.meta.rows[rect.rows[0]].label}: nothing here can be certified by you.`);
      strip.choose(cells);
      strip.onMeta();
    } else { start = null; strip.draft = null; strip.choose(new Map()); }
  }
  function cancel() {
    if (!start) return;
    start = null;
    strip.draft = null;
    strip.drawChosen(strip.chosen);
  }

  // ---- hover
  const hide = () => { if (strip.root) strip.layers().tip.hidden = true; };
  function lines(index, number) {
    const meta = strip.meta, row = meta.rows[index], span = strip.spanAt(index, number);
    const part = strip.ranges.intersect([[span.first, span.last]], meta.exists);
    return [
      ["b", `${row.label}${row.dataset && row.kind === "column" ? ` · ${row.dataset}` : ""}`],
      ["", `LS ${strip.ranges.text([[span.first, span.last]])} · ${strip.word(span)}`],
      ["", `${strip.ranges.size(part)} LS · ${strip.pb(strip.lumi(part))} pb⁻¹ recorded`],
      ["", span.author ? `${span.person || row.kind === "bit" ? "" : "rule: "}${span.author}${span.at ? ` · ${span.at}` : ""}` : ""],
      ["", [span.cause, span.comment].filter(Boolean).join(" · ")],
      ...strip.linesBeside(row, number),
      ["dim", row.kind === "bit" ? (row.explains ? `explains ${row.explains}` : "") : row.editable ? "" : "read only for you"],
    ];
  }
  strip.tip = (content, px, py) => {
    const { tip } = strip.layers();
    tip.replaceChildren();
    for (const [kind, words] of content) {
      if (!words) continue;
      const line = document.createElement("div");
      if (kind) line.className = `strip-tip-${kind === "b" ? "head" : kind}`;
      line.textContent = words;
      tip.appendChild(line);
    }
    tip.hidden = false;
    const width = tip.offsetWidth, height = tip.offsetHeight, full = strip.root.clientWidth;
    tip.style.left = `${px + 14 + width > full ? Math.max(0, px - width - 12) : px + 14}px`;
    tip.style.top = `${py + 18 + height > strip.root.clientHeight ? py - height - 10 : py + 18}px`;
  };
  strip.lines = lines;
  function hover(event, p) {
    if (!onGraph(event) || event.pointerType === "touch") { hide(); return; }
    const layout = strip.gd._fullLayout, ax = layout.xaxis, number = strip.lumisectionAt(p.x);
    const inX = p.x >= ax._offset && p.x <= ax._offset + ax._length, row = strip.rowAt(p.y);
    strip.drawChosen(strip.chosen, inX ? strip.x(number) : 0);
    if (inX && row >= 0) strip.tip(lines(row, number), p.x, p.y);
    else if (inX && p.y < layout.yaxis2._offset) {
      const value = strip.meta.lumi[number - strip.meta.first];
      const exists = strip.meta.exists.some(([a, b]) => a <= number && number <= b);
      strip.tip([["b", `LS ${number}`], ["", exists ? `${(value || 0).toFixed(4)} pb⁻¹ recorded` : "no such lumisection"], ["dim", strip.meta.source]], p.x, p.y);
    } else hide();
  }

  strip.onMount.push((root) => {
    root.addEventListener("pointerdown", down, true);
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", up);
    root.addEventListener("pointercancel", cancel);
    root.addEventListener("pointerleave", () => { hide(); if (strip.meta && !start) strip.drawChosen(strip.chosen); });
    // Plotly must not begin a box of its own
    for (const kind of ["mousedown", "touchstart"]) {
      root.addEventListener(kind, (event) => {
        if (!onGraph(event)) return;
        event.stopPropagation();
        if (kind === "mousedown") event.preventDefault();
      }, { capture: true, passive: false });
    }
  });
})();
