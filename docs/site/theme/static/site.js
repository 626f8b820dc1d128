/* The theme that the reader chose, for the registry and for its documentation alike; the list of pages on a phone. */
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("docs-theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("docs-theme", theme); } catch { /* no storage: for this page only */ } };
  const show = (theme) => {
    root.dataset.bsTheme = theme;
    const button = document.getElementById("theme");
    if (button) { button.textContent = theme === "dark" ? "Light" : "Dark"; }
  };
  const preferred = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  show(kept() ?? preferred);
  document.addEventListener("DOMContentLoaded", () => {
    show(root.dataset.bsTheme);
    // pages opened as files may not read each other: the search then tells titles only
    if (location.protocol === "file:") { DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; }
    document.getElementById("theme").addEventListener("click", () => {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      keep(next);
      show(next);
    });
    if (matchMedia("(max-width: 760px)").matches) { document.querySelector(".pages details").open = false; }
    document.querySelector(".pages .current > a.current")?.scrollIntoView({ block: "nearest" });
  });
})();
