/* The hand on the era map: hover, drag, keys, and what is picked. Nothing here waits for a server. */
(function () {
  "use strict";
  const map = window.rrEraMap, node = (id) => document.getElementById(id);
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const thousands = (n) => n.toLocaleString("en");
  let dragged = false, asking = null;

  /** The row and lumisection under a pointer; of several in a pixel the one that is drawn. */
  function under(event, isDrag) {
    const place = node("era-map-place").getBoundingClientRect(), box = map.box(), { view } = map;
    const x = event.clientX - place.left, y = event.clientY - place.top;
    if (!isDrag && (x < box.left || x >= box.right || y < box.top || y >= box.bottom)) return null;
    const row = clamp(Math.floor((y - box.top) / view.css.row), 0, view.rows - 1), scale = view.width / view.columns;
    const pixel = clamp(Math.floor((x - box.left) * view.ratio), 0, view.width - 1);
    const first = clamp(Math.floor(pixel / scale), 0, view.columns - 1) + 1, last = clamp(Math.ceil((pixel + 1) / scale), first, view.columns);
    let ls = first;
    if (!isDrag) for (let n = first + 1; n <= last; n++) if (Math.floor((n - 1) * scale) <= pixel && map.groupAt(row, n) < map.groupAt(row, ls)) ls = n;
    return { row, ls };
  }
  function pick(from, to) {
    map.picked = { top: Math.min(from.row, to.row), bottom: Math.max(from.row, to.row), first: Math.min(from.ls, to.ls), last: Math.max(from.ls, to.ls) };
  }
  map.runsOf = ({ top, bottom }) => [map.data.runs[bottom], map.data.runs[top]];
  /** Lumisections by group, holes and what lies beyond the end of a run left out. */
  map.count = function ({ top, bottom, first, last }) {
    const groups = new Array(map.data.groups.length).fill(0);
    for (let row = top; row <= bottom; row++) {
      const end = Math.min(last, map.data.lengths[row]), start = map.offsets[row] - 1;
      for (let ls = first; ls <= end; ls++) { const group = map.data.kinds[map.codes[start + ls]][0]; if (group >= 0) groups[group]++; }
    }
    return groups;
  };
  const kept = () => new URLSearchParams(window.location.search);
  function certifyAddress(picked) {
    const { data } = map, [low, high] = map.runsOf(picked), asked = new URLSearchParams({ runs: `${low}-${high}`, ls: `${picked.first}-${picked.last}`, stage: data.stage });
    if (data.column) asked.set("column", data.column);
    if (kept().get("as_of")) asked.set("as_of", kept().get("as_of"));
    return `/certify/${data.workspace}?${asked}`;
  }
  function walkTo(address) {
    clearTimeout(asking);
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  /** Show what is picked; `isDone` puts it into the address and asks what it is worth. */
  map.tell = function (isDone) {
    const { picked, data } = map, words = node("era-map-words"), counts = node("era-map-counts");
    if (!words) return;
    node("era-map-actions").hidden = !picked;
    counts.replaceChildren();
    if (!picked) words.textContent = "Nothing yet: drag over the map.";
    else {
      const [low, high] = map.runsOf(picked), groups = map.count(picked), total = groups.reduce((a, b) => a + b, 0);
      const runs = new Set(data.runs.slice(picked.top, picked.bottom + 1)).size;
      words.textContent = `${thousands(total)} LS of ${thousands(runs)} ${runs === 1 ? "run" : "runs"} · ${low === high ? low : `${low}–${high}`} · LS ${picked.first === picked.last ? picked.first : `${picked.first}–${picked.last}`}`;
      groups.map((n, group) => [n, group]).filter(([n]) => n).sort((a, b) => b[0] - a[0]).slice(0, 6).forEach(([n, group]) => {
        const item = document.createElement("li");
        item.textContent = `${data.groups[group].letter}  ${data.groups[group].label}: ${thousands(n)} LS`;
        counts.append(item);
      });
      node("era-map-certify").href = certifyAddress(picked);
      node("era-map-run").href = `/runs/${low}${kept().get("as_of") ? `?as_of=${encodeURIComponent(kept().get("as_of"))}` : ""}`;
      node("era-map-run").hidden = low !== high;
      const only = kept();
      for (const name of ["era", "selected", "ls"]) only.delete(name);
      only.set("runs", `${low}-${high}`);
      node("era-map-only").href = `/map?${only}`;
      const trends = new URLSearchParams({ brush: low === high ? low : `${low}-${high}`, stage: data.stage === "online" ? "" : data.stage, as_of: kept().get("as_of") || "" });
      for (const [name, said] of [...trends]) if (!said) trends.delete(name);
      node("era-map-trends").href = `/trends?${trends}`;
      node("era-map-only").hidden = low === high;
    }
    outdate();
    if (isDone) { write(); weigh(); }
  };
  function write() {
    const { picked } = map, asked = kept();
    for (const name of ["selected", "ls"]) asked.delete(name);
    if (picked) { asked.set("selected", map.runsOf(picked).join("-")); asked.set("ls", `${picked.first}-${picked.last}`); }
    const search = asked.toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${search ? `?${search}` : ""}`);
  }
  const wanted = () => (map.picked ? [...map.runsOf(map.picked), map.picked.first, map.picked.last].join("-") : "");
  /** An answer about something else is not shown as if it were about this. */
  function outdate() {
    const worth = node("era-map-worth"), told = worth && worth.querySelector("[data-for]");
    if (worth) worth.classList.toggle("is-old", !!told && told.dataset.for !== wanted());
  }
  function weigh() {
    clearTimeout(asking);
    asking = setTimeout(() => {
      // the page may have been left meanwhile
      if (!node("era-map-worth")) return;
      const { picked } = map, [first_run, last_run] = picked ? map.runsOf(picked) : [];
      window.dash_clientside.set_props("era-map-picked", { data: picked ? { first_run, last_run, first: picked.first, last: picked.last } : null });
    }, 200);
  }
  /** What the address says is picked. */
  map.restore = function () {
    const runs = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(kept().get("selected") || ""), span = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(kept().get("ls") || "");
    map.picked = null;
    if (runs && span && map.data.runs.length) {
      const low = Number(runs[1]), high = Number(runs[2] || runs[1]), first = Math.max(1, Number(span[1])), last = Number(span[2] || span[1]);
      const rows = map.data.runs.flatMap((run, row) => (run >= low && run <= high ? [row] : []));
      if (rows.length && first <= last) {
        map.anchor = { row: rows[0], ls: Math.min(first, map.view.columns) };
        map.cursor = { row: rows[rows.length - 1], ls: Math.min(last, map.view.columns) };
        pick(map.anchor, map.cursor);
        map.picked.last = last;
      }
    }
    // the address stays as it was given
    map.mark();
    map.tell(false);
    if (map.picked || node("era-map-worth").firstChild) weigh();
  };
  map.mark = function () {
    const canvas = node("era-map-hand"), { view, picked, cursor, hover } = map;
    if (!canvas || !view) return;
    const pen = canvas.getContext("2d"), cell = view.css.width / view.columns, box = map.box();
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (picked) {
      const x = map.x(Math.min(picked.first, view.columns)), y = map.y(picked.top), wide = Math.max(3, map.x(Math.min(picked.last, view.columns)) + cell - x), high = Math.max(3, map.y(picked.bottom + 1) - y);
      pen.globalAlpha = 0.18;
      pen.fillStyle = map.colour("accent");
      pen.fillRect(x, y, wide, high);
      pen.globalAlpha = 1;
      // a light line in a dark one is seen on every colour
      pen.lineWidth = 4; pen.strokeStyle = map.colour("bg"); pen.strokeRect(x - 1, y - 1, wide + 2, high + 2);
      pen.lineWidth = 2; pen.strokeStyle = map.colour("accent"); pen.strokeRect(x - 1, y - 1, wide + 2, high + 2);
    }
    const spot = document.activeElement === node("era-map-place") ? cursor : hover;
    if (spot) {
      const x = map.x(spot.ls) + cell / 2, y = map.y(spot.row) + view.css.row / 2;
      pen.lineWidth = 1;
      pen.strokeStyle = map.colour("ink");
      pen.setLineDash([2, 3]);
      pen.beginPath(); pen.moveTo(x, box.top); pen.lineTo(x, box.bottom); pen.moveTo(box.left, y); pen.lineTo(box.right, y); pen.stroke();
      pen.setLineDash([]);
      const wide = Math.max(8, cell), high = Math.max(8, view.css.row);
      pen.lineWidth = 4; pen.strokeStyle = map.colour("bg"); pen.strokeRect(x - wide / 2, y - high / 2, wide, high);
      pen.lineWidth = 2; pen.strokeStyle = map.colour("ink"); pen.strokeRect(x - wide / 2, y - high / 2, wide, high);
    }
  };
  function tip(spot) {
    const box = node("era-map-tip"), place = node("era-map-place");
    if (!box) return;
    box.hidden = !spot;
    if (!spot) return;
    box.textContent = map.words(spot.row, spot.ls);
    const x = map.x(spot.ls), y = map.y(spot.row) + map.view.css.row, wide = box.offsetWidth, high = box.offsetHeight;
    box.style.left = `${clamp(x + 12, 0, Math.max(0, place.clientWidth - wide))}px`;
    box.style.top = `${y + high + 16 > place.clientHeight ? Math.max(0, y - high - 20) : y + 12}px`;
  }
  function move(row, ls, isExtending) {
    map.cursor = { row: clamp(row, 0, map.view.rows - 1), ls: clamp(ls, 1, map.view.columns) };
    if (!isExtending || !map.anchor) map.anchor = map.cursor;
    pick(map.anchor, map.cursor);
    map.mark();
    tip(map.cursor);
    map.tell(true);
    node("era-map-says").textContent = map.words(map.cursor.row, map.cursor.ls);
  }
  /** The next lumisection of a row that tells something else. */
  function change(row, ls, way) {
    const last = Math.min(map.view.columns, map.data.lengths[row]);
    let at = clamp(ls, 1, last || 1);
    const group = map.groupAt(row, at);
    do at += way; while (at >= 1 && at <= last && map.groupAt(row, at) === group);
    return clamp(at, 1, last || 1);
  }
  function pressed(event) {
    if (event.ctrlKey || event.metaKey || !map.view || !map.data.runs.length) return;
    const { row, ls } = map.cursor || { row: 0, ls: 1 }, way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const places = {
      ArrowUp: [row - 1, ls], ArrowDown: [row + 1, ls], PageUp: [row - 10, ls], PageDown: [row + 10, ls],
      Home: [row, 1], End: [row, Math.max(1, map.data.lengths[row])],
    };
    const to = way ? [row, event.altKey ? change(row, ls, way) : ls + way] : !event.altKey && places[event.key];
    if (to) { if (map.cursor) move(...to, event.shiftKey); else move(0, 1, false); }
    else if (event.key === "Enter") { if (!map.picked) move(row, ls, false); walkTo(certifyAddress(map.picked)); }
    else if (event.key === "Escape") { map.picked = map.anchor = null; map.mark(); tip(null); map.tell(true); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  map.bind = function () {
    const place = node("era-map-place");
    if (place.dataset.bound) return;
    place.dataset.bound = "yes";
    place.addEventListener("keydown", pressed);
    place.addEventListener("focus", () => map.mark());
    place.addEventListener("blur", () => { tip(null); map.mark(); });
    place.addEventListener("pointerdown", (event) => {
      const spot = event.button === 0 && map.view && under(event, false);
      if (!spot) return;
      place.focus({ preventScroll: true });
      place.setPointerCapture(event.pointerId);
      dragged = true;
      map.cursor = spot;
      if (!event.shiftKey || !map.anchor) map.anchor = spot;
      pick(map.anchor, map.cursor);
      map.mark();
      map.tell(false);
      event.preventDefault();
    });
    place.addEventListener("pointermove", (event) => {
      if (!map.view) return;
      if (dragged) {
        map.cursor = under(event, true);
        pick(map.anchor, map.cursor);
        map.tell(false);
        tip(map.cursor);
      } else { map.hover = under(event, false); tip(map.hover); }
      map.mark();
    });
    const end = () => { if (dragged) { dragged = false; map.tell(true); } };
    place.addEventListener("pointerup", end);
    place.addEventListener("pointercancel", end);
    place.addEventListener("pointerleave", () => { map.hover = null; if (!dragged) tip(null); map.mark(); });
    new MutationObserver(outdate).observe(node("era-map-worth"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-for"] });
    new ResizeObserver(() => requestAnimationFrame(() => { if (node("era-map-place") === place && map.data && place.clientWidth) map.fit(); })).observe(place.parentElement);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("#era-map-actions a"), button = event.target.closest && event.target.closest("#era-map-legend [data-group]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); walkTo(link.getAttribute("href")); }
    if (!button || !map.view) return;
    const group = Number(button.dataset.group);
    map.only = map.only === group ? null : group;
    document.querySelectorAll("#era-map-legend [data-group]").forEach((each) => each.setAttribute("aria-pressed", String(Number(each.dataset.group) === map.only)));
    map.paint();
  });
})();
