/* Following the registry: one event stream per browser, held by one of its tabs, told to the others.
   Where nobody holds streams, or none is heard, the version is asked for every two seconds.
   Screens that follow ([data-follows]) are told by the store `shell-followed`, never while one is still drawing. */
(function () {
  "use strict";
  const SILENT_MS = 7000, POLL_MS = 2000, AGAIN_MS = 15000, DRAWS_MS = 4000, GAP_MS = 300, CALM_MS = 10000;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("rr-stream") : null;
  const stream = (window.rrStream = { newest: 0, mode: "waiting", feeds: [], behind_ms: 0 });
  let source = null, heard = Date.now(), answered = Date.now(), polled = 0, etag = "", tried = 0;
  let asked = 0, askedAt = 0, calmAt = 0, calm = 0;

  const screen_ = () => document.querySelector("[data-follows]");
  const isPast = () => new URLSearchParams(window.location.search).has("as_of");
  const tell = (id, sequence) => window.dash_clientside.set_props(id, { data: { sequence } });

  /** What was told is asked for: no host answers from a copy of the database that has not come as far. */
  function see(sequence) {
    if (sequence <= stream.newest) return;
    stream.newest = sequence;
    document.cookie = `run-registry-seen=${sequence}; path=/; SameSite=Strict`;
  }
  function take(kind, data) {
    heard = answered = Date.now();
    stream.mode = "live";
    if (kind === "beat") { stream.feeds = data.feeds; stream.behind_ms = data.now_ms - Date.now(); }
    see(data.sequence);
    follow();
  }
  /** Let the screen draw what is new: one drawing at a time, and the queue beside it less often. */
  function follow() {
    const now = Date.now(), strip = window.rrStrip;
    if (!screen_() || isPast() || document.hidden || !window.dash_clientside.set_props) return;
    const shows = strip && strip.meta && strip.root.isConnected ? strip.meta.sequence : 0;
    const draws = asked > shows && now - askedAt < (stream.newest > asked ? DRAWS_MS : AGAIN_MS);
    if (stream.newest > shows && !draws && now - askedAt >= GAP_MS) {
      asked = stream.newest; askedAt = now;
      tell("shell-followed", asked);
    }
    if (stream.newest > calm && now - calmAt >= CALM_MS) {
      if (calm) tell("shell-calm", stream.newest);
      calm = stream.newest; calmAt = now;
    }
  }
  if (channel) channel.onmessage = (event) => take(event.data.kind, event.data.data);

  function open() {
    tried = Date.now();
    if (source) source.close();
    source = new EventSource(`/api/v1/stream${stream.newest ? `?after=${stream.newest}` : ""}`);
    for (const kind of ["head", "beat"]) {
      source.addEventListener(kind, (event) => {
        const data = JSON.parse(event.data);
        take(kind, data);
        if (channel) channel.postMessage({ kind, data });
      });
    }
  }
  stream.close = () => { if (source) source.close(); };
  /** Ask for the version where no stream is heard; a registry that does not answer at all is said to be gone. */
  async function poll(now) {
    if (now - polled < POLL_MS) return;
    polled = now;
    try {
      const answer = await fetch("/api/v1/version", { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      answered = Date.now();
      if (answer.status === 200) { etag = answer.headers.get("ETag") || ""; see((await answer.json()).sequence); }
      const feeds = await (await fetch("/api/v1/feeds", { cache: "no-store" })).json();
      stream.feeds = feeds.feeds; stream.behind_ms = feeds.now_ms - Date.now();
      if (stream.mode !== "live") stream.mode = "polling";
    } catch (_) { /* said by `trouble`: it does not answer */ }
  }

  // ---- how old what one sees is
  const words = (s) => (s < 120 ? `${Math.max(0, Math.round(s))} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`);
  function age(feed) { return feed.at_ms === null ? Infinity : (Date.now() + stream.behind_ms - feed.at_ms) / 1000; }
  function state(feed) {
    const s = age(feed);
    if (feed.over_s !== null && s >= feed.over_s && feed.at_ms !== null) return "off";
    return s >= 5 * feed.normal_s ? "stale" : s >= 2 * feed.normal_s || feed.trouble ? "late" : "fresh";
  }
  function chip(name, said, look, title) {
    const node = document.createElement("span"), dot = document.createElement("i"), bold = document.createElement("b");
    node.className = `feed is-${look}`; node.title = title; dot.setAttribute("aria-hidden", "true"); bold.textContent = said;
    node.append(dot, `${name} `, bold);
    return node;
  }
  let drawn = "";
  function chips() {
    const place = document.getElementById("shell-feeds-live");
    if (!place || !stream.feeds.length) return;
    const each = stream.feeds.map((f) => state(f) === "off" ? [f.name, "replay ended", "off", `${words(age(f))} ago; no OMS is followed`] : [f.name, f.at_ms === null ? "never" : words(age(f)), state(f), `${f.trouble || "answers"}; normally every ${f.normal_s} s`]);
    const key = JSON.stringify(each);
    if (key === drawn && place.childElementCount) return;
    drawn = key;
    place.replaceChildren(...each.map((args) => chip(...args)));
  }
  /** A board that does not move must not look as if all were well. */
  function trouble(now) {
    if (now - answered > SILENT_MS) return `The registry has not answered for ${words((now - answered) / 1000)}: what you see does not move.`;
    // a worker that says what keeps it from its answers is believed sooner than one that is silent
    const stale = stream.feeds.filter((f) => state(f) === "stale" || (f.trouble && age(f) >= 3 * f.normal_s && state(f) !== "off"));
    if (!stale.length || isPast()) return "";
    return stale.map((f) => (f.at_ms === null ? `${f.name} has never answered` : `${f.name} has not answered for ${words(age(f))}`) + (f.trouble ? ` (${f.trouble})` : "")).join("; ") + ": what you see may be older than it looks.";
  }
  function frame(now) {
    const place = document.getElementById("shell-stopped"), said = screen_() ? trouble(now) : "";
    if (!place) return;
    if (place.textContent !== said) place.textContent = said;
    if (place.hidden !== !said) place.hidden = !said;
    document.documentElement.classList.toggle("is-stopped", !!said);
    document.documentElement.dataset.stream = stream.mode;
  }

  let leads = false;
  function tick() {
    const now = Date.now(), silent = now - heard > SILENT_MS;
    if (silent && stream.mode === "live") stream.mode = "waiting";
    if (leads && now - tried > AGAIN_MS && (silent || !source || source.readyState === EventSource.CLOSED)) open();
    if (silent || (leads && source && source.readyState === EventSource.CLOSED)) poll(now);
    follow();
    chips();
    frame(now);
  }
  function lead() { leads = true; open(); return new Promise(() => {}); }
  function begin() { if (navigator.locks && channel) navigator.locks.request("rr-stream", lead); else lead(); }
  // first the page itself, then what happens meanwhile
  if (document.readyState === "complete") setTimeout(begin, 1000); else window.addEventListener("load", () => setTimeout(begin, 1000));
  setInterval(tick, 500);
  document.addEventListener("visibilitychange", tick);
})();
