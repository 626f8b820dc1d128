/* Guided tours: ring what is spoken of, and go on when the hand did it or pressed Next. Nothing is pressed for anybody.
   Whether it was offered is kept in localStorage; where one is in a tour, for a reload, in sessionStorage. */
(function () {
  "use strict";
  const OFFERED = "rr-tour", AT = "rr-tour-at", EDGE_PX = 10, CARD_PX = 20, LOOK_MS = 120, SEEN_MS = 700, MISSING_MS = 4000;
  const byId = (name) => document.getElementById(name), root = document.documentElement;
  const HINTS = { press: "Press there to go on, or Next.", key: "Press the key to go on, or Next.", walk: "Go there to go on, or press Next." };
  let tour = null, name = "", at = 0, looks = 0, begun = 0, isScrolled = false, isDone = false, before = null;

  if (!localStorage.getItem(OFFERED)) root.dataset.tourOffer = "";
  function answered() { localStorage.setItem(OFFERED, "seen"); delete root.dataset.tourOffer; }

  const card = () => byId("tour"), step = () => tour.steps[at];
  const isOn = (path) => location.pathname === path || (path !== "/" && location.pathname.startsWith(`${path}/`));
  const target = () => { const found = byId(step().at); return found && found.getClientRects().length ? found : null; };

  function begin(which, from) {
    answered();
    name = which;
    tour = JSON.parse(card().dataset.tours)[which];
    if (!tour) return;
    before = before || document.activeElement;
    clearInterval(looks);
    looks = setInterval(look, LOOK_MS);
    go(Math.min(from || 0, tour.steps.length - 1), 1, true);
  }
  function end() {
    clearInterval(looks);
    sessionStorage.removeItem(AT);
    const had = card().contains(document.activeElement);
    card().hidden = byId("tour-ring").hidden = true;
    tour = null;
    if (had) (before && before !== document.body && before.isConnected && before.getClientRects().length ? before : byId("shell-page")).focus({ preventScroll: true });
    before = null;
  }
  /** Show a step, or the next one in this direction whose element is drawn at all. */
  function go(to, way, isAsked) {
    if (to >= tour.steps.length) { end(); return; }
    if (to < 0) return;
    at = to;
    if (step().is_optional && !byId(step().at)) { go(at + way, way, isAsked); return; }
    const stays = !isAsked && !card().hidden && !card().contains(document.activeElement) && document.activeElement !== document.body;
    begun = Date.now();
    isScrolled = isDone = false;
    sessionStorage.setItem(AT, JSON.stringify([name, at]));
    if (!isOn(step().page)) window.rrWalkTo(step().page);
    tell();
    card().hidden = false;
    // who works on the page goes on there; everybody else is on the card
    if (!stays) card().focus({ preventScroll: true });
    look();
  }
  function tell() {
    const isLast = at === tour.steps.length - 1;
    byId("tour-of").textContent = `${tour.role} · ${at + 1} of ${tour.steps.length}`;
    byId("tour-title").textContent = step().title;
    byId("tour-says").textContent = step().says;
    byId("tour-next").textContent = isLast ? "Done" : "Next";
    byId("tour-back").disabled = !tour.steps.slice(0, at).some((each) => !each.is_optional || byId(each.at));
  }
  /** Follow the element, which may come late, move, or go. */
  function look() {
    if (!tour || !card()) return;
    if (!isDone && step().until.startsWith("walk ") && isOn(step().until.slice(5))) { did(); return; }
    const found = isOn(step().page) && target(), ring = byId("tour-ring");
    if (found && !isScrolled) show(found);
    // a page that was drawn anew took the focus with it
    if (document.activeElement === document.body && !card().hidden && !document.querySelector(".shell-keys:not([hidden]), .show-call:not([hidden])")) card().focus({ preventScroll: true });
    const box = found && clipped(found.getBoundingClientRect());
    ring.hidden = !box;
    if (box) Object.assign(ring.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
    const how = found || Date.now() - begun < MISSING_MS ? HINTS[step().until.split(" ")[0]] || "" : "This is not on the screen now; Next goes on.";
    // a telephone has no such keys
    const keys = matchMedia("(hover: none) and (pointer: coarse)").matches ? "" : "F6 moves between here and the page; Esc ends.";
    const hint = `${how} ${keys}`.trim();
    if (byId("tour-hint").textContent !== hint) byId("tour-hint").textContent = hint;
    place(box);
  }
  /** Scroll so that it is in view, and room for the card is left. */
  function show(found) {
    const box = found.getBoundingClientRect(), high = document.querySelector(".shell-header"), fixed = getComputedStyle(high).position === "sticky" ? high.offsetHeight : 0;
    const room = innerHeight - fixed, wanted = box.height > room * .5 ? fixed + EDGE_PX : fixed + Math.max(EDGE_PX, (room - box.height) / 3);
    if (Math.abs(box.top - wanted) > 4) window.scrollBy(0, box.top - wanted);
    // what comes late pushes it about for a while
    if (Date.now() - begun > MISSING_MS / 2) isScrolled = true;
  }
  function clipped(box) {
    const left = Math.max(3, box.left - 4), top = Math.max(3, box.top - 4), right = Math.min(root.clientWidth - 3, box.right + 4), bottom = Math.min(innerHeight - 3, box.bottom + 4);
    return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top, right, bottom } : null;
  }
  /** Put the card where it hides least of what it speaks of: beside, below, above, else in the farther corner. */
  function place(box) {
    const own = card().getBoundingClientRect(), wide = root.clientWidth, high = innerHeight;
    let left = (wide - own.width) / 2, top = high - own.height - CARD_PX;
    if (box) {
      const middle = Math.max(EDGE_PX, Math.min(box.top, high - own.height - EDGE_PX)), along = Math.max(EDGE_PX, Math.min(box.left, wide - own.width - EDGE_PX));
      if (high - box.bottom > own.height + CARD_PX) [left, top] = [along, box.bottom + EDGE_PX];
      else if (wide - box.right > own.width + CARD_PX) [left, top] = [box.right + EDGE_PX, middle];
      else if (box.left > own.width + CARD_PX) [left, top] = [box.left - own.width - EDGE_PX, middle];
      else if (box.top > own.height + CARD_PX) [left, top] = [along, box.top - own.height - EDGE_PX];
      else if (wide > 700) left = box.left + box.width / 2 > wide / 2 ? EDGE_PX : wide - own.width - EDGE_PX;
      else if (box.top > high - box.bottom) top = EDGE_PX;
    }
    Object.assign(card().style, { left: `${Math.round(left)}px`, top: `${Math.round(top)}px` });
  }
  /** The hand did it: it may see what came of it before the tour goes on. */
  function did() {
    if (isDone) return;
    isDone = true;
    const of = step();
    setTimeout(() => { if (tour && step() === of && isDone) go(at + 1, 1, false); }, SEEN_MS);
  }
  const isIn = (node) => { const found = tour && isOn(step().page) && target(); return !!found && found.contains(node); };

  let pressed = false;
  window.addEventListener("pointerdown", (event) => { pressed = !!tour && isIn(event.target); }, true);
  window.addEventListener("pointerup", () => { if (pressed && tour && step().until === "press") did(); pressed = false; }, true);
  window.addEventListener("change", (event) => { if (tour && step().until === "press" && isIn(event.target)) did(); }, true);
  // at the window, so before all others: on the card, keys are the card's
  window.addEventListener("keydown", (event) => {
    if (!tour || document.querySelector(".shell-keys:not([hidden]), .show-call:not([hidden])")) return;
    const onCard = card().contains(event.target), isField = !!event.target.closest("input, textarea, select, [contenteditable=true]");
    if (event.key === "F6") {
      event.preventDefault();
      if (onCard) toPage(); else card().focus({ preventScroll: true });
      return;
    }
    if (event.key === "Escape" && (onCard || !isField)) { end(); event.preventDefault(); event.stopPropagation(); return; }
    if (!onCard) {
      const keys = step().until.startsWith("key ") ? step().until.slice(4).split(" ") : [];
      if (!isField && keys.includes(event.code)) did();
      else if (step().until === "press" && isIn(event.target) && !/^(Tab|Shift|Control|Alt|Meta)/.test(event.key)) did();
      return;
    }
    const onButton = event.target.closest("button");
    if (event.key === "ArrowRight" || (event.key === "Enter" && !onButton)) { event.preventDefault(); go(at + 1, 1, true); }
    else if (event.key === "ArrowLeft") { event.preventDefault(); go(at - 1, -1, true); }
    // a key that this step waits for is meant for the page, wherever the focus is
    else if (step().until.startsWith("key ") && step().until.includes(event.code)) { toPage(); did(); return; }
    event.stopPropagation();
  }, true);
  /** Give the focus to what is spoken of, or to the first control in it. */
  function toPage() {
    const found = target(), stop = found && [found, ...found.querySelectorAll("a[href], button:not([disabled]), input, select, textarea, [tabindex='0']"), found.closest("[tabindex='0']")].find((each) => each && each.getClientRects().length && (each.tabIndex >= 0));
    (stop || byId("shell-page")).focus({ preventScroll: true });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const which = event.target.closest("button[data-tour]");
    if (which) {
      before = document.activeElement.closest(".shell-keys") ? byId("shell-help") : null;
      begin(which.dataset.tour);
    } else if (event.target.closest(".tour-later")) { answered(); byId("shell-page").focus({ preventScroll: true }); }
    else if (tour && event.target.closest("#tour-end")) end();
    else if (tour && event.target.closest("#tour-next")) go(at + 1, 1, true);
    else if (tour && event.target.closest("#tour-back")) go(at - 1, -1, true);
  });
  window.addEventListener("wheel", () => { isScrolled = true; }, { capture: true, passive: true });
  window.addEventListener("touchmove", () => { isScrolled = true; }, { capture: true, passive: true });
  // after a reload one is where one was
  const kept = sessionStorage.getItem(AT);
  if (kept) {
    const waits = setInterval(() => {
      if (!card()) return;
      clearInterval(waits);
      const [which, from] = JSON.parse(kept);
      if (!tour) begin(which, from);
    }, LOOK_MS);
  }
})();
