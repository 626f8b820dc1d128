/* Say that a bit was otherwise than OMS says, for the datasets of the selection; tried as one types, OMS's stays. */
(function () {
  "use strict";
  const grid = window.rrCertify;
  /** withdraws what was overridden */
  const AS_OMS = "as OMS says";

  /** "1-10" as [first, last]; null where it is none. */
  grid.range = function (words) {
    const found = /^\s*(\d+)\s*(?:[-–]\s*(\d+)\s*)?$/.exec(words);
    return found && [Number(found[1]), Number(found[2] || found[1])];
  };
  /** "1-10, 12" as ranges; null where it is none. */
  function ranges(words) {
    const found = words.split(",").filter((part) => part.trim()).map(grid.range);
    return found.includes(null) ? null : found;
  }
  function select(words, options) {
    const label = grid.element("label", words), field = document.createElement("select");
    field.className = "form-select form-select-sm";
    for (const each of options) field.append(Object.assign(grid.element("option", each), { value: each }));
    label.append(field);
    return { label, field };
  }
  async function post(body) {
    const response = await fetch("/api/v1/bits", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail || response.statusText);
    return told;
  }
  const signed = (change) => `${change < 0 ? "−" : change > 0 ? "+" : "±"}${grid.invpb(Math.abs(change))} pb⁻¹`;

  grid.openBits = function () {
    const found = grid.rows();
    if (!found.length) { grid.toast("Select the datasets whose bit was otherwise first."); return; }
    const bit = select("Bit", grid.asked.bits), value = select("was", ["false", "true", AS_OMS]), { label, field: reason } = grid.reasonField("Why? It stays in the history.");
    const lumisections = grid.element("label", "Lumisections"), spans = document.createElement("input");
    Object.assign(spans, { className: "form-control form-control-sm", placeholder: found.length > 1 ? "all, of several runs" : "all, or 1-10, 12", disabled: found.length > 1 });
    lumisections.append(spans);
    const effect = grid.element("p", "", "certify-effect"), line = grid.element("div", "", "certify-fields");
    effect.setAttribute("aria-live", "polite");
    line.append(bit.label, value.label, lumisections);
    const body = () => ({
      bit: bit.field.value, value: value.field.value === AS_OMS ? null : value.field.value === "true", ranges: ranges(spans.value) || [], comment: reason.value,
      datasets: found.map((row) => ({ run_number: row.r, dataset: row.d })), seen: Math.min(...found.map((row) => grid.seenOf(row.i))),
    });
    let timer = null, asked = 0;
    async function attempt() {
      const number = ++asked;
      if (ranges(spans.value) === null) { effect.textContent = `“${spans.value}” is no lumisection range such as 1-10, 12.`; return; }
      try {
        const told = await post({ ...body(), comment: "(dry run)", dry_run: true });
        if (number !== asked) return;
        effect.textContent = told.effect ? `If applied: ${signed(told.effect.change_invpb)} in the golden JSON, ${Math.abs(told.effect.lumisections)} lumisections change${told.effect.reads ? "" : `, as if ${told.effect.rule} read these datasets`}.` : "There is no golden rule yet to show the effect on.";
      } catch (error) { if (number === asked) effect.textContent = error.message; }
    }
    for (const each of [bit.field, value.field, spans]) each.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(attempt, 250); });
    function act() {
      if (ranges(spans.value) === null) { attempt(); return false; }
      if (!grid.hasReason(reason)) return false;
      // what was done is not tried any more
      clearTimeout(timer);
      asked += 1;
      post(body()).then((told) => {
        const on = `on ${grid.datasets(told.datasets)}`;
        grid.toast(value.field.value === AS_OMS ? `${bit.field.value} is again what OMS says ${on}.` : `${bit.field.value} is ${value.field.value} ${on}; OMS's value is kept beside it.`);
        grid.closeSignOff();
        window.dash_clientside.set_props(grid.place.dataset.version, { data: { sequence: told.sequence } });
      }).catch((error) => { effect.textContent = error.message; grid.toast(error.message, true); });
      return false;
    }
    grid.openSheet(`Override a bit of ${grid.datasets(found.length)}`, found, [line, label, effect], [["Override ↵", act]]);
    attempt();
  };
})();
