/* The filter as chips: a press opens the editor of one, and what comes out is written into the address.
   The tree is what the address has; a path names a part by its places, through every not. */
(function () {
  "use strict";
  const LONGEST = 7000;
  const bar = () => document.querySelector(".filter-bar");
  const chips = () => document.querySelector(".filter-chips");
  const editor = () => { const b = bar(); return b && document.getElementById(b.dataset.editor); };
  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], dialog"));
  const isNot = (node) => !Array.isArray(node) && "not" in node;
  const joint = (node) => ("and" in node ? "and" : "or");
  const bare = (node) => { while (isNot(node)) node = node.not; return node; };
  const isNegated = (node) => { let n = 0; while (isNot(node)) { node = node.not; n += 1; } return n % 2 === 1; };
  let after = null, before = "";

  function tree() {
    const said = chips().dataset.where, root = said ? JSON.parse(said) : { and: [] };
    return Array.isArray(root) || isNot(root) ? { and: [root] } : root;
  }
  /** The tree with what lies at a path changed; null takes it away, and a group that becomes empty goes too. */
  function changed(node, path, change) {
    if (!path.length) return change(node);
    if (isNot(node)) { const inner = changed(node.not, path, change); return inner === null ? null : { not: inner }; }
    const word = joint(node), parts = [];
    node[word].forEach((part, place) => {
      const next = place === path[0] ? changed(part, path.slice(1), change) : part;
      if (next !== null) parts.push(next);
    });
    return parts.length ? { [word]: parts } : null;
  }
  function at(node, path) {
    for (const place of path) { const group = bare(node); node = group[joint(group)][place]; }
    return node;
  }
  const inGroup = (node, part) => { if (isNot(node)) return { not: inGroup(node.not, part) }; const word = joint(node); return { [word]: [...node[word], part] }; };

  function go(root, focus) {
    const words = new URLSearchParams(window.location.search);
    if (root === null || !root[joint(root)].length) words.delete("where"); else words.set("where", JSON.stringify(root));
    const search = words.toString(), address = `${window.location.pathname}${search ? `?${search}` : ""}`;
    if (address.length > LONGEST) { refuse("This filter is too long for an address: take something away first."); return; }
    after = focus || "add";
    before = chips().dataset.where;
    close(false);
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }
  function refuse(sentence) {
    const line = editor() && editor().querySelector(".filter-refusal");
    if (line) line.textContent = sentence;
  }

  const make = (tag, words, children) => { const node = Object.assign(document.createElement(tag), words || {}); node.append(...(children || [])); return node; };
  function control(field, value) {
    const name = field.label;
    if (field.kind === "choice") {
      const select = make("select", { className: "form-select form-select-sm" });
      for (const [option, label] of field.options) select.append(make("option", { value: option, textContent: label }));
      if (value !== undefined) select.value = String(value);
      if (select.selectedIndex < 0) select.selectedIndex = 0;
      select.setAttribute("aria-label", name);
      return select;
    }
    const input = make("input", { className: "form-control form-control-sm", required: true, placeholder: field.hint, value: value === undefined ? "" : String(value), maxLength: 300 });
    input.setAttribute("aria-label", name);
    if (field.kind === "number") { input.type = "number"; input.step = "any"; if (field.least !== null) input.min = String(field.least); }
    else { input.type = "text"; input.autocomplete = "off"; if (field.pattern) { input.pattern = field.pattern; input.title = `such as ${field.hint}`; } }
    return input;
  }
  /** What is typed as JSON: numbers stay numbers, a moment is a sequence or a time. */
  function read(field, input) {
    const text = input.value.trim();
    if (field.kind === "number") return Number(text);
    return field.kind === "moment" && /^\d{1,10}$/.test(text) ? Number(text) : text;
  }
  function complaint(word, field, input) {
    const text = input.value.trim();
    if (field.kind === "number" && field.least !== null && !(Number(text) > field.least)) return `More than ${field.least} is wanted.`;
    if (field.kind === "moment" && !/^\d{1,10}$/.test(text) && !/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return "A day, a time or a sequence is wanted: 2024-06-01, 2024-06-01T12:00:00Z, 18000.";
    if (word === "runs") {
      for (const part of text.split(",")) {
        const range = window.rrCertify.range(part);
        if (!range || range[0] > range[1] || range[1] > 999999999) return `“${part.trim()}” is no run or range of runs such as 379415-379420.`;
      }
    }
    return field.kind !== "number" && !text ? "Something is wanted here." : "";
  }

  function close(back) {
    const place = editor();
    if (!place) return;
    place.replaceChildren();
    if (back && close.from && close.from.isConnected) close.from.focus();
  }
  /** Open the editor on a leaf, or on none; `done` gets the leaf that comes out. */
  function open(leaf, negated, done, from) {
    const place = editor(), known = JSON.parse(chips().dataset.words);
    close.from = from;
    const kind = make("select", { className: "form-select form-select-sm filter-kind" }, known.map((w) => make("option", { value: w.word, textContent: w.label })));
    kind.setAttribute("aria-label", "condition");
    kind.value = leaf ? leaf[0] : known[0].word;
    const not = make("input", { type: "checkbox", checked: negated, className: "form-check-input" });
    const fields = make("span", { className: "filter-fields" }), refusal = make("span", { className: "filter-refusal loss" });
    refusal.setAttribute("role", "alert");
    let inputs = [];
    const word = () => known.find((w) => w.word === kind.value);
    function show() {
      word().fields.forEach((field, index) => { if (field.when) { const isAsked = field.when[1].includes(inputs[field.when[0]].value); inputs[index].hidden = !isAsked; inputs[index].required = isAsked; } });
    }
    function fill(given) {
      inputs = word().fields.map((field, index) => control(field, given ? given[index + 1] : undefined));
      fields.replaceChildren(...inputs);
      refusal.textContent = "";
      show();
    }
    const form = make("form", { className: "filter-editor", noValidate: true }, [
      make("label", { className: "filter-negate" }, [not, " not"]), kind, fields,
      make("button", { type: "submit", className: "button is-primary", textContent: leaf ? "Change" : "Add" }),
      make("button", { type: "button", className: "button filter-cancel", textContent: "Cancel" }), refusal,
    ]);
    kind.addEventListener("change", () => fill(null));
    fields.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = word(), said = [];
      for (const [index, field] of asked.fields.entries()) {
        if (inputs[index].hidden) continue;
        const why = complaint(asked.word, field, inputs[index]) || (inputs[index].checkValidity() ? "" : inputs[index].title ? `Something else is wanted, ${inputs[index].title}.` : inputs[index].validationMessage);
        if (why) { refusal.textContent = why; inputs[index].focus(); return; }
        said.push(read(field, inputs[index]));
      }
      const made = [asked.word, ...said];
      done(not.checked ? { not: made } : made);
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(true); } });
    form.querySelector(".filter-cancel").addEventListener("click", () => close(true));
    fill(leaf);
    place.replaceChildren(form);
    (leaf && inputs[0] ? inputs[0] : kind).focus();
  }

  function act(button) {
    const path = button.dataset.path ? button.dataset.path.split(".").map(Number) : [], root = tree(), what = button.dataset.filter;
    const flip = (node) => (isNegated(node) ? bare(node) : { not: bare(node) });
    if (what === "clear") go(null);
    else if (what === "drop") go(changed(root, path, () => null));
    else if (what === "not") go(changed(root, path, flip), button.dataset.path);
    else if (what === "join") go(changed(root, path, (node) => { const other = (n) => (isNot(n) ? { not: other(n.not) } : { [joint(n) === "and" ? "or" : "and"]: n[joint(n)] }); return other(node); }));
    else if (what === "add") open(null, false, (leaf) => go(path.length ? changed(root, path, (node) => inGroup(node, leaf)) : inGroup(root, leaf)), button);
    else if (what === "group") open(null, false, (leaf) => go(inGroup(root, { [joint(root) === "and" ? "or" : "and"]: [leaf] })), button);
    else if (what === "edit") { const node = at(root, path); open(bare(node), isNegated(node), (leaf) => go(changed(root, path, () => leaf), button.dataset.path), button); }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".filter-chips [data-filter]");
    if (button) act(button);
    const views = document.querySelector(".filter-views[open]");
    if (views && event.target.closest && !views.contains(event.target)) views.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (!bar() || isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.code !== "KeyF") return;
    const add = chips() && chips().querySelector('[data-filter="add"][data-path=""]');
    if (add) { event.preventDefault(); act(add); }
  });
  // the chips are drawn anew: the hand stays where it was
  new MutationObserver(() => {
    const there = chips();
    if (after === null || !there || there.dataset.where === before) return;
    const next = there.querySelector(`[data-filter="edit"][data-path="${after}"], [data-filter="not"][data-path="${after}"]`) || there.querySelector('[data-filter="add"][data-path=""]');
    after = null;
    if (next && !isTyping(document.activeElement)) next.focus();
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-where"] });
})();
