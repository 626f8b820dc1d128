/* Sign off what is selected: a preview of what is ready and what is missing, then one key. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const STEP = { OPEN: "SIGNOFF", SIGNOFF: "COMPLETED", "waiting dqm gui": "OPEN" };
  let plan = null;

  const element = (name, words, css) => Object.assign(document.createElement(name), { textContent: words, className: css || "" });
  function rows() {
    const ids = new Set([...grid.cells()].map((cell) => cell.id));
    if (!ids.size && grid.cursor) ids.add(grid.cursor.id);
    return [...ids].map((id) => grid.node(id)).filter(Boolean).map((node) => node.data);
  }
  const missing = (row) => grid.texts(row).map((text, index) => (grid.isOpen(text) ? grid.column(index) : "")).filter(Boolean);
  const sum = (found) => found.reduce((total, row) => total + (row.l || 0), 0).toFixed(1);

  grid.openSignOff = function () {
    const place = grid.part("signOff"), found = rows();
    if (!place) return;
    if (!found.length) { grid.toast("Select the datasets to sign off first; Ctrl+A selects all."); return; }
    const from = found.some((row) => row.s === "OPEN") ? "OPEN" : found[0].s;
    if (!STEP[from]) { grid.toast(`Nothing to sign off: ${found[0].s}.`); return; }
    const here = found.filter((row) => row.s === from);
    const ready = from === "OPEN" ? here.filter((row) => !missing(row).length) : here;
    const open = from === "OPEN" ? here.filter((row) => missing(row).length) : [];
    plan = { ready, states: [from, STEP[from]] };
    const title = element("h2", `${STEP[from] === "SIGNOFF" ? "Sign off" : `Move to ${STEP[from]}`} ${ready.length} dataset${ready.length === 1 ? "" : "s"} of ${grid.asked.workspace}`);
    title.append(element("span", ` ${sum(ready)} pb⁻¹`, "dim"));
    place.replaceChildren(title);
    if (open.length) {
      place.append(element("p", `${open.length} stay${open.length === 1 ? "s" : ""} OPEN, ${sum(open)} pb⁻¹, because nobody decided on:`));
      const list = element("ul", "", "certify-missing");
      for (const row of open.slice(0, 6)) list.append(element("li", `${row.r} ${row.d}: ${missing(row).slice(0, 5).join(", ")}${missing(row).length > 5 ? ` and ${missing(row).length - 5} more` : ""}`));
      if (open.length > 6) list.append(element("li", `and ${open.length - 6} more datasets`));
      place.append(list);
    }
    const other = found.length - here.length;
    if (other) place.append(element("p", `${other} selected dataset${other > 1 ? "s are" : " is"} not ${from} and stay${other > 1 ? "" : "s"} so.`, "dim"));
    const actions = element("div", "", "actions");
    const yes = element("button", `${STEP[from] === "SIGNOFF" ? "Sign off" : "Move"} ↵`, "button is-primary"), no = element("button", "Not now (Esc)", "button");
    yes.type = no.type = "button";
    yes.disabled = !ready.length;
    yes.addEventListener("click", carryOut);
    no.addEventListener("click", grid.closeSignOff);
    actions.append(yes, no);
    place.append(actions);
    place.hidden = false;
    (ready.length ? yes : no).focus();
    grid.say(title.textContent);
  };
  grid.closeSignOff = function () {
    const place = grid.part("signOff");
    if (!place || place.hidden) return;
    place.hidden = true;
    plan = null;
    grid.place.focus({ preventScroll: true });
  };
  function carryOut() {
    if (plan && plan.ready.length) grid.move(plan.ready, plan.states);
    grid.closeSignOff();
  }
  document.addEventListener("keydown", (event) => {
    if (event.code === "Escape" && grid.place && !grid.part("signOff").hidden) { grid.closeSignOff(); event.stopImmediatePropagation(); }
  }, true);
})();
