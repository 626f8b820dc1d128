/* The side panel follows the strip's selection without a request, and passes its buttons on as intents. */
(function () {
  "use strict";
  const LAST = "rr-last-cause";
  const panel = () => document.querySelector(".certify-panel");
  const part = (name) => { const p = panel(); return p && document.getElementById(p.dataset[name]); };
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  function open(show) {
    const p = panel();
    if (p) p.classList.toggle("is-open", show);
  }
  function press(status) {
    document.querySelectorAll(".certify-panel [data-status]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.status === status)));
  }
  const chosen = () => document.querySelector('.certify-panel [data-status][aria-pressed="true"]');
  /** A status was chosen for what was selected then: of anything else it says nothing, nor does its effect. */
  function release() {
    press("");
    set("certify-panel-impact", { children: null });
  }
  let about = "", refines = false;
  document.addEventListener("rr:selection", (event) => {
    const p = panel(), data = event.detail, now = data ? JSON.stringify([data.run_number, data.cells]) : "";
    if (!p) return;
    if (now !== about) {
      if (chosen() && !refines) release();
      // lumisections typed for what was selected before would be read as those of this
      if (typed() && typed().value) set(EXACTLY, { value: "" });
    }
    about = now;
    p.classList.toggle("has-selection", !!data);
    // the panel may be drawn again meanwhile: what is selected is told beyond it
    document.body.classList.toggle("has-strip-selection", !!data);
    part("what").textContent = data ? `LS ${data.ranges}` : "Nothing selected";
    part("size").textContent = data ? `${data.n_ls.toLocaleString("en")} lumisections · ${data.pb} pb⁻¹` : "drag over the strip, or use the arrow keys";
    part("size").title = data ? `recorded luminosity, ${data.source}` : "";
    const columns = part("columns");
    columns.replaceChildren();
    const seen = new Map();
    for (const cell of data ? data.cells : []) {
      if (!seen.has(cell.column)) seen.set(cell.column, new Set());
      seen.get(cell.column).add(cell.dataset);
    }
    const shown = [...seen].slice(0, 6);
    for (const [column, datasets] of shown) {
      const chip = document.createElement("li");
      chip.textContent = column;
      chip.title = [...datasets].join(", ");
      columns.append(chip);
    }
    if (seen.size > shown.length) {
      const more = document.createElement("li");
      more.textContent = `+ ${seen.size - shown.length} more`;
      columns.append(more);
    }
    const sets = new Set((data ? data.cells : []).map((cell) => cell.dataset));
    part("datasets").textContent = data ? `in ${[...sets].join(", ")}` : "";
  });
  // ---- what was applied is answered: it has no effect that is still to come, and a refusal is mended where one was
  let mends = "", isOld = false;
  const isRefused = () => !!document.querySelector("#certify-panel-refusal .is-refusal");
  const answer = new MutationObserver(() => {
    if (!isRefused()) { isOld = false; return; }
    if (isOld) return;
    const field = document.getElementById(mends), p = panel();
    settle();
    document.body.classList.remove("has-applied");
    if (!field || field.disabled || !p || document.activeElement.matches("input, select, textarea")) return;
    open(true);
    field.focus({ preventScroll: true });
  });
  function settle() { answer.disconnect(); mends = ""; }
  function await_(field) {
    const p = panel();
    mends = field && p.contains(field) && field.matches("input, select, textarea") ? field.id : "";
    isOld = isRefused();
    set("certify-panel-refusal", { children: null });
    document.body.classList.add("has-applied");
    answer.observe(document.body, { childList: true, subtree: true });
  }
  // whoever goes on meanwhile is not called back
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, settle, true);

  document.addEventListener("rr:intent", (event) => {
    const what = event.detail, p = panel();
    if (!p || !what.status) return;
    document.body.classList.remove("has-applied");
    if (what.apply) set("certify-panel-impact", { children: null });
    press(what.status);
    if (what.status !== "BAD" || refines) return;
    open(true);
    const cause = part("cause"), last = localStorage.getItem(LAST);
    if (cause && !cause.value && last) set(p.dataset.cause, { value: last });
    if (cause) cause.focus();
  });
  /** Lumisections as they are read off a plot, of the rows that are selected: a pixel may be three of them. */
  function exactly(words) {
    const strip = window.rrStrip, rows = [...strip.chosen.keys()];
    if (!rows.length) { window.rrCertify.toast("Select something on the strip first.", true); return false; }
    const ranges = words.split(",").map(window.rrCertify.range);
    if (ranges.some((range) => !range || range[0] > range[1])) { window.rrCertify.toast("Lumisections such as 10-20, 25.", true); return false; }
    const cells = ranges.reduce((all, [first, last]) => strip.union(all, strip.rectangle(rows, first, last)), new Map());
    if (!cells.size) { window.rrCertify.toast(`This run has no lumisections ${words}.`, true); return false; }
    const [first, last] = ranges[0];
    strip.cursor = strip.anchor = { row: rows[0], first: Math.max(first, strip.meta.first), last: Math.min(last, strip.meta.last) };
    const status = chosen();
    // of what a status was chosen for this is a part, told more exactly: it is meant still
    refines = true;
    strip.choose(cells);
    strip.onMeta();
    if (status) strip.ask({ status: status.dataset.status, apply: false });
    refines = false;
    return true;
  }
  const EXACTLY = "certify-panel-exactly", typed = () => document.getElementById(EXACTLY);
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Enter" || event.target.id !== EXACTLY) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!exactly(event.target.value)) return;
    (chosen() ? part("cause") : document.querySelector(".strip-grid")).focus({ preventScroll: true });
  }, true);
  // what was typed is what is selected, as soon as one leaves it
  document.addEventListener("change", (event) => { if (event.target.id === EXACTLY && event.target.value.trim()) exactly(event.target.value); });
  document.addEventListener("rr:comment", () => { open(true); const c = part("comment"); if (c) c.focus(); });

  // what was chosen for an earlier selection is not applied to this one
  document.addEventListener("click", (event) => {
    const apply = panel() && part("apply");
    if (!apply || apply.disabled || !apply.contains(event.target)) return;
    const isUnread = document.body.classList.contains("has-strip-selection") && typed() && typed().value.trim();
    const isSaid = !isUnread || exactly(typed().value);
    if (isSaid && chosen()) return;
    event.stopImmediatePropagation();
    if (!isSaid) return;
    window.rrCertify.toast("Select lumisections and choose a status first.");
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".certify-panel [data-status]");
    if (button && window.rrStrip) window.rrStrip.ask({ status: button.dataset.status, apply: false });
    const p = panel();
    if (!p || !event.target.closest) return;
    if (event.target.closest(".certify-panel-toggle")) open(!p.classList.contains("is-open"));
    const apply = part("apply");
    if (apply && apply.contains(event.target)) {
      const cause = part("cause");
      if (cause && cause.value) localStorage.setItem(LAST, cause.value);
      if (!apply.disabled) await_(document.activeElement);
    }
  });
  document.addEventListener("keydown", (event) => {
    const p = panel();
    if (!p || !p.contains(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Escape") {
      open(false);
      const grid = document.querySelector(".strip-grid");
      if (grid) grid.focus({ preventScroll: true });
    }
    const isField = event.target.matches("input, select, textarea");
    if (event.code === "Enter" && isField && !event.shiftKey) {
      event.preventDefault();
      const apply = part("apply");
      if (apply && !apply.disabled) apply.click();
      // back to the strip, so that the next letter certifies and is not typed
      const grid = document.querySelector(".strip-grid");
      if (grid) grid.focus({ preventScroll: true });
    }
  });
})();
