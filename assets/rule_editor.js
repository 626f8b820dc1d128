/* The rule editor in the browser: completion of variables in the JSON, and findings that lead to their place. */
(function () {
  "use strict";
  const MOST = 12;
  const area = () => document.querySelector("textarea.rule-json");
  let list = null, chosen = 0, start = 0;

  function names() {
    return Array.from(document.querySelectorAll("#rule-variables option"), (o) => [o.value, o.label || ""]);
  }
  /** The name being typed between quotes after "var":, or null. */
  function typed(node) {
    const before = node.value.slice(0, node.selectionStart);
    const found = /"var"\s*:\s*\[?\s*"([^"]*)$/.exec(before);
    return found ? { word: found[1], start: before.length - found[1].length } : null;
  }
  function rank(word, name) {
    const at = name.toLowerCase().indexOf(word.toLowerCase());
    return at < 0 ? -1 : at;
  }
  function close() {
    if (list) list.remove();
    list = null;
    const node = area();
    if (node) { node.setAttribute("aria-expanded", "false"); node.removeAttribute("aria-activedescendant"); }
  }
  function mark() {
    Array.from(list.children).forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    area().setAttribute("aria-activedescendant", list.children[chosen].id);
  }
  function offer(node) {
    const now = typed(node);
    close();
    if (!now) return;
    const found = names().map(([name, doc]) => [rank(now.word, name), name, doc]).filter((each) => each[0] >= 0 && each[1] !== now.word)
      .sort((a, b) => a[0] - b[0] || a[1].length - b[1].length).slice(0, MOST);
    if (!found.length) return;
    start = now.start; chosen = 0;
    list = document.createElement("ul");
    list.className = "rule-complete"; list.id = "rule-complete"; list.setAttribute("role", "listbox");
    found.forEach(([, name, doc], i) => {
      const item = document.createElement("li"), small = document.createElement("small");
      item.id = `rule-complete-${i}`; item.setAttribute("role", "option"); item.dataset.name = name;
      item.textContent = name; small.textContent = doc; item.append(small);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = i; take(node); });
      list.append(item);
    });
    const box = node.getBoundingClientRect(), lines = node.value.slice(0, node.selectionStart).split("\n").length;
    list.style.left = `${box.left + window.scrollX + 12}px`;
    list.style.top = `${box.top + window.scrollY + Math.min(box.height, lines * 18 + 12 - node.scrollTop)}px`;
    document.body.append(list);
    node.setAttribute("aria-autocomplete", "list"); node.setAttribute("aria-controls", "rule-complete"); node.setAttribute("aria-expanded", "true");
    mark();
  }
  /** React listens to the native setter only. */
  function write(node, text, caret) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(node, text);
    node.setSelectionRange(caret, caret);
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function take(node) {
    const name = list.children[chosen].dataset.name, end = node.selectionStart;
    const rest = node.value.slice(end), quote = rest.startsWith('"') ? "" : '"';
    close();
    write(node, node.value.slice(0, start) + name + quote + rest, start + name.length + 1);
    close();
  }
  document.addEventListener("input", (event) => { if (event.target === area() && event.isTrusted) offer(event.target); });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== area()) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { chosen = (chosen + step + list.children.length) % list.children.length; mark(); }
    else if (event.key === "Enter" || event.key === "Tab") take(event.target);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault(); event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (list && event.target === area()) close(); });

  /** Where a JSON pointer leads in a text: [from, to) of that value, or null. */
  function placeOf(text, pointer) {
    const wanted = pointer.split("/").slice(1).map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
    let at = 0;
    const white = () => { while (/\s/.test(text[at] || "")) at += 1; };
    const string = () => { const from = at; at += 1; while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1; at += 1; return JSON.parse(text.slice(from, at)); };
    function value(depth, onPath) {
      white();
      const from = at;
      let found = null;
      if (text[at] === "{" || text[at] === "[") {
        const isObject = text[at] === "{", end = isObject ? "}" : "]";
        let index = 0;
        at += 1; white();
        while (at < text.length && text[at] !== end) {
          let key = String(index);
          if (isObject) { key = string(); white(); at += 1; }
          const inside = value(depth + 1, onPath && wanted[depth] === key);
          found = found || inside; index += 1;
          white(); if (text[at] === ",") at += 1; white();
        }
        at += 1;
      } else if (text[at] === '"') string();
      else while (at < text.length && !/[\s,\]}]/.test(text[at])) at += 1;
      return found || (onPath && depth === wanted.length ? [from, at] : null);
    }
    try { return value(0, true); } catch (error) { return null; }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".rule-place");
    const node = area();
    if (!button || !node) return;
    node.closest("details").open = true;
    const found = placeOf(node.value, button.dataset.pointer);
    node.focus();
    if (!found) return;
    node.setSelectionRange(found[0], found[1]);
    node.scrollTop = Math.max(0, (node.value.slice(0, found[0]).split("\n").length - 4) * 18);
  });
})();
