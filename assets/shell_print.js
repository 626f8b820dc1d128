/* On paper: the light theme, and at the foot of each page its address, sequence and time. */
(function () {
  "use strict";
  const foot = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, foot];
  let theme = "";

  const quoted = (words) => `"${words.replace(/[\\"]/g, "\\$&").replace(/\n/g, " ")}"`;
  /** The sequence that is shown: a strip's own, else as far as this browser has heard. */
  function shown() {
    const strip = window.rrStrip, past = new URLSearchParams(window.location.search).get("as_of");
    if (strip && strip.meta && strip.root && strip.root.isConnected) return `sequence ${strip.meta.sequence}`;
    return past ? `as of ${past}` : `sequence ${(window.rrStream && window.rrStream.newest) || "unknown"}`;
  }
  window.addEventListener("beforeprint", () => {
    const now = new Date().toISOString().slice(0, 16).replace("T", " ");
    const said = [[`bottom-left`, quoted(window.location.href)], ["bottom-center", quoted(`${shown()} · ${now} UTC`)], ["bottom-right", `counter(page) " / " counter(pages)`]];
    const boxes = said.map(([place, words]) => `@${place} { content: ${words}; font: 8px sans-serif; color: #333333; }`).join(" ");
    foot.replaceSync(`@page { ${boxes} }`);
    theme = window.rrTheme.get();
    document.documentElement.setAttribute("data-bs-theme", "light");
    window.rrTheme.fit();
  });
  document.addEventListener("click", (event) => { if (event.target.closest && event.target.closest("[data-print]")) window.print(); });
  window.addEventListener("afterprint", () => {
    document.documentElement.setAttribute("data-bs-theme", theme);
    window.rrTheme.fit();
  });
})();
