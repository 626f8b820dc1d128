/* The board across the room: a new problem pulses and sounds (unless muted), and `?wall=1` shows no controls. */
(function () {
  "use strict";
  const MUTED = "rr-muted", PULSES_MS = 8000, BAD = "is-bad";
  const isMuted = () => localStorage.getItem(MUTED) === "1";
  let before = null, audio = null;

  function sound() {
    // a browser is silent until somebody has touched the page: then it pulses only
    if (isMuted() || !navigator.userActivation || !navigator.userActivation.hasBeenActive) return;
    audio = audio || new AudioContext();
    for (const [at, pitch] of [[0, 880], [0.22, 660]]) {
      const tone = audio.createOscillator(), loud = audio.createGain(), from = audio.currentTime + at;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.12, from);
      loud.gain.exponentialRampToValueAtTime(0.001, from + 0.2);
      tone.connect(loud).connect(audio.destination);
      tone.start(from); tone.stop(from + 0.2);
    }
  }
  function now() {
    const run = document.querySelector("#board-current h1");
    const tiles = [...document.querySelectorAll("#board-tiles .tile")];
    return run && tiles.length ? { run: run.textContent, bad: new Map(tiles.map((tile) => [tile.querySelector("b").textContent, tile])) } : null;
  }
  function watch() {
    const seen = now();
    if (!seen) { before = null; return; }
    const bad = new Set([...seen.bad].filter(([, tile]) => tile.classList.contains(BAD)).map(([name]) => name));
    const stopped = document.documentElement.classList.contains("is-stopped");
    if (before && before.run === seen.run) {
      const fresh = [...bad].filter((name) => !before.bad.has(name));
      for (const name of fresh) before.pulses.set(name, Date.now() + PULSES_MS);
      if (fresh.length || (stopped && !before.stopped)) { window.rrBoard.alarms += 1; sound(); }
    }
    const pulses = before && before.run === seen.run ? before.pulses : new Map();
    for (const [name, tile] of seen.bad) {
      const does = bad.has(name) && (pulses.get(name) || 0) > Date.now();
      if (tile.classList.contains("is-new") !== does) tile.classList.toggle("is-new", does);
    }
    before = { run: seen.run, bad, stopped, pulses };
  }
  function button() {
    const node = document.getElementById("board-sound");
    if (!node) return;
    const said = isMuted() ? "sound off" : "sound on";
    if (node.textContent !== said) node.textContent = said;
    if (node.getAttribute("aria-pressed") !== String(!isMuted())) node.setAttribute("aria-pressed", String(!isMuted()));
  }
  function wall() {
    const is = window.location.pathname === "/" && new URLSearchParams(window.location.search).get("wall") === "1";
    if (document.documentElement.classList.contains("is-wall") !== is) {
      document.documentElement.classList.toggle("is-wall", is);
      window.dispatchEvent(new Event("resize"));
    }
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest("#board-sound")) return;
    localStorage.setItem(MUTED, isMuted() ? "0" : "1");
    button();
    sound();
  });
  /** The lumisections for which a tile is as it is; all of its column where it says of none. */
  function behind(tile) {
    const strip = window.rrStrip, meta = strip && strip.root && strip.root.isConnected && strip.meta;
    const name = tile.querySelector("b").textContent, row = meta ? meta.rows.findIndex((each) => each.editable && each.key === name) : -1;
    if (row < 0) return null;
    const is = meta.rows[row].spans.filter((span) => tile.classList.contains(`is-${meta.codes[span[2]][2].toLowerCase()}`));
    const parts = is.length ? is : [[meta.first, meta.last]];
    return { row, first: parts[0][0], last: parts[0][1], cells: parts.reduce((all, [a, b]) => strip.union(all, strip.rectangle([row], a, b)), new Map()) };
  }
  // a tile of the board selects on its strip, so that the next key certifies; with Ctrl it opens the run as a link does
  document.addEventListener("click", (event) => {
    const tile = event.target.closest && event.target.closest("#board-tiles a.tile");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const found = behind(tile), strip = window.rrStrip;
    if (!found || !found.cells.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    strip.cursor = strip.anchor = { row: found.row, first: found.first, last: found.last };
    const grid = document.getElementById(strip.root.dataset.grid);
    grid.focus({ preventScroll: true });
    strip.choose(found.cells);
    strip.onMeta();
    const below = strip.gd.getBoundingClientRect().top + strip.y(strip.meta.rows[found.row].bottom) + 40 - window.innerHeight;
    if (below > 0) window.scrollBy({ top: below, behavior: "instant" });
  }, true);
  window.rrBoard = { alarms: 0 };
  // a wall is one from the first thing it shows
  wall();
  setInterval(() => { wall(); button(); watch(); }, 500);
})();
