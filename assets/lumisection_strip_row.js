/* The lumisections of a row, drawn under it: L opens and closes, the strip's own keys work inside. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  let shown = null;

  const box = () => grid.place && grid.place.querySelector(".certify-strip");
  grid.isStripOpen = () => { const node = box(); return !!node && !node.hidden; };
  /** Under its row where there is room, else above it. */
  function stand() {
    const node = box(), row = shown && grid.place && grid.place.querySelector(`[row-id="${shown}"]`);
    if (!node || node.hidden) return;
    const place = grid.place.getBoundingClientRect(), room = place.height - node.offsetHeight - 4;
    const at = row ? row.getBoundingClientRect().bottom - place.top : room;
    const above = row ? row.getBoundingClientRect().top - place.top - node.offsetHeight : 0;
    node.style.top = `${Math.max(0, at <= room ? at : above > 40 ? above : room)}px`;
  }
  /** Where there is room neither under its row nor above, the row moves up: it stays in sight with its strip. */
  function makeRoom() {
    const node = box(), row = shown && grid.place.querySelector(`[row-id="${shown}"]`);
    if (!row) return;
    const place = grid.place.getBoundingClientRect(), its = row.getBoundingClientRect();
    if (its.bottom + node.offsetHeight + 4 > place.bottom && its.top - place.top - node.offsetHeight <= 40) grid.api.ensureNodeVisible(grid.node(shown), "top");
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
