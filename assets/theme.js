/* Theme: set before the first paint, kept in localStorage, and carried into every figure.
   A figure comes in the theme the server thought of; its colours are exchanged token by token. */
(function () {
  "use strict";
  const KEY = "rr-theme", root = document.documentElement;
  const known = localStorage.getItem(KEY);
  root.setAttribute("data-bs-theme", known === "light" || known === "dark" ? known : root.getAttribute("data-bs-theme") || "dark");

  // the server draws its figures in the theme this cookie names
  const tell = (name) => { document.cookie = `${KEY}=${name}; path=/; max-age=31536000; SameSite=Lax`; };
  tell(root.getAttribute("data-bs-theme"));

  // and the rows of its strips as high as what points at them needs
  const finger = matchMedia("(pointer: coarse)");
  const point = () => { document.cookie = `rr-pointer=${finger.matches ? "coarse" : "fine"}; path=/; max-age=31536000; SameSite=Lax`; };
  finger.addEventListener("change", point);
  point();

  const tokens = { dark: {}, light: {} };
  function readTokens() {
    for (const sheet of document.styleSheets) {
      // our styles are sent as one file: the palette is known by what it says, not by its address
      for (const rule of sheet.cssRules) {
        const theme = /data-bs-theme="?(dark|light)/.exec(rule.selectorText || "");
        if (theme && rule.style.getPropertyValue("--ink")) for (const name of rule.style) if (name.startsWith("--")) tokens[theme[1]][name] = rule.style.getPropertyValue(name).trim();
      }
    }
  }
  function exchange(from, to) {
    const map = new Map();
    for (const name in tokens[from]) {
      const colour = tokens[from][name];
      if (!/[a-z]-(ink|text)$/.test(name) && !map.has(colour)) map.set(colour, tokens[to][name]);
    }
    return map;
  }
  function walk(value, map) {
    if (typeof value === "string") return map.get(value) || value;
    if (Array.isArray(value)) return value.length > 64 && typeof value[0] === "number" ? value : value.map((v) => walk(v, map));
    if (value && Object.getPrototypeOf(value) === Object.prototype) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === "meta" ? v : walk(v, map)]));
    return value;
  }
  function fit(gd) {
    if (!tokens.dark["--ink"]) readTokens();
    const to = root.getAttribute("data-bs-theme"), from = to === "dark" ? "light" : "dark";
    const font = gd.layout && gd.layout.template && gd.layout.template.layout && gd.layout.template.layout.font;
    if (!font || !tokens.dark["--ink"] || font.color !== tokens[from]["--ink"]) return;
    const map = exchange(from, to);
    window.Plotly.react(gd, gd.data.map((trace) => walk(trace, map)), walk(gd.layout, map));
  }
  const fitAll = () => document.querySelectorAll(".js-plotly-plot").forEach((gd) => {
    if (!gd.rrThemed && gd.on) { gd.rrThemed = true; gd.on("plotly_afterplot", () => fit(gd)); }
    if (gd.on) fit(gd);
  });

  window.rrTheme = {
    get: () => root.getAttribute("data-bs-theme"),
    set: (name) => { localStorage.setItem(KEY, name); tell(name); root.setAttribute("data-bs-theme", name); },
    /** Let every figure be of the theme that is set, at once: paper does not wait. */
    fit: () => fitAll(),
  };
  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; fitAll(); });
  }
  new MutationObserver(soon).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  new MutationObserver(soon).observe(root, { childList: true, subtree: true });
})();
