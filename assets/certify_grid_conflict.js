/* Two people at once: what both say of the same lumisections stands side by side, and one key chooses. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  /** Edits that somebody overtook: {status, cause, comment, onlyOpen, touched, conflicts}. */
  grid.conflicts = [];

  const isOf = (conflict, [id, index]) => {
    const node = grid.node(id);
    return !!node && conflict.run_number === node.data.r && conflict.dataset === node.data.d && conflict.column === grid.column(index);
  };
  const overtaken = (one) => one.touched.filter((cell) => one.conflicts.some((conflict) => isOf(conflict, cell)));
  /** The one that the selection is about, else the newest. */
  function current() {
    const here = grid.conflicts.filter((one) => one.touched.some(([id, index]) => grid.selected.has(grid.key(id, index))));
    return here.pop() || grid.conflicts[grid.conflicts.length - 1];
  }
  grid.keepConflict = function (each, answer) {
    const { status, cause, comment, only_open: onlyOpen } = each.body;
    grid.conflicts.push({ status, cause, comment, onlyOpen, touched: each.touched, conflicts: answer.conflicts });
    show();
    const panel = document.querySelector(".certify-page .certify-panel");
    if (panel) panel.classList.add("is-open");
  };
  const ranges = (found) => found.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
  function line(conflict) {
    const item = grid.element("li");
    const strong = (words) => grid.element("b", words);
    item.append(`run ${conflict.run_number} ${conflict.column} LS ${ranges(conflict.ranges)}: ${conflict.by} says `, strong(conflict.theirs), ", you say ", strong(conflict.yours));
    return item;
  }
  function button(words, key, isMine) {
    const found = grid.element("button", `${words} `, "button");
    found.type = "button";
    found.append(grid.element("kbd", key));
    found.addEventListener("click", () => grid.decideConflict(isMine));
    return found;
  }
  /** Both sides, where the refusal stands. */
  function show() {
    const place = document.getElementById("certify-panel-refusal-own"), one = current();
    if (!place) return;
    place.querySelectorAll(".both-sides").forEach((node) => node.remove());
    if (!one) return;
    const box = grid.element("div", "", "notice is-late both-sides"), list = grid.element("ul"), bar = grid.element("div", "", "actions");
    box.append(grid.element("b", `Two at once${grid.conflicts.length > 1 ? ` (${grid.conflicts.length} to decide)` : ""}`));
    list.append(...one.conflicts.slice(0, 5).map(line));
    if (one.conflicts.length > 5) list.append(grid.element("li", `and ${one.conflicts.length - 5} more`));
    bar.append(button("Mine", "M", true), button("Theirs", "T", false));
    box.append(list, bar);
    // the sentence of the refusal says the same of the first one
    place.replaceChildren(box);
  }
  grid.showConflict = show;
  /** Mine is said again, having seen theirs; theirs stays, and what nobody else touched is mine. */
  grid.decideConflict = function (isMine) {
    const one = current();
    if (!one) { grid.toast("Nobody differs with you here."); return; }
    grid.conflicts.splice(grid.conflicts.indexOf(one), 1);
    const theirs = new Set(overtaken(one).map(([id, index]) => grid.key(id, index))), rows = new Map();
    for (const [id, index] of one.touched) {
      grid.refused.delete(grid.key(id, index));
      if (!grid.node(id) || (!isMine && theirs.has(grid.key(id, index)))) continue;
      if (!rows.has(id)) rows.set(id, []);
      rows.get(id).push(index);
    }
    document.dispatchEvent(new CustomEvent("rr:refused", { detail: "" }));
    if (rows.size) grid.send({ ...one, rows });
    grid.paint();
    grid.toast(isMine ? `${one.status} again, having seen the other side.` : `Theirs stays${rows.size ? `, yours where nobody differs` : ""}.`);
  };
})();
