/* What stands beside what counts on the lumisection strip: proposals of programs as dashes along the lower edge
   of their row, and brackets under bits that somebody said were otherwise than OMS says. Nothing of it is effective
   by itself, so it is drawn over what is, and told with it. */
(function () {
  "use strict";
  const strip = window.rrStrip, DASH = 4, LEAST = 7, NARROW = 12, TALL = 32;

  /** What stands beside some lumisections of a row, as [first, last, code, …]. */
  const within = (said, first, last) => (said || []).filter(([a, b]) => a <= last && first <= b);
  const edged = (row) => [...(row.hints || []), ...(row.otherwise || [])];
  strip.edges = (row) => [...row.spans, ...edged(row)];
  /** What a press or an arrow takes: of a span, the part with the same beside it. */
  strip.pieceAt = (index, number) => {
    const span = strip.spanAt(index, number);
    let { first, last } = span;
    for (const [a, b] of edged(strip.meta.rows[index])) {
      for (const begin of [a, b + 1]) {
        if (begin <= number) first = Math.max(first, begin); else last = Math.min(last, begin - 1);
      }
    }
    return { first, last };
  };

  const spoken = (code) => strip.meta.codes[code][2];
  const look = (code) => `is-${spoken(code).toLowerCase()}`;
  const on = (first, last) => `LS ${strip.ranges.text([[first, last]])}`;
  const joined = (...words) => words.filter(Boolean).join(" · ");
  /** Lines of the tip about what stands beside one lumisection of a row. */
  strip.linesBeside = (row, number) => [
    ...within(row.hints, number, number).flatMap(([first, last, code, program, score, reason]) => [
      [`hint ${look(code)}`, `proposed, not effective: ${spoken(code)} on ${on(first, last)}`],
      ["", joined(`by ${program}`, score === null ? "" : `score ${score.toFixed(2)}`, reason)],
    ]),
    ...within(row.otherwise, number, number).flatMap(([first, last, code, raw, dataset, author, comment, at]) => [
      ["otherwise", `overridden: ${spoken(code)} on ${on(first, last)} for ${dataset}`],
      ["", joined(`by ${author}`, at && `${at.slice(0, 16).replace("T", " ")} UTC`, comment, `OMS says ${spoken(raw)}`)],
    ]),
  ];
  /** The same in a few words, for who hears the strip instead of seeing it. */
  strip.wordsBeside = (row, first, last) => [
    ...within(row.hints, first, last).map(([, , code, program]) => `, ${spoken(code)} proposed by ${program}`),
    ...within(row.otherwise, first, last).map(([, , code, , , author]) => `, overridden to ${spoken(code)} by ${author}`),
  ].join("");

  const place = (row, first, last) => {
    // of one lumisection among thousands there is still something to see and to press
    const drawn = strip.x(last + 0.5) - strip.x(first - 0.5), width = Math.max(LEAST, drawn), bottom = strip.y(row.bottom);
    const x = strip.x(first - 0.5) - (width - drawn) / 2;
    return { x, width, bottom, end: x + width, height: bottom - strip.y(row.top) };
  };
  /** A letter at the right end, where no other stands. */
  function letter(parent, words, css, at, taken) {
    const wide = 7 * words.length + 6, size = at.height >= TALL ? 2 : 1;
    if (at.width < (wide + 8) * size || taken.some(([a, b]) => a < at.end && b > at.end - wide * size)) return;
    strip.el("text", { x: at.end - 4, y: at.bottom - at.height / 2 - 1, class: `strip-beside-letter ${css}${size > 1 ? " is-tall" : ""}` }, parent).textContent = words;
    taken.push([at.end - wide * size, at.end]);
  }
  function drawHint(parent, at, css, turn) {
    if (at.height >= TALL) {
      const box = { x: at.x + 2, y: at.bottom - at.height + 4, width: Math.max(1, at.width - 4), height: at.height - 8 };
      for (const name of ["strip-beside-line-ground is-tall", `strip-hint is-tall ${css}`]) strip.el("rect", { ...box, class: name }, parent);
      return;
    }
    // dashes keep their places, so that two programs that differ take turns on one line
    if (at.width < NARROW) {
      const middle = (at.x + at.end) / 2;
      strip.el("path", { d: `M${middle - 3.5} ${at.bottom - 1}H${middle + 3.5}L${middle} ${at.bottom - 8}Z`, class: `strip-hint is-narrow ${css}` }, parent);
      return;
    }
    const offset = at.x + turn * DASH, y = at.bottom - 2.5;
    strip.el("line", { x1: at.x, x2: at.end, y1: y, y2: y, class: `strip-hint ${css}`, "stroke-dasharray": `${DASH} ${DASH}`, "stroke-dashoffset": offset }, parent);
  }
  function drawHints(parent, row, taken) {
    const placed = row.hints.map(([first, last, code]) => ({ first, last, code, at: place(row, first, last) }));
    for (const { at } of placed) if (at.height < TALL && at.width >= NARROW) strip.el("rect", { x: at.x, y: at.bottom - 4.6, width: at.width, height: 4.2, class: "strip-beside-ground" }, parent);
    placed.forEach((one, i) => {
      const turn = placed.slice(0, i).filter((other) => other.first <= one.last && one.first <= other.last).length % 2;
      drawHint(parent, one.at, look(one.code), turn);
      letter(parent, strip.meta.codes[one.code][1], look(one.code), one.at, taken);
    });
  }
  function drawOtherwise(parent, row, taken) {
    const values = new Map();
    for (const [first, last, code] of row.otherwise) values.set(code, [...(values.get(code) || []), [first, last]]);
    for (const [code, ranges] of values) {
      for (const [first, last] of strip.ranges.canonical(ranges)) {
        const at = place(row, first, last), high = at.height >= TALL ? 12 : 4.5, low = at.bottom - 1.4;
        const d = `M${at.x + 0.8} ${low - high}V${low}H${at.end - 0.8}V${low - high}`;
        for (const css of ["strip-beside-line-ground", "strip-otherwise"]) strip.el("path", { d, class: css }, parent);
        // the strip of one dataset draws what was said itself
        if (!row.spans.some(([a, b, shown]) => shown === code && a <= first && first <= b)) letter(parent, spoken(code), "", at, taken);
      }
    }
  }
  /** Draw what stands beside a row; `taken` are the places of letters that stand there. */
  strip.drawBeside = (parent, row, taken) => {
    if (row.hints) drawHints(parent, row, taken);
    if (row.otherwise) drawOtherwise(parent, row, taken);
  };
})();
