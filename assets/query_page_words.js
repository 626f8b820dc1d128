/* Writing SQL: a press on a name puts it into the statement, names complete while one types, the tables are narrowed. */
(function () {
  "use strict";
  const area = () => document.getElementById("query-sql");

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
      if (!found.has(each.textContent)) found.set(each.textContent, [each.textContent, about(each), each.dataset.word]);
    });
    return [...found.values()];
  }
  function typed(node) {
    const word = (/"?[A-Za-z_][\w-]*$/.exec(node.value.slice(0, node.selectionStart)) || [""])[0], bare = word.replace('"', "");
    return bare.length < 2 ? null : { word: bare, start: node.selectionStart - word.length };
  }
  (window.rrCompletes ||= []).push({ selector: "#query-sql", typed, names, take: (node, start, text) => write(node, start, node.selectionStart, text) });
  document.addEventListener("input", (event) => {
    if (event.target.id === "query-tables-filter") narrow(event.target.value);
  });
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
