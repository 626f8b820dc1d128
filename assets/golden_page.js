/* The Golden page: switches, numbers and the order of the clauses become one question. */
(function () {
  "use strict";
  /** Answer once the question has stood for a moment; of several that come meanwhile only the last is answered. */
  let last = 0;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.rrGolden = {
    settled: (chosen) => {
      const mine = ++last;
      return new Promise((answer) => setTimeout(() => answer(chosen && mine === last ? Date.now() : window.dash_clientside.no_update), 600));
    },
  };
  const list = () => document.querySelector("#golden-clauses ul.rule");
  const rows = () => [...document.querySelectorAll("#golden-clauses li[data-key]")];
  const keyOf = (node) => { const row = node.closest && node.closest("#golden-clauses li[data-key]"); return row && row.dataset.key; };

  /** Ask for the list that the switches, numbers and order stand for. */
  function ask(order) {
    const off = [], numbers = {};
    for (const row of rows()) {
      const box = row.querySelector("input[type=checkbox]");
      if (box && !box.checked) off.push(row.dataset.key);
      for (const place of row.querySelectorAll("[data-number]")) {
        const typed = place.querySelector("input").value;
        // a field left empty is the number of the rule
        if (typed !== "" && Number(typed) !== Number(place.dataset.kept)) numbers[place.dataset.number] = String(Number(typed));
      }
    }
    const keys = order || rows().map((row) => row.dataset.key);
    // what is drawn as it is asked need not be drawn again
    window.dash_clientside.set_props("golden-hand", { data: { off, numbers, order: first(keys), stands: !order } });
  }
  /** Name as few clauses as it takes: those that are not named follow as they were written. */
  function first(keys) {
    const written = (list().dataset.order || "").split(",");
    for (let count = 0; count <= keys.length; count++) {
      const named = keys.slice(0, count), rest = written.filter((key) => !named.includes(key));
      if ([...named, ...rest].join() === keys.join()) return named;
    }
    return keys;
  }
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!keyOf(target)) return;
    if (target.type === "checkbox" || target.type === "number") ask();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest(".golden-reset")) return;
    window.dash_clientside.set_props("golden-hand", { data: { off: [], numbers: {}, order: [], stands: false } });
  });

  /** Put a clause before another one, or last, and give it the focus again once it is drawn there. */
  function move(key, before) {
    const keys = rows().map((row) => row.dataset.key).filter((each) => each !== key);
    keys.splice(before === null ? keys.length : keys.indexOf(before), 0, key);
    ask(keys);
    let left = 60;
    (function again() {
      const grip = document.querySelector(`#golden-clauses li[data-key="${CSS.escape(key)}"] .grip`);
      const at = rows().findIndex((row) => row.dataset.key === key);
      if (grip && at === keys.indexOf(key)) grip.focus({ preventScroll: false });
      else if (left-- > 0) requestAnimationFrame(again);
    })();
  }
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.code];
    if (!event.altKey || !step || !event.target.classList || !event.target.classList.contains("grip")) return;
    const keys = rows().map((row) => row.dataset.key), at = keys.indexOf(keyOf(event.target)), to = at + step;
    event.preventDefault();
    if (to < 0 || to >= keys.length) return;
    move(keys[at], step < 0 ? keys[to] : to + 1 < keys.length ? keys[to + 1] : null);
  });

  let dragged = null, target = null;
  function mark(row) {
    rows().forEach((each) => { if (each === row) each.dataset.drop = ""; else delete each.dataset.drop; });
  }
  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.classList || !event.target.classList.contains("grip") || !keyOf(event.target)) return;
    dragged = keyOf(event.target); target = undefined;
    event.target.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const below = rows().find((row) => { const box = row.getBoundingClientRect(); return event.clientY < box.top + box.height / 2; });
    target = below ? below.dataset.key : null;
    mark(below || null);
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, (event) => {
    if (!dragged) return;
    const key = dragged;
    dragged = null; mark(null);
    if (event.type === "pointerup" && target !== undefined && target !== key) move(key, target);
  });
})();
