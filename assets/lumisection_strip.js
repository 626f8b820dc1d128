/* The lumisection strip in the browser: what is selected, and how it is drawn.
   The selection is rows and lumisection NUMBERS, never pixels; nothing here asks the server anything.
   Pointer and keys: lumisection_strip_pointer.js, lumisection_strip_keys.js; proposals and overridden bits:
   lumisection_strip_beside.js. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg", NARROW = 5;
  const strip = (window.rrStrip = {
    root: null, gd: null, meta: null, chosen: new Map(), anchor: null, cursor: null, draft: null,
  });

  // ---- ranges of numbers: sorted, disjoint, maximal
  function canonical(ranges) {
    const out = [];
    for (const [a, b] of ranges.slice().sort((p, q) => p[0] - q[0])) {
      const end = out[out.length - 1];
      if (end && a <= end[1] + 1) end[1] = Math.max(end[1], b);
      else out.push([a, b]);
    }
    return out;
  }
  function intersect(a, b) {
    const out = [];
    for (const [p, q] of a) for (const [r, s] of b) if (Math.max(p, r) <= Math.min(q, s)) out.push([Math.max(p, r), Math.min(q, s)]);
    return out;
  }
  function subtract(a, b) {
    let rest = a;
    for (const [r, s] of b) rest = rest.flatMap(([p, q]) => (s < p || r > q ? [[p, q]] : [[p, r - 1], [s + 1, q]].filter(([x, y]) => x <= y)));
    return rest;
  }
  const size = (ranges) => ranges.reduce((n, [a, b]) => n + b - a + 1, 0);
  const text = (ranges) => ranges.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(", ");
  const short = (ranges) => (ranges.length > 3 ? `${text(ranges.slice(0, 2))} … ${text(ranges.slice(-1))}` : text(ranges));
  strip.ranges = { canonical, intersect, subtract, size, text, short };

  strip.lumi = (ranges) => {
    let sum = 0;
    for (const [a, b] of ranges) for (let n = a; n <= b; n++) sum += strip.meta.lumi[n - strip.meta.first] || 0;
    return sum;
  };
  strip.pb = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(1) : value.toFixed(2));

  /** The rows a rectangle certifies: a bit stands for the column it explains, in every dataset. */
  strip.targets = (indices) => {
    const rows = strip.meta.rows, out = new Set();
    const hasColumn = indices.some((i) => rows[i].kind === "column");
    for (const i of indices) {
      if (rows[i].kind === "column") { if (rows[i].editable) out.add(i); }
      else if (!hasColumn && rows[i].explains) rows.forEach((r, j) => { if (r.editable && r.key === rows[i].explains) out.add(j); });
    }
    return [...out];
  };
  strip.rectangle = (indices, first, last) => {
    const ranges = intersect([[first, last]], strip.meta.exists);
    return new Map(ranges.length ? strip.targets(indices).map((i) => [i, ranges]) : []);
  };
  strip.union = (a, b) => {
    const out = new Map(a);
    for (const [i, ranges] of b) out.set(i, canonical([...(out.get(i) || []), ...ranges]));
    return out;
  };
  strip.minus = (a, b) => {
    const out = new Map();
    for (const [i, ranges] of a) { const rest = subtract(ranges, b.get(i) || []); if (rest.length) out.set(i, rest); }
    return out;
  };
  strip.covers = (a, b) => b.size > 0 && [...b].every(([i, ranges]) => subtract(ranges, a.get(i) || []).length === 0);

  /** What stands at a lumisection of a row: a span, a gap between spans, or a hole in the run. */
  strip.spanAt = (index, number) => {
    const row = strip.meta.rows[index], meta = strip.meta;
    const exists = meta.exists.find(([a, b]) => a <= number && number <= b);
    if (!exists) {
      const before = meta.exists.filter(([, b]) => b < number).map(([, b]) => b + 1), after = meta.exists.filter(([a]) => a > number).map(([a]) => a - 1);
      return { first: Math.max(1, ...before), last: Math.min(meta.last, ...after), code: null };
    }
    let first = meta.first, last = meta.last;
    for (const s of row.spans) {
      if (s[0] <= number && number <= s[1]) return { first: s[0], last: s[1], code: s[2], author: s[3], person: s[4], cause: s[5], comment: s[6], at: s[7] };
      if (s[1] < number) first = Math.max(first, s[1] + 1); else last = Math.min(last, s[0] - 1);
    }
    return { first: Math.max(first, exists[0]), last: Math.min(last, exists[1]), code: row.kind === "bit" ? meta.codes.length - 3 : 0 };
  };
  strip.word = (span) => (span.code === null ? "no such lumisection" : strip.meta.codes[span.code][2]);
  const WORST = ["BAD", "false", "EMPTY", "NOTSET", "unknown", "STANDBY", "EXCLUDED", "GOOD", "true"];
  /** A row as it is read out: "tracker-pixel of online: BAD 12 of 300 lumisections, GOOD 288". */
  strip.rowWords = (index) => {
    const row = strip.meta.rows[index], exists = strip.meta.exists, total = size(exists), counts = new Map(), spoken = [];
    for (const s of row.spans) {
      const n = size(intersect([[s[0], s[1]]], exists)), word = strip.meta.codes[s[2]][2];
      counts.set(word, (counts.get(word) || 0) + n);
      spoken.push([s[0], s[1]]);
    }
    const rest = size(subtract(exists, spoken)), silence = row.kind === "bit" ? "unknown" : "EMPTY";
    if (rest) counts.set(silence, (counts.get(silence) || 0) + rest);
    const words = WORST.filter((word) => counts.get(word)).map((word, at) => `${word} ${counts.get(word)}${at ? "" : ` of ${total} lumisections`}`);
    return `${row.label}${row.kind === "column" ? ` of ${row.dataset}` : ""}: ${words.join(", ")}`;
  };
  strip.describe = (index, span) => {
    const row = strip.meta.rows[index];
    const why = [span.cause, span.comment].filter(Boolean).join(", ");
    return `${row.label} LS ${text([[span.first, span.last]])} ${strip.word(span)}${span.author ? ` by ${span.author}` : ""}${why ? `, ${why}` : ""}${strip.wordsBeside(row, span.first, span.last)}`;
  };

  // ---- geometry, in px inside the strip
  strip.x = (edge) => { const ax = strip.gd._fullLayout.xaxis; return ax._offset + ax.l2p(edge); };
  strip.y = (value) => { const ax = strip.gd._fullLayout.yaxis2; return ax._offset + ax.l2p(value); };
  strip.lumisectionAt = (px) => {
    const ax = strip.gd._fullLayout.xaxis;
    return Math.min(strip.meta.last, Math.max(strip.meta.first, Math.round(ax.p2l(px - ax._offset))));
  };
  strip.rowAt = (py) => {
    const ax = strip.gd._fullLayout.yaxis2, v = ax.p2l(py - ax._offset);
    return strip.meta.rows.findIndex((row) => row.top <= v && v < row.bottom);
  };

  // ---- drawing
  const el = (name, attributes, parent) => {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(node);
    return node;
  };
  strip.el = el;
  function layers() {
    const overlay = document.getElementById(strip.root.dataset.overlay);
    let svg = overlay.querySelector("svg");
    if (!svg) {
      svg = el("svg", { class: "strip-svg" }, overlay);
      const defs = el("defs", {}, svg);
      const pattern = el("pattern", { id: "strip-hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
      el("rect", { width: 1.4, height: 5, class: "strip-hatch" }, pattern);
      el("g", { class: "strip-marks" }, svg);
      el("g", { class: "strip-chosen" }, svg);
      const tip = document.createElement("div");
      tip.className = "strip-tip";
      tip.hidden = true;
      overlay.appendChild(tip);
    }
    return { marks: svg.querySelector(".strip-marks"), chosen: svg.querySelector(".strip-chosen"), tip: overlay.querySelector(".strip-tip") };
  }
  strip.layers = layers;

  /** Around a span; above and below one so narrow that sides would hide what it is filled with. */
  function edge(parent, { x, y, width, height }, css) {
    const [left, right, top, bottom] = [x + 0.5, x + width - 0.5, y + 0.6, y + height - 0.6];
    const d = width < NARROW ? `M${x} ${top}H${x + width}M${x} ${bottom}H${x + width}` : `M${left} ${top}H${right}V${bottom}H${left}Z`;
    el("path", { d, class: css }, parent);
  }
  function mark(parent, row, span, taken) {
    const [first, last, code, , person, cause] = span, [token, letter, word] = strip.meta.codes[code];
    const glyph = document.documentElement.classList.contains("is-wall") ? 17.6 : 6.6, x = strip.x(first - 0.5), width = strip.x(last + 0.5) - x, y = strip.y(row.top) + 1.5, height = strip.y(row.bottom) - y - 1.5;
    if (token === "empty" && width >= 3) el("rect", { x, y, width, height, fill: "url(#strip-hatch)" }, parent);
    // BAD has an edge besides its colour: quiet GOOD is as dark, which red-green blind eyes would not tell apart
    if (word === "BAD" || word === "NOTSET") edge(parent, { x, y, width, height }, word === "BAD" ? "strip-bad" : "strip-edge");
    const quiet = word === "GOOD" || word === "true" || token === "empty";
    if (!quiet && !person && word !== "NOTSET" && row.kind === "column") el("line", { x1: x, x2: x + width, y1: y + height - 1, y2: y + height - 1, class: "strip-proposed", style: `stroke:var(--${token}-ink)` }, parent);
    if (quiet || width < 2 * glyph || height < 9) return;
    const label = el("text", { x: x + 4, y: y + height / 2, class: "strip-letter", style: `fill:var(--${token === "loss" ? "card" : token + "-ink"})` }, parent);
    const full = `${row.kind === "bit" ? word : letter}${cause && row.kind === "column" ? `  ${cause}` : ""}`;
    label.textContent = width > full.length * glyph + 8 ? full : row.kind === "bit" ? "" : letter;
    taken.push([x, x + 4 + label.textContent.length * glyph]);
  }
  strip.drawMarks = () => {
    const { marks } = layers();
    marks.replaceChildren();
    for (const row of strip.meta.rows) {
      const taken = [];
      for (const span of row.spans) {
        for (const part of intersect([[span[0], span[1]]], strip.meta.exists)) mark(marks, row, [...part, ...span.slice(2)], taken);
      }
      const gaps = subtract(strip.meta.exists, row.spans.map((s) => [s[0], s[1]]));
      for (const gap of gaps) mark(marks, row, [...gap, row.kind === "bit" ? strip.meta.codes.length - 3 : 0, "", true, ""], taken);
      strip.drawBeside(marks, row, taken);
    }
  };

  strip.summary = (chosen) => {
    const all = canonical([...chosen.values()].flat().map((r) => r.slice()));
    return { ranges: all, n: size(all), lumi: strip.lumi(all) };
  };
  strip.drawChosen = (chosen, cross) => {
    if (!strip.gd._fullLayout) return; // Plotly has emptied it: Dash is about to replace it
    const { chosen: layer } = layers(), rows = strip.meta.rows, gd = strip.gd;
    layer.replaceChildren();
    const top = gd._fullLayout.yaxis._offset, bottom = strip.y(rows.length ? rows[rows.length - 1].bottom : 0);
    if (cross) el("line", { x1: cross, x2: cross, y1: top, y2: bottom, class: "strip-cross" }, layer);
    if (chosen.size) {
      const sum = strip.summary(chosen);
      const floor = gd._fullLayout.yaxis2._offset;
      for (const [a, b] of sum.ranges) {
        const x = strip.x(a - 0.5), end = strip.x(b + 0.5);
        el("rect", { x, y: top, width: end - x, height: floor - top, class: "strip-band" }, layer);
        for (const side of [x, end]) el("line", { x1: side, x2: side, y1: top, y2: bottom, class: "strip-side" }, layer);
      }
      const order = [...chosen.keys()].sort((a, b) => a - b);
      for (let i = 0; i < order.length; i++) {
        const key = JSON.stringify(chosen.get(order[i]));
        let j = i;
        while (j + 1 < order.length && order[j + 1] === order[j] + 1 && rows[order[j]].bottom === rows[order[j + 1]].top && JSON.stringify(chosen.get(order[j + 1])) === key) j++;
        for (const [a, b] of chosen.get(order[i])) {
          const x = strip.x(a - 0.5), y = strip.y(rows[order[i]].top);
          el("rect", { x, y, width: Math.max(2, strip.x(b + 0.5) - x), height: strip.y(rows[order[j]].bottom) - y, class: "strip-rect" }, layer);
        }
        i = j;
      }
      badge(layer, sum, top);
    }
    const c = strip.cursor;
    if (c && document.activeElement && document.activeElement.id === strip.root.dataset.grid) {
      const x = strip.x(c.first - 0.5), y = strip.y(rows[c.row].top);
      el("rect", { x: x - 1, y: y - 1, width: strip.x(c.last + 0.5) - x + 2, height: strip.y(rows[c.row].bottom) - y + 2, class: "strip-cursor" }, layer);
    }
  };
  function badge(layer, sum, top) {
    const group = el("g", { class: "strip-badge" }, layer);
    const box = el("rect", { rx: 4, height: 19 }, group), label = el("text", { y: top + 13 }, group);
    label.textContent = `LS ${short(sum.ranges)} · ${sum.n.toLocaleString("en")} LS · ${strip.pb(sum.lumi)} pb⁻¹`;
    const width = label.getComputedTextLength() + 12, full = strip.root.clientWidth;
    const x = Math.max(2, Math.min(strip.x(sum.ranges[0][0] - 0.5), full - width - 4));
    for (const [key, value] of [["x", x], ["y", top - 1], ["width", width]]) box.setAttribute(key, value);
    label.setAttribute("x", x + 6);
  }

  // ---- publishing: one Store, written by the browser only
  strip.say = (message) => {
    const node = document.getElementById(strip.root.dataset.says);
    if (node) node.textContent = message;
  };
  strip.publish = () => {
    const meta = strip.meta, sum = strip.summary(strip.chosen), cells = [];
    for (const i of [...strip.chosen.keys()].sort((a, b) => a - b)) {
      for (const [first, last] of strip.chosen.get(i)) cells.push({ dataset: meta.rows[i].dataset, column: meta.rows[i].key, first, last });
    }
    const data = cells.length ? { run_number: meta.run_number, cells, n_ls: sum.n, recorded_invpb: Math.round(sum.lumi * 1e6) / 1e6, sequence: meta.sequence } : null;
    window.dash_clientside.set_props(strip.root.dataset.selection, { data });
    document.dispatchEvent(new CustomEvent("rr:selection", { detail: data && { ...data, ranges: short(sum.ranges), pb: strip.pb(sum.lumi), source: meta.source } }));
  };
  strip.choose = (chosen) => {
    strip.chosen = chosen;
    strip.drawChosen(chosen);
    strip.publish();
  };
  let asked = 0;
  strip.ask = (what) => {
    if (what.status && !strip.chosen.size) { strip.say("Select lumisections first."); return false; }
    asked = Math.max(asked + 1, Date.now() % 1e9);
    const data = { ...what, run_number: strip.meta.run_number, n: asked };
    window.dash_clientside.set_props(strip.root.dataset.intent, { data });
    document.dispatchEvent(new CustomEvent("rr:intent", { detail: data }));
    return true;
  };

  // ---- following the page: Dash mounts and replaces the graph when it likes
  function refresh() {
    const meta = strip.gd.layout && strip.gd.layout.meta && strip.gd.layout.meta.strip;
    if (!meta || !strip.gd._fullLayout || !strip.gd._fullLayout.yaxis2) return;
    const before = strip.meta, left = strip.left;
    strip.meta = meta;
    strip.left = null;
    if (before !== meta) {
      const same = before && before.run_number === meta.run_number;
      const name = (row) => `${row.dataset} ${row.key}`;
      const at = new Map(meta.rows.map((row, i) => [name(row), i]));
      const kept = new Map();
      if (same) for (const [i, ranges] of strip.chosen) { const j = at.get(name(before.rows[i])); if (j !== undefined) kept.set(j, ranges); }
      const had = strip.chosen.size;
      strip.chosen = kept;
      if (!same || (strip.cursor && strip.cursor.row >= meta.rows.length)) { strip.cursor = null; strip.anchor = null; }
      if (left && left.run_number === meta.run_number && left.cursor && left.cursor.row < meta.rows.length) strip.cursor = left.cursor;
      if (had || kept.size) strip.publish();
      strip.onMeta();
      if (left && left.focused && document.activeElement === document.body) document.getElementById(strip.root.dataset.grid).focus({ preventScroll: true });
    }
    strip.drawMarks();
    strip.drawChosen(strip.draft || strip.chosen);
  }
  strip.onMeta = () => {};
  strip.onMount = [];
  function follow() {
    const root = document.querySelector(".strip[data-graph]");
    const gd = root && root.querySelector(".js-plotly-plot");
    if (!gd || !gd.on || gd === strip.gd) return;
    const fresh = root !== strip.root;
    // the page is drawn again after every verdict: the cursor and the focus stay where they were
    if (fresh && strip.meta) strip.left = { run_number: strip.meta.run_number, cursor: strip.cursor, focused: strip.focused };
    Object.assign(strip, { root, gd, meta: null, draft: null });
    if (fresh && strip.chosen.size) { strip.chosen = new Map(); strip.publish(); } // it went with the strip it was on
    if (fresh) { strip.chosen = new Map(); strip.cursor = null; strip.anchor = null; strip.onMount.forEach((f) => f(root)); }
    gd.on("plotly_afterplot", refresh);
    refresh();
  }
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
