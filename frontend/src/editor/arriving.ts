// Ways to a section: from the address, where the page was left, and from the outline.
import type { Say } from "./said";
import type { SectionEditor } from "./section";

/** Go on where the page was left: what was done is said where it is seen, and the focus is at the section that it is about. */
export function arrive(sections: readonly SectionEditor[], say: Say): void {
  // Before the page is whole, the browser still goes to the fragment itself and takes the focus away.
  if (document.readyState !== "complete") return addEventListener("load", () => setTimeout(() => arrive(sections, say)), { once: true });
  const done = document.querySelector<HTMLElement>("p.told");
  const place = document.querySelector<HTMLElement>(location.hash.startsWith("#s-") ? location.hash : "#none");
  const section = sections.find((one) => place?.id === `s-${one.id}`);
  if (done) say(done.textContent ?? "");
  done?.remove();
  if (!place || !section) return;
  if (done && section.text) place.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
  else section.view.focus();
  place.scrollIntoView({ block: "start" });
}

/** A link of the outline leads into the section's text; the one that is read is pointed out. Returns what watches for that. */
export function outlined(outline: HTMLElement, sections: readonly SectionEditor[]): IntersectionObserver {
  outline.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const section = sections.find((one) => link?.getAttribute("href") === `#s-${one.id}`);
    if (!section || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", `#s-${section.id}`);
    section.view.focus();
    document.getElementById(`s-${section.id}`)?.scrollIntoView({ block: "start" });
  });
  return new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of outline.querySelectorAll("a")) link.toggleAttribute("aria-current", link.getAttribute("href") === `#${entry.target.id}`);
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
}
