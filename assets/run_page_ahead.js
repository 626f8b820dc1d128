/* The runs before and after the one that is shown, drawn by the server while nobody waits for them.
   They are of one sequence: where the journal is known to have moved on, they are not shown until the server has
   said again what they are. What the server then says of the run that one went to counts in any case. */
(function () {
  "use strict";
  const idle = window.requestIdleCallback || ((act) => setTimeout(act, 50));
  const LEAVING = "is-leaving", LINKS = "#run-header-actions a[href^='/runs/']";
  let kept = {}, of = 0, waits = false;
  const whole = () => document.getElementById("run-whole");
  const isPast = () => new URLSearchParams(window.location.search).has("as_of");
  const put = (id, props) => window.dash_clientside.set_props(id, props);
  /** How far the journal is known to be: told by its stream, or by what is shown. */
  const newest = () => Math.max(window.rrStream.newest, (window.rrStrip.meta || {}).sequence || 0);

  /** Another run is shown, or the same one again: ask for those beside it when the browser has nothing else to do. */
  function want() {
    const node = whole();
    if (node) node.classList.remove(LEAVING);
    if (waits || isPast()) return;
    waits = true;
    idle(() => {
      waits = false;
      const paths = [...document.querySelectorAll(LINKS)].map((link) => link.getAttribute("href"));
      if (!paths.length || isPast()) return;
      put("run-wanted", { data: Object.fromEntries(paths.map((path) => [path, known(path)])) });
    });
  }
  /** What a run that is kept is known by. */
  const known = (path) => (kept[path] ? kept[path].find(({ id }) => id === "run-shown").props.data : null);

  function take(came) {
    if (!came) return;
    const all = { ...kept, ...came.runs };
    kept = Object.fromEntries(came.of.filter((path) => all[path]).map((path) => [path, all[path]]));
    of = came.sequence;
  }
  const has = (path) => Boolean(kept[path]) && !isPast() && of >= newest();
  function walk() {
    const path = window.location.pathname, node = whole();
    if (!node || node.hidden || !path.startsWith("/runs/")) return;
    if (has(path)) show(kept[path]);
    else if (document.querySelector("#run-head h1") && !path.endsWith(`/${document.querySelector("#run-head h1").textContent}`)) node.classList.add(LEAVING);
  }
  function show(places) {
    const isKnown = ({ id }) => id === "run-shown", lay = ({ id, props }) => put(id, props);
    // what is known is, when Dash asks; the link that was pressed stands in what is drawn: Dash is done with it first
    places.filter(isKnown).forEach(lay);
    setTimeout(() => places.filter((each) => !isKnown(each)).forEach(lay));
  }
  // before Dash hears of it: what it asks the server then says that the run is here
  for (const kind of ["_dashprivate_pushstate", "popstate"]) window.addEventListener(kind, walk);
  window.dash_clientside = Object.assign({}, window.dash_clientside, { rrRunAhead: { want, take, has } });
})();
