/* Writing SQL: a press on a name puts it into the statement, names complete while one types, the tables are narrowed. */
(function () {
  "use strict";
  const MOST = 10;
  const area = () => document.getElementById("query-sql");
  let list = null, chosen = 0, start = 0;

  /** React listens to the native setter only. */
  function write(node, from, to, text) {
    const value = node.value.slice(0, from) + text + node.value.slice(to);
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(node, value);
    node.dispatchEvent(new Event("input", { bubbles: true }));
    node.focus();
    node.setSelectionRange(from + text.length, from + text.length);
  }
  /** What stands beside a name: how many rows a table has, what type a column is of. */
  function about(word) {
    const beside = word.nextElementSibling && (word.nextElementSibling.querySelector("summary .dim") || word.nextElementSibling);
    return beside ? beside.textContent.trim() : "";
  }
  function names() {
    const found = new Map();
    document.querySelectorAll("#query-tables .query-word").forEach((each) => {
      if (!found.has(each.textContent)) found.set(each.textContent, { text: each.dataset.word, about: about(each) });
    });
    return [...found];
  }
  function close() {
    if (list) list.remove();
    list = null;
    if (area()) { area().setAttribute("aria-expanded", "false"); area().removeAttribute("aria-activedescendant"); }
  }
  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    area().setAttribute("aria-activedescendant", list.children[chosen].id);
  }
  function offer(node) {
    close();
    const word = (/"?[A-Za-z_][\w-]*$/.exec(node.value.slice(0, node.selectionStart)) || [""])[0], bare = word.replace('"', "").toLowerCase();
    if (bare.length < 2) return;
    const found = names().filter(([name, { text }]) => name.toLowerCase().includes(bare) && text !== word)
      .sort(([a], [b]) => a.toLowerCase().indexOf(bare) - b.toLowerCase().indexOf(bare) || a.length - b.length).slice(0, MOST);
    if (!found.length) return;
    start = node.selectionStart - word.length; chosen = 0;
    list = document.createElement("ul");
    list.className = "query-complete"; list.id = "query-complete"; list.setAttribute("role", "listbox");
    found.forEach(([name, { text, about }], i) => {
      const item = document.createElement("li"), small = document.createElement("small");
      item.id = `query-complete-${i}`; item.setAttribute("role", "option"); item.dataset.text = text;
      item.textContent = name; small.textContent = about; item.append(small);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = i; take(node); });
      list.append(item);
    });
    const box = node.getBoundingClientRect(), style = getComputedStyle(node), lines = node.value.slice(0, start).split("\n");
    const width = parseFloat(style.fontSize) * 0.602, height = parseFloat(style.lineHeight);
    list.style.left = `${Math.min(box.left + window.scrollX + 10 + lines[lines.length - 1].length * width, box.right - 220)}px`;
    list.style.top = `${box.top + window.scrollY + Math.min(box.height, lines.length * height + 10 - node.scrollTop)}px`;
    document.body.append(list);
    node.setAttribute("aria-autocomplete", "list"); node.setAttribute("aria-controls", "query-complete"); node.setAttribute("aria-expanded", "true");
    mark();
  }
  function take(node) {
    const text = list.children[chosen].dataset.text, end = node.selectionStart;
    close();
    write(node, start, end, text);
  }
  document.addEventListener("input", (event) => {
    if (event.target.id === "query-sql" && event.isTrusted) offer(event.target);
    if (event.target.id === "query-tables-filter") narrow(event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== area() || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { chosen = (chosen + step + list.children.length) % list.children.length; mark(); }
    else if (event.key === "Enter" || event.key === "Tab") take(event.target);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault(); event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (list && event.target === area()) close(); });
  document.addEventListener("click", (event) => {
    const word = event.target.closest && event.target.closest(".query-word"), node = area();
    if (!word || !node) return;
    event.preventDefault();
    const before = node.value.slice(0, node.selectionStart), gap = before && !/[\s(,.]$/.test(before) ? " " : "";
    write(node, node.selectionStart, node.selectionEnd, gap + word.dataset.word);
    // who takes a table wants its columns next
    const columns = word.parentNode.querySelector(":scope > details");
    if (columns) columns.open = true;
  });

  /** Show the tables and columns whose name or sentence holds every word. */
  function narrow(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean), holds = (node) => words.every((word) => node.textContent.toLowerCase().includes(word));
    document.querySelectorAll("#query-tables .query-table").forEach((table) => {
      const isWhole = holds(table.querySelector("summary"));
      let shown = 0;
      table.querySelectorAll("li").forEach((each) => { each.hidden = !isWhole && !holds(each); shown += each.hidden ? 0 : 1; });
      table.hidden = !shown && !isWhole;
      if (words.length) table.querySelector("details").open = shown > 0 && !isWhole;
    });
  }
})();
