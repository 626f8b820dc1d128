/* What is near in the row of decisions, drawn by the server while nobody waits for it.
   It is of the sequence that the row is of: beside another row nothing of it is shown. */
(function () {
  "use strict";
  const ahead = window.rrDecideAhead = {}, ITEM = "decide-item", NEAR = [1, 2, -1];
  const idle = window.requestIdleCallback || ((act) => setTimeout(act, 50));
  let kept = {}, of = 0, wanted = "";

  const layout = (id) => window.dash_component_api.getLayout(id);
  const sequence = (line) => Number(line.dataset.sequence);
  function find(line) {
    const store = layout("decide-ahead"), came = store && store.props.data;
    if (of !== sequence(line)) { kept = {}; of = sequence(line); }
    if (came && came.sequence === of) Object.assign(kept, came.items);
    return kept[line.dataset.key];
  }
  /** Show what a line is about at once; return whether it was there. */
  ahead.show = function (line) {
    const item = find(line);
    if (item) ahead.put(item);
    return !!item;
  };
  /** What is shown, to be put back. */
  ahead.shown = () => layout(ITEM).props.children;
  ahead.put = (children) => window.dash_clientside.set_props(ITEM, { children });
  /** Ask for what is near a place of the row, when the browser has nothing else to do. */
  ahead.want = function (lines, at) {
    const near = NEAR.map((step) => lines[at + step]).filter((line) => line && !find(line));
    if (!near.length) return;
    const keys = near.map((line) => line.dataset.key), asks = [sequence(near[0]), ...keys].join(" ");
    if (asks === wanted) return;
    wanted = asks;
    idle(() => {
      if (near[0].isConnected) window.dash_clientside.set_props("decide-wanted", { data: { sequence: sequence(near[0]), keys } });
      else wanted = "";
    });
  };
})();
