// The handle. At the moment T only what was known by then is on the page: every element with `data-known` (milliseconds since
// 1970, or `never`) that is later goes, and whatever was written afterwards is covered. What was recorded by T and not seen
// comes only when the reader asks for it, without a word about when it was seen. What is not yet is never shown.
(() => {
  "use strict";

  const root = document.documentElement;
  const theatre = document.querySelector(".theatre");
  const handle = document.getElementById("handle");
  const canvas = document.querySelector(".lanes-canvas");
  const fog = document.querySelector(".lanes .fog");
  if (!(theatre instanceof HTMLElement) || !handle || !canvas || !fog) return;

  /** @param {string} id @returns {HTMLElement} */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @param {string} selector @param {ParentNode} [inside] @returns {HTMLElement[]} */
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  const title = document.title;
  const zone = theatre.dataset.zone ?? "UTC";
  const knots = (theatre.dataset.scale ?? "").split(" ").map((knot) => knot.split(":").map(Number));
  const [start, end] = [knots[0], knots[knots.length - 1]];
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const dated = all("[data-known]");
  const passing = all("[data-until]");
  const entries = all(".event[data-known]");
  const choices = all(".decision-item[data-known]");
  const scroller = /** @type {HTMLElement} */ (canvas.parentElement);
  const spans = all(".lanes .lasts, .lanes .whisker").map((line) => ({ line, until: parseFloat(line.getAttribute("x2") ?? "100") }));
  /** @param {HTMLElement} element @returns {number} */
  const knownAt = (element) => (element.dataset.known === "never" ? Infinity : Number(element.dataset.known));
  /** @param {number[]} instants @returns {number[]} */
  const ordered = (instants) => [...new Set(instants.filter(Number.isFinite))].sort((one, other) => one - other);
  const keyEntries = entries.filter((entry) => !entry.classList.contains("minor"));
  const steps = ordered(keyEntries.map(knownAt));
  const decisions = ordered(choices.map(knownAt));

  /** The moment T in milliseconds, or null when nothing is hidden. @type {number | null} */
  let moment = null;
  let revealed = false;

  /** @param {number} value @param {number} from @param {number} to @returns {number} */
  const along = (value, from, to) => {
    const index = Math.max(knots.findIndex((knot) => value <= knot[from]), 1);
    const [before, after] = [knots[index - 1], knots[value > end[from] ? knots.length - 1 : index]];
    const share = (value - before[from]) / (after[from] - before[from]);
    return before[to] + Math.min(Math.max(share, 0), 1) * (after[to] - before[to]);
  };
  /** @param {number} at @returns {number} the place of an instant, in percent */
  const place = (at) => along(at, 0, 1);
  /** @param {number} x a place in percent @returns {number} the instant there, to the second */
  const instant = (x) => Math.round(along(x, 1, 0) / 1000) * 1000;
  /** @param {number} at @returns {string} */
  const clock = (at) => format.format(new Date(at));

  /** @returns {number} where the handle rests, in percent: at the right edge of what is seen of the lanes */
  const rest = () => Math.min(((scroller.scrollLeft + scroller.clientWidth) / canvas.scrollWidth) * 100, 100);

  /** @param {number | null} at the moment to show, null to leave the replay @param {boolean} [dragged] */
  const show = (at, dragged = false) => {
    moment = at;
    revealed = false;
    root.toggleAttribute("data-replay", at !== null);
    const focused = document.activeElement;
    draw();
    if (focused instanceof HTMLElement && focused !== document.body && !focused.getClientRects().length) handle.focus({ preventScroll: true });
    if (at !== null && !dragged) scroller.scrollLeft = (place(at) / 100) * canvas.scrollWidth - scroller.clientWidth * 0.7;
  };

  const draw = () => {
    const now = moment ?? Infinity;
    dated.forEach((element) => element.toggleAttribute("hidden", knownAt(element) > now && moment !== null));
    passing.forEach((element) => element.toggleAttribute("hidden", moment === null || now >= Number(element.dataset.until)));
    const x = moment === null ? 100 : place(moment);
    handle.style.left = `${moment === null ? rest() : x}%`;
    fog.toggleAttribute("hidden", moment === null);
    fog.setAttribute("x", `${x}%`);
    fog.setAttribute("width", `${100 - x}%`);
    spans.forEach(({ line, until }) => line.setAttribute("x2", `${Math.min(until, x)}%`));
    drawUnseen();
    say();
  };

  const drawUnseen = () => {
    const list = /** @type {HTMLElement} */ (document.querySelector(".unseen-list"));
    all(".unseen-mark").forEach((mark) => mark.classList.remove("unseen-mark"));
    const panel = document.querySelector(".unseen");
    panel?.toggleAttribute("hidden", !revealed);
    document.getElementById("reveal")?.toggleAttribute("hidden", revealed);
    if (!revealed || moment === null) return list?.replaceChildren();
    const now = moment;
    const unseen = keyEntries.filter((entry) => knownAt(entry) > now && Number(entry.dataset.recorded) <= now);
    list?.replaceChildren(...unseen.map(copy));
    document.querySelector(".unseen-none")?.toggleAttribute("hidden", unseen.length > 0);
    const shown = new Set(unseen.map((entry) => `#${entry.id}`));
    all(".lanes a").filter((mark) => shown.has(mark.getAttribute("href") ?? "")).forEach((mark) => {
      mark.removeAttribute("hidden");
      mark.classList.add("unseen-mark");
    });
  };

  /** @param {HTMLElement} entry @returns {HTMLElement} the entry without its id and without what tells of later */
  const copy = (entry) => {
    const twin = /** @type {HTMLElement} */ (entry.cloneNode(true));
    twin.removeAttribute("id");
    twin.removeAttribute("hidden");
    twin.classList.remove("unsure");
    twin.querySelectorAll("p > [data-known]").forEach((words) => words.toggleAttribute("hidden", Number(words.dataset.known) > Number(moment)));
    twin.querySelectorAll(".event-text > .meta").forEach((line) => line.remove());
    twin.querySelector(".shape")?.classList.add("hollow");
    return twin;
  };

  const say = () => {
    const replaying = moment !== null;
    const time = moment === null ? "" : clock(moment);
    all(".replay-clock").forEach((element) => { element.textContent = time; });
    all(".handle-time").forEach((element) => { element.textContent = time; });
    all(".in-replay, .replay-now, .reveal, .fog-label").forEach((element) => { element.hidden = !replaying; });
    all(".at-rest").forEach((element) => { element.hidden = replaying && Boolean(element.nextElementSibling); });
    all(".replay-invitation").forEach((element) => { element.hidden = replaying; });
    byId("leave").hidden = !replaying;
    document.title = replaying ? `Known at ${time}` : title;
    const label = /** @type {HTMLElement | null} */ (document.querySelector(".fog-label"));
    const x = moment === null ? 100 : place(moment);
    if (label) {
      label.style.left = `${(x + 100) / 2}%`;
      label.hidden ||= x > 72;
    }
    const number = keyEntries.filter((entry) => !entry.hidden).length;
    const known = `${number} key ${number === 1 ? "event" : "events"} known`;
    const words = replaying ? `${time} ${zone}, ${known}` : "At the end: everything is shown";
    handle.setAttribute("aria-valuetext", words);
    handle.setAttribute("aria-valuenow", String(Math.round(x)));
    all(".replay-since").forEach((element) => { element.textContent = replaying ? `${zone}, ${known}` : ""; });
    sayDecision();
    clearTimeout(saying);
    saying = setTimeout(() => { byId("replay-status").textContent = replaying ? words : ""; }, 400);
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saying;

  /** Shows the decision that is made at T, with what a facilitator would ask. */
  const sayDecision = () => {
    const panel = byId("juncture-now");
    const items = choices.filter((item) => knownAt(item) === moment);
    panel.hidden = !items.length;
    panel.replaceChildren(...items.map((item) => {
      const twin = /** @type {HTMLElement} */ (item.cloneNode(true));
      twin.removeAttribute("id");
      twin.querySelectorAll(".later, .button").forEach((part) => part.remove());
      return twin;
    }));
    if (!items.length) return;
    const list = document.createElement("ul");
    for (const question of ["What did you see?", "What did you take it to mean?", "What were you trying to do?", "What would have told you otherwise?"]) {
      const entry = document.createElement("li");
      entry.textContent = question;
      list.append(entry);
    }
    panel.append(list);
  };

  /** @param {number[]} instants @param {number} direction @returns {number | null} the next of these in a direction */
  const next = (instants, direction) => {
    const now = moment ?? Infinity;
    const found = direction > 0 ? instants.find((at) => at > now) : instants.findLast((at) => at < now);
    return found ?? (direction > 0 ? null : moment ?? instants[0] ?? null);
  };

  handle.addEventListener("keydown", (event) => {
    const instants = event.shiftKey && decisions.length ? decisions : steps;
    /** @type {Record<string, () => number | null>} */
    const keys = {
      ArrowRight: () => next(instants, 1),
      ArrowUp: () => next(instants, 1),
      ArrowLeft: () => next(instants, -1),
      ArrowDown: () => next(instants, -1),
      Home: () => steps[0] ?? start[0],
      End: () => steps[steps.length - 1] ?? end[0],
      Escape: () => null,
    };
    const key = keys[event.key];
    if (!key) return;
    event.preventDefault();
    show(key());
  });

  /** @param {PointerEvent} event @returns {number | null} */
  const pointed = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 100;
    return x >= end[1] + 1.5 ? null : Math.max(instant(x), start[0]);
  };
  let waiting = 0;
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId) || waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      const at = pointed(event);
      if (at !== moment) show(at, true);
      const seen = scroller.getBoundingClientRect();
      if (event.clientX < seen.left + 24) scroller.scrollLeft -= 16;
      if (event.clientX > seen.right - 24) scroller.scrollLeft += 16;
    });
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (!(event instanceof PointerEvent) || !(event.target instanceof Element) || event.target.closest("a, .handle")) return;
    if (event.clientY - canvas.getBoundingClientRect().top > 28) return;
    show(pointed(event));
    handle.focus({ preventScroll: true });
  });

  byId("leave").addEventListener("click", () => show(null));
  byId("earlier").addEventListener("click", () => show(next(decisions.length ? decisions : steps, -1)));
  byId("next").addEventListener("click", () => show(moment === null ? (decisions[0] ?? steps[0] ?? null) : next(decisions.length ? decisions : steps, 1)));
  document.getElementById("reveal")?.addEventListener("click", () => {
    revealed = true;
    draw();
    const heading = /** @type {HTMLElement | null} */ (document.querySelector(".unseen h3"));
    heading?.focus();
  });
  all(".replay-from").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      show(knownAt(/** @type {HTMLElement} */ (button.closest(".decision-item"))));
      theatre.scrollIntoView({ block: "start" });
      handle.focus({ preventScroll: true });
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moment !== null && !document.querySelector(":popover-open")) show(null);
  });

  scroller.addEventListener("scroll", () => { if (moment === null) handle.style.left = `${rest()}%`; }, { passive: true });
  new ResizeObserver(() => { if (moment === null) handle.style.left = `${rest()}%`; }).observe(scroller);

  handle.hidden = false;
  all(".replay-bar, .legend-keys").forEach((element) => { element.hidden = false; });
  byId("leave").hidden = true;
  for (const id of ["earlier", "next"]) byId(id).hidden = !decisions.length && !steps.length;
})();
