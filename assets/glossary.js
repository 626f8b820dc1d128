/* What a dotted word means, on hover and on focus, and a head of a grid on focus: one definition for the whole screen, moved to where one is. */
(function () {
  "use strict";
  const WAIT_MS = 250;
  const tip = () => document.getElementById("glossary-tip");
  const word = (node) => node && node.closest && node.closest("abbr.term[data-says]");
  let at = null, waits = 0;

  /** A head of a grid that a keyboard is at, and its words: the grid itself tells them to a pointer only. */
  const head = (node) => node && node.matches && node.matches(".ag-header-cell:focus-visible") && node;
  function saysHead(node) {
    const grid = [window.rrCertify, window.rrRuns].find((each) => each && each.api && each.place && each.place.contains(node));
    const column = grid && grid.api.getColumn(node.getAttribute("col-id"));
    return (column && column.getColDef().headerTooltip) || "";
  }

  function show(abbr, words = abbr.dataset.says) {
    const place = tip();
    if (!place || !abbr.isConnected) return;
    hide();
    if (!words) return;
    at = abbr;
    place.textContent = words;
    place.hidden = false;
    abbr.setAttribute("aria-describedby", place.id);
    const box = abbr.getBoundingClientRect(), own = place.getBoundingClientRect();
    const below = box.bottom + 6 + own.height < window.innerHeight;
    place.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - own.width - 8))}px`;
    place.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - own.height - 6)}px`;
  }
  function hide() {
    clearTimeout(waits);
    if (at) at.removeAttribute("aria-describedby");
    if (tip()) tip().hidden = true;
    at = null;
  }
  const later = (what) => { clearTimeout(waits); waits = setTimeout(what, WAIT_MS); };
  document.addEventListener("mouseover", (event) => {
    const abbr = word(event.target), place = tip();
    if (abbr && abbr !== at) later(() => show(abbr));
    // one may move onto the definition itself, to read or copy it
    else if (place && place.contains(event.target)) clearTimeout(waits);
    else if (!abbr && at !== document.activeElement) later(hide);
  });
  document.addEventListener("focusin", (event) => {
    const abbr = word(event.target), its = head(event.target);
    if (abbr) show(abbr); else if (its) show(its, saysHead(its)); else if (at) hide();
  });
  document.addEventListener("focusout", (event) => { if (at && at === event.target) hide(); });
  // a press on a word shows it at once, where there is no pointer to hover with, and acts on nothing behind it
  document.addEventListener("click", (event) => { const abbr = word(event.target); if (abbr) { event.preventDefault(); show(abbr); } });
  // at the window, so before whatever else Escape means here
  window.addEventListener("keydown", (event) => { if (event.key === "Escape" && at) { hide(); event.stopPropagation(); } }, true);
  window.addEventListener("scroll", () => { if (at) hide(); }, true);
})();
