/* A session that ended under an open page: say so, and offer the login; nothing else of the page's questions is answered. */
(function () {
  "use strict";
  const asked = window.fetch.bind(window);
  function say(sentence) {
    if (document.querySelector(".shell-session")) return;
    const bar = document.createElement("div"), words = document.createElement("span"), way = document.createElement("a");
    bar.className = "shell-session notice is-refusal"; bar.setAttribute("role", "alert");
    words.textContent = `${sentence || "Nobody can tell who you are any more."} What you see stays as it was, and nothing more is written. `;
    way.className = "button is-primary"; way.textContent = "Log in";
    way.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    bar.append(words, way);
    document.body.prepend(bar);
  }
  function wait(sentence, seconds) {
    if (document.querySelector(".shell-session")) return;
    const bar = document.createElement("div");
    bar.className = "shell-session notice is-refusal"; bar.setAttribute("role", "alert");
    bar.textContent = sentence;
    document.body.prepend(bar);
    setTimeout(() => bar.remove(), seconds * 1000);
  }
  const isOurs = (input) => new URL(input instanceof Request ? input.url : input, location.href).origin === location.origin;
  /* what writes says that it comes from a page of ours, by the token that no other site can read */
  const token = () => (document.cookie.match(/(?:^|; )_csrf_token=([0-9a-f]+)/) || [])[1];
  function signed(input, init) {
    const method = (init && init.method) || (input instanceof Request ? input.method : "GET");
    if (/^(GET|HEAD)$/i.test(method) || !token() || !isOurs(input)) return init;
    const headers = new Headers((init && init.headers) || (input instanceof Request ? input.headers : {}));
    headers.set("X-CSRFToken", token());
    return { ...init, headers };
  }
  window.fetch = async function (input, init) {
    const answer = await asked(input, signed(input, init));
    if (answer.status === 401 && isOurs(input)) {
      const body = await answer.clone().json().catch(() => ({}));
      if (body.code === "unidentified") say(body.detail);
    }
    if (answer.status === 429 && isOurs(input)) {
      const body = await answer.clone().json().catch(() => ({}));
      if (body.code === "too-many") wait(body.detail, Number(answer.headers.get("Retry-After")) || 1);
    }
    if (answer.status === 413 && isOurs(input)) wait((await answer.clone().json().catch(() => ({}))).detail || "That is too long.", 10);
    return answer;
  };
})();
