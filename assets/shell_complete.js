/* Names offered while one types in a text area: the arrows choose, Enter or Tab takes, Escape closes. */
(function () {
  "use strict";
  const MOST = 12;
  let list = null, chosen = 0, start = 0, taken = null, owner = null;

  function close() {
    if (!list) return;
    list.remove();
    list = null;
    owner.setAttribute("aria-expanded", "false"); owner.removeAttribute("aria-activedescendant");
  }
  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    owner.setAttribute("aria-activedescendant", list.children[chosen].id);
  }
  function take() {
    const text = list.children[chosen].dataset.text;
    close();
    taken(owner, start, text);
  }
  function line([name, about, text], i) {
    const item = document.createElement("li"), small = document.createElement("small");
    item.id = `shell-complete-${i}`; item.setAttribute("role", "option"); item.dataset.text = text;
    item.textContent = name; small.textContent = about; item.append(small);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = i; take(); });
    return item;
  }
  /** Under the place where the name begins, as a text of one width is set. */
  function put() {
    const box = owner.getBoundingClientRect(), style = getComputedStyle(owner), lines = owner.value.slice(0, start).split("\n");
    const width = parseFloat(style.fontSize) * 0.602, height = parseFloat(style.lineHeight);
    list.style.left = `${Math.max(8, Math.min(box.left + window.scrollX + 10 + lines[lines.length - 1].length * width, box.right - list.offsetWidth))}px`;
    list.style.top = `${box.top + window.scrollY + Math.min(box.height, lines.length * height + 10 - owner.scrollTop)}px`;
  }
  function offer(node, word, from, names, take_) {
    const wanted = word.toLowerCase(), at = (name) => name.toLowerCase().indexOf(wanted);
    const found = names.filter(([name, , text]) => at(name) >= 0 && text !== node.value.slice(from, node.selectionStart))
      .sort(([a], [b]) => at(a) - at(b) || a.length - b.length).slice(0, MOST);
    if (!found.length) return;
    [owner, start, chosen, taken] = [node, from, 0, take_];
    list = Object.assign(document.createElement("ul"), { className: "shell-complete", id: "shell-complete" });
    list.setAttribute("role", "listbox");
    list.append(...found.map(line));
    document.body.append(list);
    put();
    node.setAttribute("aria-autocomplete", "list"); node.setAttribute("aria-controls", "shell-complete"); node.setAttribute("aria-expanded", "true");
    mark();
  }
  /** Who has names to offer adds { selector, typed, names, take }, before this file is read or after it:
   * `typed(node)` gives { word, start } of the name being typed, or null; `names()` gives [name, about, text];
   * `take(node, start, text)` writes what was chosen. */
  const offers = (window.rrCompletes ||= []);
  document.addEventListener("input", (event) => {
    const one = event.isTrusted && offers.find(({ selector }) => event.target.matches(selector));
    if (!one) return;
    close();
    const now = one.typed(event.target);
    if (now) offer(event.target, now.word, now.start, one.names(), one.take);
  });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== owner || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { chosen = (chosen + step + list.children.length) % list.children.length; mark(); }
    else if (event.key === "Enter" || event.key === "Tab") take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault(); event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (list && event.target === owner) close(); });
})();
