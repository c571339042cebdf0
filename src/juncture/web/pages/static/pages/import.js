// @ts-check
// An import's state, asked for again until it has ended; then its draft is opened.
(() => {
  "use strict";

  const said = document.getElementById("said");

  /** @returns {HTMLElement | null} */
  const state = () => document.getElementById("state");

  const look = async () => {
    const now = state();
    if (!now?.dataset.poll) return;
    try {
      const answer = await fetch(now.dataset.poll);
      const next = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("state");
      if (next) take(now, next);
    } catch {
      // The server is away for a moment; the next try will tell.
    }
    setTimeout(look, 700);
  };

  /** @param {HTMLElement} now @param {HTMLElement} next */
  const take = (now, next) => {
    if (next.dataset.then) return location.replace(next.dataset.then);
    const held = now.contains(document.activeElement) ? document.activeElement?.id : "";
    if (said && now.dataset.said !== next.dataset.said) said.textContent = next.dataset.said || "";
    now.replaceWith(next);
    const title = document.querySelector("h1");
    if (title && next.dataset.heading) title.textContent = next.dataset.heading;
    if (held) (document.getElementById(held) || document.getElementById("next") || document.getElementById("main"))?.focus();
  };

  if (state()?.dataset.poll) setTimeout(look, 300);
})();
