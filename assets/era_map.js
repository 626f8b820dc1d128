/* The era map: a byte per lumisection comes once; colours are read from the tokens and painted here, so that
   hovering asks nobody and the other theme is a repaint. Where a pixel holds several lumisections the most
   severe is drawn. The hand (pointer, keys, what is picked) is in era_map_hand.js. */
(function () {
  "use strict";
  const NONE = 255, HOLE = 254, RIGHT = 16, TOP = 4, BOTTOM = 34;
  const MOST_CELL = 24, MOST_ROW = 22, LETTER_FROM = 12;
  const map = (window.rrEraMap = { data: null, codes: null, only: null, cursor: null, anchor: null, picked: null, hover: null, left: 58 });
  let turn = 0;
  const node = (id) => document.getElementById(id);

  async function inflated(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }
  map.take = async function (data) {
    const mine = ++turn;
    if (!data) return;
    const codes = await inflated(data.packed);
    if (mine !== turn || !node("era-map-place")) return;
    let total = 0;
    const same = map.data && map.codes && map.data.runs.join() === data.runs.join();
    Object.assign(map, { data, codes, only: null, hover: null, offsets: data.lengths.map((n) => (total += n) - n) });
    if (!same) Object.assign(map, { cursor: null, anchor: null, picked: null });
    node("era-map-body").hidden = !data.runs.length;
    map.bind();
    map.fit();
    map.restore();
  };
  /** Where everything lies: sizes in CSS pixels, the image itself in device pixels. */
  map.fit = function () {
    const place = node("era-map-place"), { data } = map;
    if (!place || !data || !data.runs.length || !place.clientWidth) return;
    const ratio = window.devicePixelRatio || 1, rows = data.runs.length, columns = Math.max(1, data.last);
    const size = window.innerWidth >= 2600 ? 15 : 11;
    map.left = size === 15 ? 76 : 58;
    const room = Math.max(60, place.clientWidth - map.left - RIGHT);
    const width = Math.round(Math.min(room, MOST_CELL * columns) * ratio);
    const high = Math.max(240, window.innerHeight - 300);
    const row = Math.max(1, Math.round(Math.min(MOST_ROW, Math.max(1, Math.floor(high / rows))) * ratio));
    map.view = { ratio, size, rows, columns, width, row, height: rows * row, css: { width: width / ratio, row: row / ratio, height: (rows * row) / ratio } };
    for (const id of ["era-map-image", "era-map-hand"]) {
      const canvas = node(id), wide = map.left + RIGHT + map.view.css.width, tall = TOP + BOTTOM + map.view.css.height;
      canvas.width = Math.round(Math.max(wide, place.clientWidth) * ratio);
      canvas.height = Math.round(tall * ratio);
      canvas.style.width = `${canvas.width / ratio}px`;
      canvas.style.height = `${canvas.height / ratio}px`;
    }
    place.style.height = node("era-map-image").style.height;
    map.paint();
    map.mark();
  };
  map.x = (ls) => map.left + ((ls - 1) * map.view.css.width) / map.view.columns;
  map.y = (row) => TOP + row * map.view.css.row;
  map.box = () => ({ left: map.left, top: TOP, right: map.left + map.view.css.width, bottom: TOP + map.view.css.height });
  map.groupAt = (row, ls) => {
    if (ls > map.data.lengths[row]) return NONE;
    const group = map.data.kinds[map.codes[map.offsets[row] + ls - 1]][0];
    return group < 0 ? HOLE : group;
  };
  const style = () => getComputedStyle(document.documentElement);
  map.colour = (token) => style().getPropertyValue(`--${token}`).trim();
  const number = (token) => {
    const hex = map.colour(token);
    return (255 << 24) | (parseInt(hex.slice(5, 7), 16) << 16) | (parseInt(hex.slice(3, 5), 16) << 8) | parseInt(hex.slice(1, 3), 16);
  };
  const HATCHED = [() => false, (x, y) => (x + y) % 4 === 0, (x, y) => (x - y + 4096) % 4 === 0, (x, y) => x % 4 === 0 && y % 4 === 0];

  /** The group that each pixel of a row shows. */
  function line(row, into) {
    const { data, codes, offsets, view } = map, start = offsets[row], last = Math.min(data.lengths[row], view.columns);
    const scale = view.width / view.columns, { kinds } = data;
    into.fill(NONE);
    for (let i = 0; i < last; i++) {
      const kind = kinds[codes[start + i]][0], group = kind < 0 ? HOLE : kind, from = Math.floor(i * scale);
      const to = Math.max(from + 1, Math.floor((i + 1) * scale));
      for (let x = from; x < to; x++) if (group < into[x]) into[x] = group;
    }
  }
  /** Whether letters have room in the rows of this map. */
  const hasLetters = () => map.view.css.row >= LETTER_FROM;

  map.paint = function () {
    const canvas = node("era-map-image"), { view, data } = map;
    if (!canvas || !view) return;
    const pen = canvas.getContext("2d"), image = pen.createImageData(view.width, view.height), pixels = new Uint32Array(image.data.buffer);
    const ground = number("card"), looks = data.groups.map((g) => [number(g.fill), number(g.ink), HATCHED[g.pattern]]);
    const hole = [number("empty"), number("hatch"), HATCHED[1]], into = new Uint8Array(view.width);
    const gap = view.row >= 5 * view.ratio ? Math.max(1, Math.round(view.ratio)) : 0, spans = [];
    pixels.fill(ground);
    for (let row = 0; row < view.rows; row++) {
      line(row, into);
      for (let y = row * view.row; y < (row + 1) * view.row - gap; y++) {
        for (let x = 0, at = y * view.width; x < view.width; x++, at++) {
          const group = into[x];
          if (group === NONE || (map.only !== null && group !== map.only)) continue;
          const look = group === HOLE ? hole : looks[group];
          pixels[at] = look[2](x, y) ? look[1] : look[0];
        }
      }
      if (hasLetters()) collect(row, into, spans);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.putImageData(image, Math.round(map.left * view.ratio), Math.round(TOP * view.ratio));
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    letters(pen, spans);
    axes(pen);
    map.painted = performance.now();
  };
  function collect(row, into, spans) {
    for (let x = 0; x < into.length; ) {
      let end = x + 1;
      while (end < into.length && into[end] === into[x]) end++;
      const isShown = into[x] < HOLE && (map.only === null || into[x] === map.only);
      if (isShown && (end - x) / map.view.ratio >= LETTER_FROM) spans.push([row, x, end, into[x]]);
      x = end;
    }
  }
  function letters(pen, spans) {
    const { view, data } = map, inks = data.groups.map((g) => map.colour(g.text));
    pen.font = `600 ${Math.min(12, view.css.row - 3)}px ${map.colour("font")}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const [row, from, to, group] of spans) {
      const x = map.left + (from + to) / 2 / view.ratio, y = map.y(row) + view.css.row / 2, { letter, pattern, fill } = data.groups[group];
      if (pattern) { pen.fillStyle = map.colour(fill); pen.fillRect(x - 6, y - view.css.row / 2 + 1, 12, view.css.row - 3); }
      pen.fillStyle = inks[group];
      pen.fillText(letter, x, y);
    }
  }
  function step(least) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
    return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least);
  }
  function axes(pen) {
    const { view, data } = map, box = map.box(), every = Math.max(1, Math.ceil((view.size + 4) / view.css.row)), apart = step((view.columns * 64) / view.css.width);
    pen.font = `${view.size}px ${map.colour("font")}`;
    pen.fillStyle = map.colour("dim");
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (let row = 0; row < view.rows; row += every) pen.fillText(data.runs[row], map.left - 6, Math.max(TOP + 6, map.y(row) + view.css.row / 2));
    pen.textBaseline = "top";
    for (let tick = 0; tick <= view.columns; tick += apart) {
      const ls = Math.max(1, tick), x = map.x(ls) + view.css.width / view.columns / 2;
      pen.fillRect(x, box.bottom, 1, 4);
      pen.textAlign = tick ? "center" : "left";
      if (x < box.right - 8 || !tick) pen.fillText(ls.toLocaleString("en"), tick ? x : map.left, box.bottom + 6);
    }
    pen.textAlign = "left";
    pen.fillText("LS", map.left - 24, box.bottom + 6);
    // what goes on beyond the axis says so
    data.lengths.forEach((length, row) => { if (length > view.columns) { pen.fillStyle = map.colour("needs"); pen.fillRect(box.right + 3, map.y(row), 6, Math.max(1, view.css.row - 1)); } });
  }
  /** What a place is, in words. */
  map.words = function (row, ls) {
    const { data } = map, length = data.lengths[row], name = data.name.length ? ` · ${data.names[data.name[row]]}` : "";
    const told = ls > length ? `the run ended at LS ${length.toLocaleString("en")}` : data.kinds[map.codes[map.offsets[row] + ls - 1]][1];
    return `${data.runs[row]}${name} · LS ${ls.toLocaleString("en")} · ${told}`;
  };
  new MutationObserver(() => { map.paint(); map.mark && map.mark(); }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.dash_clientside = Object.assign({}, window.dash_clientside, { rrEraMap: { take: (data) => { map.take(data); } } });
})();
