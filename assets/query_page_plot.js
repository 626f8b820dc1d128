/* A quick plot of an answer: which columns, and how; colours come with the template of the theme. */
(function () {
  "use strict";
  const MOST = 5000;
  const query = window.rrQuery, by = (id) => document.getElementById(id);
  const tell = (id, props) => window.dash_clientside.set_props(id, props);
  const isNumber = (column) => /int|double|float|decimal/.test(column.type) && !/\[/.test(column.type);
  const isKey = (column) => /(^|_)(run_number|fill_number|lumisection|sequence|first|last)$/.test(column.name);
  const option = (column) => ({ value: column.name, label: column.unit && column.unit !== "1" ? `${column.name} [${column.unit}]` : column.name });
  /** The number of a run is written out, and no k or µ stands before a unit. */
  const scale = (column) => ({ automargin: true, exponentformat: "power", separatethousands: !isKey(column), ...(isKey(column) ? { tickformat: "d" } : { minexponent: 5 }) });
  const has = (list, name) => list.some((each) => each.name === name);

  /** Offer the columns of an answer; what the address named stays, else a sensible pair. */
  function offer(answer) {
    const numbers = answer.columns.filter(isNumber), words = query.words || {}, now = query.said();
    const y = has(numbers, now.y) ? now.y : has(numbers, words.y) ? words.y : (numbers.filter((each) => !isKey(each))[0] || numbers[0] || {}).name || "";
    const others = answer.columns.filter((each) => each.name !== y);
    const x = has(others, now.x) ? now.x : has(others, words.x) ? words.x : (others[0] || {}).name || "";
    tell("query-x", { options: answer.columns.map(option), value: x });
    tell("query-y", { options: numbers.map(option), value: y });
    draw({ ...now, x, y, plot: now.plot || words.plot });
  }
  function draw(chosen) {
    const answer = query.answer, now = chosen || query.said(), place = by("query-plot-place");
    if (!answer || !place) return;
    const x = answer.columns.findIndex((each) => each.name === now.x), y = answer.columns.findIndex((each) => each.name === now.y);
    place.hidden = !now.plot || x < 0 || y < 0 || !answer.row_count;
    if (place.hidden) return;
    const rows = answer.rows.slice(0, MOST), title = (i) => option(answer.columns[i]).label;
    const kind = { bars: { type: "bar" }, line: { type: "scatter", mode: "lines+markers" }, scatter: { type: "scatter", mode: "markers" } }[now.plot];
    const trace = { ...kind, x: rows.map((row) => row[x]), y: rows.map((row) => (typeof row[y] === "number" ? row[y] : null)), hovertemplate: "%{x}<br>%{y}<extra></extra>" };
    // a name that happens to be a number is a name on an axis of bars
    const axis = { ...scale(answer.columns[x]), title: { text: title(x) }, type: now.plot === "bars" ? "category" : undefined };
    tell("query-plot", { figure: { data: [trace], layout: { template: query.template, xaxis: axis, yaxis: { ...scale(answer.columns[y]), title: { text: title(y) } }, margin: { t: 12, r: 12 }, autosize: true } } });
  }
  window.rrQueryPlot = { offer, draw };
})();
