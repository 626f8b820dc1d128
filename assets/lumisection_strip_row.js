/* The lumisections of a row, drawn under it: L opens and closes, the strip's own keys work inside. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const GAP = 4, LEAST = 240;
  let shown = null;

  const box = () => grid.place && grid.place.querySelector(".certify-strip");
  grid.isStripOpen = () => { const node = box(); return !!node && !node.hidden; };
  /** What there is below and above its row, and what the strip asks for. */
  function measure() {
    const node = box(), row = shown && grid.place && grid.place.querySelector(`[row-id="${shown}"]`);
    if (!node || node.hidden) return null;
    node.style.maxHeight = "";
    const place = grid.place.getBoundingClientRect(), its = row && row.getBoundingClientRect(), needs = node.offsetHeight;
    const head = grid.place.querySelector(".ag-header").getBoundingClientRect().bottom - place.top;
    const bottom = its ? its.bottom - place.top : 0, top = its ? its.top - place.top : 0;
    return { node, its, needs, top, bottom, head, height: place.height, below: place.height - bottom - GAP, above: top - head };
  }
  /** Under its row where there is room, else above it, else where there is more: its own row stays in sight. */
  function stand() {
    const at = measure();
    if (!at) return;
    const isBelow = at.needs <= at.below || (at.needs > at.above && at.below >= at.above), room = isBelow ? at.below : at.above;
    const isFree = !at.its || room < LEAST, high = isFree ? at.needs : Math.min(at.needs, room);
    at.node.style.maxHeight = isFree ? "" : `${room}px`;
    at.node.style.top = `${Math.max(0, isFree ? at.height - high - GAP : isBelow ? at.bottom : at.top - high)}px`;
  }
  /** Where there is room neither under its row nor above, the row moves up: it stays in sight with its strip. */
  function makeRoom() {
    const at = measure();
    if (at && at.its && at.needs > at.below && at.needs > at.above) grid.api.ensureNodeVisible(grid.node(shown), "top");
  }
  grid.openStrip = function () {
    const node = box(), at = grid.cursor;
    if (!node) return;
    if (!node.hidden && (!at || shown === at.id)) { grid.closeStrip(); return; }
    if (!at) { grid.toast("Choose a cell first."); return; }
    const row = grid.node(at.id).data;
    shown = at.id;
    node.hidden = false;
    grid.wantsStrip = true;
    grid.ask({ strip: { run_number: row.r, dataset: row.d } });
    grid.say(`Lumisections of run ${row.r}`);
    stand();
  };
  grid.closeStrip = function () {
    const node = box();
    if (!node || node.hidden) return;
    grid.leaveStrip();
    node.hidden = true;
    shown = null;
    grid.ask({ closed: true });
    grid.place.focus({ preventScroll: true });
  };
  /** A selection in the grid ends the one on the strip: the panel speaks of one of them. */
  grid.leaveStrip = function () {
    if (grid.isStripOpen() && window.rrStrip.chosen.size) window.rrStrip.choose(new Map());
  };
  window.rrStrip.onMount.push((root) => {
    if (!grid.place || !grid.place.contains(root)) return;
    requestAnimationFrame(() => {
      if (grid.wantsStrip) makeRoom();
      stand();
      // one that was replaced meanwhile leaves the focus to its successor
      if (!grid.wantsStrip || !root.isConnected) return;
      grid.wantsStrip = false;
      root.querySelector(".strip-grid").focus({ preventScroll: true });
    });
  });
  document.addEventListener("keydown", (event) => {
    const node = box();
    if (!node || node.hidden || !node.contains(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const isClosing = event.code === "KeyL" || (event.code === "Escape" && !window.rrStrip.chosen.size);
    if (!isClosing) return;
    grid.closeStrip();
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  window.addEventListener("resize", stand);
  document.addEventListener("rr:grid-scrolled", stand);
  document.addEventListener("rr:grid", () => { const node = box(); if (node) node.hidden = true; shown = null; });
})();
