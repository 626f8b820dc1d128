/* Parts that arrive as a list of elements ([data-written], components/written.py): made before they are painted, and
   again when they are others; the focus stays on what stands in its place, and what somebody opened stays open. */
(function () {
  "use strict";
  const NAME = "data-written", OF = `[${NAME}]`;

  /** Where an element stands in another one: its place among its neighbours, on each floor. */
  function way(root, node) {
    const steps = [];
    for (let at = node; at !== root; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
    return steps;
  }
  /** Make elements of [name, attributes, inside], and text of text: nothing is read as HTML. */
  function made(part) {
    if (typeof part === "string") return document.createTextNode(part);
    const [name, words, inside] = part, node = document.createElement(name);
    for (const word in words) node.setAttribute(word, words[word]);
    node.append(...inside.map(made));
    return node;
  }
  function write(node) {
    const said = node.getAttribute(NAME) || "";
    if (node.rrWritten === said) return;
    const has = document.activeElement !== node && node.contains(document.activeElement) ? way(node, document.activeElement) : null;
    const open = [...node.querySelectorAll("details")].map((each) => each.open);
    node.rrWritten = said;
    node.replaceChildren(...JSON.parse(said || "[]").map(made));
    const folds = [...node.querySelectorAll("details")];
    if (folds.length === open.length) folds.forEach((each, at) => { each.open = each.open || open[at]; });
    const next = has && has.reduce((at, step) => at && at.children[step], node);
    if (next) next.focus({ preventScroll: true });
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") write(change.target);
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.hasAttribute(NAME)) write(node);
        node.querySelectorAll(OF).forEach(write);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: [NAME] });
  // as dcc.Link does
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(`${OF} a[data-walk]`);
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    window.rrWalkTo(link.getAttribute("href"));
  });
})();
