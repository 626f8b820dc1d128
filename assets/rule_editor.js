/* The rule editor in the browser: completion of variables in the JSON, and findings that lead to their place. */
(function () {
  "use strict";
  const area = () => document.querySelector("textarea.rule-json");

  const names = () => Array.from(document.querySelectorAll("#rule-variables option"), (o) => [o.value, o.label || "", o.value]);
  /** The name being typed between quotes after "var":, or null. */
  function typed(node) {
    const before = node.value.slice(0, node.selectionStart);
    const found = /"var"\s*:\s*\[?\s*"([^"]*)$/.exec(before);
    return found ? { word: found[1], start: before.length - found[1].length } : null;
  }
  function take(node, start, name) {
    const rest = node.value.slice(node.selectionStart), quote = rest.startsWith('"') ? "" : '"', caret = start + name.length + 1;
    // React listens to the native setter only
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(node, node.value.slice(0, start) + name + quote + rest);
    node.setSelectionRange(caret, caret);
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }
  (window.rrCompletes ||= []).push({ selector: "textarea.rule-json", typed, names, take });

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
