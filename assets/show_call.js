/* “Show me the call”: open the panel, choose how it is written, copy. What stands in it the server writes. */
(function () {
  "use strict";
  const panel = () => document.getElementById("show-call");
  const typing = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=textbox]"));
  let before = null;

  function show(open) {
    const place = panel();
    if (!place || place.hidden === !open) return;
    place.hidden = !open;
    if (open) { before = document.activeElement; choose(place.dataset.way).focus(); }
    else if (before && before.focus) before.focus();
  }
  function choose(way) {
    panel().dataset.way = way;
    let chosen = null;
    panel().querySelectorAll(".show-call-way").forEach((each) => {
      const on = each.dataset.way === way;
      each.setAttribute("aria-pressed", String(on));
      if (on) chosen = each;
    });
    return chosen;
  }
  /** Keep the focus in the panel while it is open. */
  function within(event) {
    const stops = [...panel().querySelectorAll("button, pre")].filter((each) => each.offsetParent);
    const first = stops[0], last = stops[stops.length - 1];
    if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
  }
  document.addEventListener("keydown", (event) => {
    const place = panel(), open = place && !place.hidden;
    if (open) {
      if (event.key === "Escape") { show(false); event.preventDefault(); }
      else if (event.key === "Tab") within(event);
      // nothing behind the panel hears its keys
      event.stopPropagation();
      return;
    }
    if (typing(event.target) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.code !== "KeyR") return;
    const control = document.getElementById("show-call-open");
    if (control) { event.preventDefault(); control.click(); }
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest("#show-call-open")) show(true);
    const place = panel();
    if (!place || place.hidden) return;
    if (event.target === place || event.target.closest(".show-call-close")) show(false);
    const way = event.target.closest(".show-call-way"), button = event.target.closest(".show-call-copy");
    if (way) choose(way.dataset.way);
    if (button) window.rrCopyText(button, button.parentNode.querySelector("code"));
  });
})();
