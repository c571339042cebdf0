// @ts-check
// The live parts of plain pages. Everything works without this file, with a little more clicking.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("scripted");

  /** @param {string} id @returns {HTMLElement | null} */
  const byId = (id) => document.getElementById(id);

  // The colours that were chosen stay for the next page. The button itself is worked by the document's own script.
  byId("theme")?.addEventListener("click", () => {
    document.cookie = `juncture_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });

  // Menus close when something else is pressed, and by Escape, which gives the focus back.
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll("details.menu");
  document.addEventListener("click", (event) => {
    menus.forEach((menu) => { if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && [...menus].find((menu) => menu.open);
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });

  // One key for a new incident, and one for the search, where no text is being typed.
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") byId("new-incident")?.click();
    const search = event.key === "/" && byId("bar-q");
    if (search) { event.preventDefault(); search.focus(); }
  });

  // Pressed twice, sent once.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("aria-busy")) event.preventDefault();
      form.setAttribute("aria-busy", "true");
    });
    window.addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
  }

  // What was refused is read first, unless the page knows better where to go on.
  if (!document.querySelector("[autofocus]")) byId("complaint")?.focus();

  // What was done is said aloud: a page that comes with the words in it is not heard until they change.
  for (const told of document.querySelectorAll(".told[role=status]")) {
    setTimeout(() => told.replaceChildren(...[...told.childNodes].map((each) => each.cloneNode(true))), 200);
  }

  // The zone of this browser, where the person has not said another.
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-own-zone]"))) {
    if (field.value === "UTC") field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }
})();
