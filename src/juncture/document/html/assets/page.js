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

  // Browsers without popovers go to the lines at the end instead.
  if (!("popover" in HTMLElement.prototype)) {
    document.addEventListener("click", (event) => {
      const opener = event.target instanceof Element ? event.target.closest("[popovertarget]") : null;
      const target = opener && byId(opener.getAttribute("popovertarget") ?? "");
      target?.scrollIntoView({ block: "center" });
    });
  }

  /**
   * Makes many links one tab stop: Tab reaches one, arrow keys the others.
   * @param {(HTMLElement | SVGElement)[]} links @param {EventTarget | null} [within] where keys are heard
   */
  const rove = (links, within) => {
    const isShown = (/** @type {Element} */ link) => !link.hasAttribute("hidden") && link.getClientRects().length > 0;
    links.forEach((link, index) => link.setAttribute("tabindex", index ? "-1" : "0"));
    within?.addEventListener("keydown", (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const shown = links.filter(isShown);
      const here = shown.findIndex((link) => link === document.activeElement);
      if (!step || here < 0) return;
      event.preventDefault();
      const next = shown[Math.min(Math.max(here + step, 0), shown.length - 1)];
      links.forEach((link) => link.setAttribute("tabindex", link === next ? "0" : "-1"));
      next.focus();
    });
  };
  const drawing = document.querySelector(".lanes-drawing");
  /** @type {SVGAElement[]} */
  const marks = drawing ? [...drawing.querySelectorAll("a")] : [];
  rove(marks.sort((one, other) => Number(one.dataset.at) - Number(other.dataset.at)), drawing);
  for (const [inside, links] of [[".events", ".time-link"], [".prose, .summary, .lessons, .table", ".here"]]) {
    for (const group of document.querySelectorAll(inside)) {
      rove(/** @type {HTMLElement[]} */ ([...group.querySelectorAll(links)]), group);
    }
  }

  // A link to a place is also copied whole, where the browser allows it; the address bar shows it in any case. The focus stays
  // on the link, which following a fragment would take away.
  const told = document.createElement("p");
  told.className = "unseen-label";
  told.setAttribute("role", "status");
  if (document.querySelector("a.here")) document.body.append(told);
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.here") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = link.hash;
    link.focus({ preventScroll: true });
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      return;
    }
    link.classList.add("said");
    told.textContent = "Link copied";
    setTimeout(() => { link.classList.remove("said"); told.textContent = ""; }, 1600);
  });

  // A sentence that was rewritten since is found by its fingerprint under another heading, else its section is shown.
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const [section, fingerprint] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf(".") + 1)];
    if (!/^[0-9a-f]{8}(-\d+)?$/.test(fingerprint) || !section || byId(name)) return;
    const moved = document.querySelector(`.sentence[id$=".${fingerprint}"]`);
    if (moved) location.replace(`#${moved.id}`);
    else if (byId(`section-${section}`)) location.replace(`#section-${section}`);
  };
  window.addEventListener("hashchange", follow);
  if (location.hash) follow();

  // The contents say where the reader is.
  const contents = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".contents a")]);
  const places = contents.map((link) => byId(link.hash.slice(1)));
  if (contents.length) {
    const say = () => {
      const passed = places.map((place) => (place?.getBoundingClientRect().top ?? Infinity) < innerHeight * .3);
      const at = Math.max(passed.lastIndexOf(true), 0);
      contents.forEach((link, index) => (index === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    let waiting = 0;
    document.addEventListener("scroll", () => { waiting ||= requestAnimationFrame(() => { waiting = 0; say(); }); }, { passive: true });
    say();
  }

  // An entry that a mark leads to may be filtered away: show everything then.
  const reveal = () => {
    const entry = byId(decodeURIComponent(location.hash.slice(1)));
    const folded = entry?.closest("details:not([open])");
    if (folded instanceof HTMLDetailsElement) { folded.open = true; entry?.scrollIntoView({ block: "center" }); }
    if (!entry?.classList.contains("event")) return;
    const all = byId("events-all");
    if (entry.classList.contains("minor") && all instanceof HTMLInputElement) all.checked = true;
    document.querySelectorAll(".picks input").forEach((input) => { input.checked = true; });
    entry.scrollIntoView({ block: "center" });
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
