/* The queue of decisions: j and k move, letters choose a status, Enter applies, a and x answer proposals.
   A hand quicker than the server is not lost: keys wait until the answer is there, and then go on. */
(function () {
  "use strict";
  const LAST = "rr-last-cause", PATIENCE_MS = 10000;
  const STATUS = { KeyG: "GOOD", KeyB: "BAD", KeyS: "STANDBY", KeyE: "EXCLUDED" };
  const page = () => document.querySelector(".decide-page");
  const panel = () => document.querySelector(".decide-answer");
  const field = (name) => document.getElementById(panel().dataset[name]);
  const lines = () => [...document.querySelectorAll("#decide-list > li[data-key]")];
  const shown = () => document.querySelector("#decide-item > [data-key]");
  const isTyping = (node) => !!(node && node.closest && node.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox]"));
  const send = (id, data) => window.dash_clientside.set_props(id, { data });
  let at = 0, pending = "", n = Date.now(), busy = 0, since = 0, waiting = [];
  // a line whose thing the server was asked for; and, while an answer is on its way, what is shown already
  let asked = "", peek = null;

  function press(status) {
    pending = status;
    document.querySelectorAll("[data-decide-status]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.decideStatus === status)));
  }
  /** Bring a line into the sight of its list; the page stays where it is, on a phone at the top. */
  function reveal(line) {
    const list = line.closest("ol"), its = line.getBoundingClientRect(), seen = list.getBoundingClientRect();
    list.scrollTop += Math.min(0, its.top - seen.top) + Math.max(0, its.bottom - seen.bottom);
  }
  function mark() {
    lines().forEach((line, index) => {
      const is = index === (peek ? peek.index : at);
      if (line.classList.contains("is-current") === is) return;
      line.classList.toggle("is-current", is);
      if (is) line.setAttribute("aria-current", "true"); else line.removeAttribute("aria-current");
      if (is) reveal(line);
    });
  }
  function move(to) {
    const all = lines();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, to));
    press("");
    clearRefusal();
    mark();
    // while an answer is on its way it would come over what is shown
    if (!asked && window.rrDecideAhead.show(all[at])) return;
    asked = all[at].dataset.key;
    send(panel().dataset.chosen, { key: asked, index: at });
  }
  function clearRefusal() {
    const refused = document.querySelector("#decide-refusal > [data-n]");
    if (refused) refused.hidden = true;
  }
  function ask(what) {
    const line = lines()[at];
    if (!line && what.do !== "undo") return;
    n += 1; busy = n; since = Date.now();
    clearRefusal();
    const cause = field("cause").value, comment = field("comment").value;
    if (what.status && cause) localStorage.setItem(LAST, cause);
    if (isTyping(document.activeElement)) document.activeElement.blur();
    send(panel().dataset.intent, { key: line ? line.dataset.key : "", index: at, cause: what.status ? cause : "", comment, n, ...what });
    if (what.do !== "undo") showNext();
  }
  /** Show the next one while the answer is recorded; keys wait, so that nothing is said of it yet. */
  function showNext() {
    const next = lines()[at + 1], before = window.rrDecideAhead.shown();
    if (asked || !next || !window.rrDecideAhead.show(next)) return;
    peek = { index: at + 1, key: next.dataset.key, before, pending };
    press("");
    mark();
  }
  function putBack() {
    if (!peek) return;
    window.rrDecideAhead.put(peek.before);
    press(peek.pending);
    peek = null;
  }
  function apply() {
    if (pending) ask({ do: "status", status: pending });
    else say("Choose a status first: g, b, s or e.");
  }
  function say(words) {
    const line = document.querySelector(".decide-keys");
    line.dataset.says = words;
    setTimeout(() => { delete line.dataset.says; }, 2500);
  }
  function choose(status) {
    press(status);
    if (status !== "BAD") return;
    const cause = field("cause"), last = localStorage.getItem(LAST);
    // through React's own setter, so that Dash hears of it
    if (!cause.value && last && [...cause.options].some((o) => o.value === last)) window.dash_clientside.set_props(panel().dataset.cause, { value: last });
    cause.focus();
  }
  const KEYS = {
    KeyJ: () => move(at + 1), ArrowDown: () => move(at + 1), KeyK: () => move(at - 1), ArrowUp: () => move(at - 1),
    Home: () => move(0), End: () => move(lines().length - 1), Enter: apply, NumpadEnter: apply,
    KeyA: () => ask({ do: "accept" }), KeyX: () => ask({ do: "reject" }), KeyL: () => ask({ do: "alike" }), KeyU: () => ask({ do: "undo" }),
    KeyC: () => field("comment").focus(), Escape: () => { press(""); clearRefusal(); },
  };
  for (const [code, status] of Object.entries(STATUS)) KEYS[code] = () => choose(status);

  function act(code) {
    // an answer that stands there already is taken first: a key pressed at its sight is not one of those before it
    settled();
    if (busy && Date.now() - since < PATIENCE_MS) { waiting.push(code); return; }
    putBack();
    KEYS[code]();
  }
  function go() {
    busy = 0;
    // one at a time: an answer among them makes the others wait again
    while (waiting.length && !busy) KEYS[waiting.shift()]();
  }
  function settled() {
    if (!page()) { busy = 0; waiting = []; asked = ""; peek = null; return; }
    const item = shown(), refused = document.querySelector("#decide-refusal > [data-n]");
    if (busy && refused && Number(refused.dataset.n) === busy) { busy = 0; waiting = []; putBack(); mark(); return; }
    const isEmpty = !item && !lines().length && document.querySelector("#decide-item > .empty");
    if (busy && (isEmpty || (item && Number(item.dataset.n) === busy))) {
      at = item ? Number(item.dataset.index) : 0;
      if (peek && item && item.dataset.key !== peek.key && waiting.length) { waiting = []; say("Another one comes first now."); }
      asked = ""; peek = null;
      press("");
      mark();
      go();
    } else if (!busy && item && item !== settled.last) {
      settled.last = item;
      if (Number(item.dataset.n) >= 0 && lines()[at]?.dataset.key !== item.dataset.key) at = Number(item.dataset.index);
    }
    if (item && item.dataset.key === asked) asked = "";
    mark();
    if (item && !busy) window.rrDecideAhead.want(lines(), at);
  }
  document.addEventListener("keydown", (event) => {
    if (!page() || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const target = event.target, isEnter = event.code === "Enter" || event.code === "NumpadEnter";
    const keys = document.querySelector(".shell-keys");
    if (keys && !keys.hidden) return;
    if (isTyping(target)) {
      if (!panel().contains(target)) return;
      if (event.code === "Escape") target.blur();
      else if (isEnter) { event.preventDefault(); target.blur(); act("Enter"); }
      return;
    }
    if (isEnter && target.closest && target.closest("a, button, summary") && !target.closest(".status-buttons")) return;
    if (!KEYS[event.code]) return;
    event.preventDefault();
    act(event.code);
  });
  document.addEventListener("click", (event) => {
    if (!page() || !event.target.closest) return;
    const status = event.target.closest("[data-decide-status]"), doing = event.target.closest("[data-decide]");
    const line = event.target.closest("#decide-list > li[data-key]");
    if (status) choose(status.dataset.decideStatus);
    else if (doing && doing.dataset.decide === "apply") act("Enter");
    else if (doing && !busy) ask({ do: doing.dataset.decide, ids: doing.dataset.ids.split(" ").filter(Boolean).map(Number) });
    else if (line) move(lines().indexOf(line));
  });
  let isWaiting = false;
  new MutationObserver(() => {
    if (isWaiting || !(page() || busy)) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; settled(); });
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-n", "data-key"] });
})();
