// What the document does beyond being read: its colours, its printing, and one tab stop for all marks of the lanes.
// Without this script everything can still be read, cited lines open, and lists filter.
(() => {
  "use strict";

  const root = document.documentElement;

  /** @returns {boolean} whether the page is dark now, by the reader's choice or the system's */
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  /** @param {string} id @returns {HTMLElement | null} */
  const byId = (id) => document.getElementById(id);

  const theme = byId("theme");
  if (theme) {
    const say = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
    theme.hidden = false;
    theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; say(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", say);
    say();
  }

  const printing = byId("print");
  if (printing) {
    printing.hidden = false;
    printing.addEventListener("click", () => window.print());
  }
  /** @type {HTMLDetailsElement[]} */
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));

  // Browsers without popovers go to the entry in the list of evidence instead.
  if (!("popover" in HTMLElement.prototype)) {
    document.addEventListener("click", (event) => {
      const opener = event.target instanceof Element ? event.target.closest("[popovertarget]") : null;
      const target = opener && byId(opener.getAttribute("popovertarget") ?? "");
      target?.closest("li")?.scrollIntoView({ block: "center" });
    });
  }

  // The marks: Tab reaches one, arrow keys the others.
  const drawing = document.querySelector(".lanes-drawing");
  /** @type {SVGAElement[]} */
  const marks = drawing ? [...drawing.querySelectorAll("a")] : [];
  marks.sort((one, other) => Number(one.dataset.at) - Number(other.dataset.at));
  /** @param {SVGAElement} mark */
  const isShown = (mark) => !mark.hasAttribute("hidden");
  marks.forEach((mark, index) => mark.setAttribute("tabindex", index ? "-1" : "0"));
  drawing?.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const shown = marks.filter(isShown);
    const here = shown.findIndex((mark) => mark === document.activeElement);
    if (!step || here < 0) return;
    event.preventDefault();
    const next = shown[Math.min(Math.max(here + step, 0), shown.length - 1)];
    marks.forEach((mark) => mark.setAttribute("tabindex", mark === next ? "0" : "-1"));
    next.focus();
  });

  // An entry that a mark leads to may be filtered away: show everything then.
  const reveal = () => {
    const entry = byId(decodeURIComponent(location.hash.slice(1)));
    if (!entry?.classList.contains("event")) return;
    const all = byId("events-all");
    if (entry.classList.contains("minor") && all instanceof HTMLInputElement) all.checked = true;
    document.querySelectorAll(".picks input").forEach((input) => { input.checked = true; });
    entry.scrollIntoView({ block: "center" });
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
