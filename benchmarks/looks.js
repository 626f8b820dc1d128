// What a browser can say of how a page looks; put into it before the page's own scripts by benchmarks/looks.py.
(() => {
  const named = (node) => {
    if (!node) return "";
    if (node.nodeType === 3) return named(node.parentElement);
    return node.id ? `#${node.id}` : `${node.localName}.${[...node.classList].join(".")}`;
  };
  const place = (box) => [box.x, box.y, box.width, box.height].map(Math.round).join(",");
  const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const PRESSED = "a[href], button, input, select, summary, textarea, [role=button], [role=tab]";
  const shifts = [];
  let before = "", since = 0;
  // as Chromium counts it: what moved by itself, and how far
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries().filter((each) => !each.hadRecentInput))
      shifts.push([entry.value, entry.sources.map((s) => `${named(s.node)} ${place(s.previousRect)} → ${place(s.currentRect)}`)]);
  }).observe({ type: "layout-shift", buffered: true });
  window.rrLook = {
    shifts,
    /** Whether nothing is being read any more, and nothing has changed for so long. */
    isStill(longMs) {
      const page = document.getElementById("shell-page"), now = performance.now();
      const waits = [...document.querySelectorAll("#shell-page :is(.loading, .waits:empty, [data-dash-is-loading=true]), .ag-overlay-loading-center")].some(visible);
      const told = `${document.querySelectorAll("*").length} ${document.body.scrollHeight}`;
      if (told !== before || waits || !page || !page.innerText || document.readyState !== "complete") [before, since] = [told, now];
      return now - since > longMs;
    },
    overflow: () => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
    /** The least side of what is pressed; a link inside a sentence is as high as its line (WCAG 2.5.8). */
    target() {
      let least = [999, ""];
      for (const element of document.querySelectorAll(PRESSED)) {
        if (element.disabled || !visible(element)) continue;
        if (element.localName === "a" && getComputedStyle(element).display === "inline") continue;
        const pressed = element.matches("[type=checkbox], [type=radio]") ? element.closest("label, .form-check") || element : element;
        const box = pressed.getBoundingClientRect(), side = Math.min(box.width, box.height);
        if (side > 2 && side < least[0] && box.right > 0 && box.left < innerWidth) least = [side, named(element)];
      }
      return least;
    },
    /** The least size of text, in px. */
    text() {
      const written = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.getBoundingClientRect().width > 1;
      return Math.min(...[...document.querySelectorAll("body *")].filter((e) => visible(e) && written(e)).map((e) => parseFloat(getComputedStyle(e).fontSize)));
    },
  };
})();
