/* Sign off what is selected, or take it back: a preview of what is ready and what is missing, then one key. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  const STEP = { OPEN: "SIGNOFF", SIGNOFF: "COMPLETED", "waiting dqm gui": "OPEN" };
  const ALL = "all workspaces";

  const missing = (row) => grid.texts(row).map((text, index) => (grid.isOpen(text) ? grid.column(index) : "")).filter(Boolean);

  function undecided(open) {
    const list = grid.element("ul", "", "certify-missing");
    for (const row of open.slice(0, 6)) list.append(grid.element("li", `${row.r} ${row.d}: ${missing(row).slice(0, 5).join(", ")}${missing(row).length > 5 ? ` and ${missing(row).length - 5} more` : ""}`));
    if (open.length > 6) list.append(grid.element("li", `and ${open.length - 6} more datasets`));
    return [grid.element("p", `${open.length} stay${open.length === 1 ? "s" : ""} OPEN, ${grid.sum(open)} pb⁻¹, because nobody decided on:`), list];
  }
  grid.openSignOff = function () {
    const found = grid.rows();
    if (!found.length) { grid.toast("Select the datasets to sign off first; Ctrl+A selects all."); return; }
    const from = found.some((row) => row.s === "OPEN") ? "OPEN" : found[0].s, to = STEP[from];
    if (!to) { grid.toast(`Nothing to sign off: ${found[0].s}.`); return; }
    const here = found.filter((row) => row.s === from), other = found.length - here.length;
    const open = from === "OPEN" ? here.filter((row) => missing(row).length) : [], ready = here.filter((row) => !open.includes(row));
    const parts = open.length ? undecided(open) : [];
    if (other) parts.push(grid.element("p", `${other} selected dataset${other > 1 ? "s are" : " is"} not ${from} and stay${other > 1 ? "" : "s"} so.`, "dim"));
    const words = to === "SIGNOFF" ? "Sign off" : `Move to ${to}`, carryOut = (workspace) => () => grid.move(ready, [from, to], "", workspace);
    const actions = [[`${to === "SIGNOFF" ? "Sign off" : "Move"} ↵`, ready.length ? carryOut() : null]];
    if (grid.asked.workspace === "global" && ready.length) actions.push(["In all workspaces", carryOut(ALL)]);
    grid.openSheet(`${words} ${grid.datasets(ready.length)} of ${grid.asked.workspace}`, ready, parts, actions);
  };
  /** Back to OPEN, with a reason that stays in the history. */
  grid.openBack = function () {
    const found = grid.rows().filter((row) => row.s !== "OPEN" && row.s !== "waiting dqm gui"), other = grid.rows().length - found.length;
    if (!found.length) { grid.toast("Nothing to take back: select datasets that are signed off or completed."); return; }
    const { label, field } = grid.reasonField("Why? It stays in the history.");
    const states = [...new Set(found.map((row) => row.s))], parts = [grid.element("p", `Runs ${grid.named(found)}, now ${states.join(" and ")}.`), label];
    if (other) parts.push(grid.element("p", `${other} selected dataset${other > 1 ? "s stay as they are" : " stays as it is"}.`, "dim"));
    const back = (workspace) => () => {
      if (!grid.hasReason(field)) return false;
      for (const state of states) grid.move(found.filter((row) => row.s === state), [state, "OPEN"], field.value, workspace);
      return true;
    };
    const actions = [["Back to OPEN ↵", back()]];
    if (grid.asked.workspace === "global") actions.push(["In all workspaces", back(ALL)]);
    grid.openSheet(`Back to OPEN: ${grid.datasets(found.length)} of ${grid.asked.workspace}`, found, parts, actions);
  };
  /** Take datasets out of sight with a reason, or bring hidden ones back. */
  grid.openHide = function () {
    const found = grid.rows(), isBack = grid.asked.hidden;
    if (!found.length) { grid.toast(`Select the datasets to ${isBack ? "bring back" : "hide"} first.`); return; }
    const { label, field } = grid.reasonField("Why? It stays in the history.");
    const act = () => {
      if (!isBack && !grid.hasReason(field)) return false;
      grid.hide(found, !isBack, field.value);
      return true;
    };
    const parts = [grid.element("p", `Runs ${grid.named(found)}. ${isBack ? "They stand in every grid again." : "Nothing is lost: whatever happens to them meanwhile is recorded."}`), ...(isBack ? [] : [label])];
    grid.openSheet(`${isBack ? "Bring back" : "Hide"} ${grid.datasets(found.length)}`, found, parts, [[`${isBack ? "Bring back" : "Hide"} ↵`, act]]);
  };
})();
