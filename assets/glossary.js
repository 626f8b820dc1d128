/* What a dotted word means, on hover and on focus: one definition for the whole screen, moved to where one is. */
(function () {
  "use strict";
  const WAIT_MS = 250;
  const tip = () => document.getElementById("glossary-tip");
  const word = (node) => node && node.closest && node.closest("abbr.term[data-says]");
  let at = null, waits = 0;

  function show(abbr) {
    const place = tip();
    if (!place || !abbr.isConnected) return;
    hide();
    at = abbr;
    place.textContent = abbr.dataset.says;
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
  document.addEventListener("focusin", (event) => { const abbr = word(event.target); if (abbr) show(abbr); else if (at) hide(); });
  document.addEventListener("focusout", (event) => { if (word(event.target)) hide(); });
  // a press on a word shows it at once, where there is no pointer to hover with, and acts on nothing behind it
  document.addEventListener("click", (event) => { const abbr = word(event.target); if (abbr) { event.preventDefault(); show(abbr); } });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && at) { hide(); event.stopPropagation(); } }, true);
  window.addEventListener("scroll", () => { if (at) hide(); }, true);
})();
