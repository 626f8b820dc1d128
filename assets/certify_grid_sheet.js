/* A sheet over the grid asks before many datasets move: what it would do, a reason where one is needed, one key. */
(function () {
  "use strict";
  const grid = window.rrCertify;

  const element = (grid.element = (name, words, css) => Object.assign(document.createElement(name), { textContent: words || "", className: css || "" }));
  const count = (grid.datasets = (n) => `${n} dataset${n === 1 ? "" : "s"}`);
  grid.invpb = (value) => value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  grid.sum = (found) => grid.invpb(found.reduce((total, row) => total + (row.l || 0), 0));
  /** The rows of the selection, or that of the cursor. */
  grid.rows = function () {
    const ids = new Set([...grid.cells()].map((cell) => cell.id));
    if (!ids.size && grid.cursor) ids.add(grid.cursor.id);
    return [...ids].map((id) => grid.node(id)).filter(Boolean).map((node) => node.data);
  };
  /** Open a sheet on datasets. `parts` stand between title and buttons, each action is [words, act or null]. */
  grid.openSheet = function (title, found, parts, actions) {
    const place = grid.part("signOff");
    if (!place) return;
    const head = element("h2", title), bar = element("div", "", "actions");
    head.append(element("span", ` ${grid.sum(found)} pb⁻¹`, "dim"));
    const buttons = actions.map(([words, act], at) => {
      const button = element("button", words, `button${at ? "" : " is-primary"}`);
      button.type = "button";
      button.disabled = !act;
      button.addEventListener("click", () => { if (act() !== false) grid.closeSignOff(); });
      return button;
    });
    const no = element("button", "Not now (Esc)", "button");
    no.type = "button";
    no.addEventListener("click", grid.closeSignOff);
    bar.append(...buttons, no);
    place.replaceChildren(head, ...parts, bar);
    place.hidden = false;
    (place.querySelector("textarea, select, input") || [...buttons, no].find((each) => !each.disabled)).focus();
    grid.say(title);
  };
  /** A field for the reason; its words are kept where the sheet reads them. */
  grid.reasonField = function (words) {
    const label = element("label", words), field = document.createElement("textarea");
    field.rows = 2;
    field.maxLength = 2000;
    field.className = "form-control form-control-sm";
    label.append(field);
    return { label, field };
  };
  /** Whether a reason is long enough; if not, it is asked for at its place. */
  grid.hasReason = function (field) {
    if (field.value.trim().length >= 3) return true;
    grid.toast("A reason of at least 3 characters is needed.");
    field.focus();
    return false;
  };
  grid.closeSignOff = function () {
    const place = grid.part("signOff");
    if (!place || place.hidden) return;
    place.hidden = true;
    grid.place.focus({ preventScroll: true });
  };
  grid.named = (found) => `${found.slice(0, 4).map((row) => row.r).join(", ")}${found.length > 4 ? ` and ${count(found.length - 4)} more` : ""}`;

  document.addEventListener("keydown", (event) => {
    const place = grid.place && grid.part("signOff");
    if (!place || place.hidden) return;
    if (event.code === "Escape") { grid.closeSignOff(); event.stopImmediatePropagation(); }
    const isField = place.contains(event.target) && event.target.matches("textarea, select, input:not([type=checkbox])");
    if (event.code === "Enter" && !event.shiftKey && isField) {
      const first = place.querySelector(".button.is-primary");
      if (first && !first.disabled) first.click();
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
})();
