// Parts of the page that others changed: the server's own page is read again, and its parts are put in place.
import { button, callout } from "./parts";

async function page(): Promise<Document | null> {
  try {
    const answer = await fetch(location.pathname);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null; // The next visit shows them.
  }
}

export async function freshObjects(root: HTMLElement): Promise<void> {
  const fresh = (await page())?.querySelector("[data-objects]");
  if (!fresh) return;
  const before = root.querySelector("[data-objects]");
  for (const kind of before?.querySelectorAll("details[open]") ?? []) fresh.querySelector(`#${CSS.escape(kind.id)}`)?.setAttribute("open", "");
  const focused = before?.contains(document.activeElement) ? document.activeElement?.closest(".part, .part-kind")?.id : undefined;
  before?.replaceWith(fresh);
  const again = focused ? document.getElementById(focused) : null;
  again?.querySelector<HTMLElement>("a, summary")?.focus({ preventScroll: true });
}

export type Arranged = { added: HTMLElement[]; gone: string[]; headings: Map<string, string> };

/** Put sections in the order of the server's page: new ones come, others move or are renamed, none goes with somebody's words. */
export async function freshSections(root: HTMLElement): Promise<Arranged | null> {
  const found = (await page())?.querySelector<HTMLElement>("[data-write]");
  const column = root.querySelector(".editor-col");
  if (!found || !column) return null;
  const arranged: Arranged = { added: [], gone: [], headings: new Map() };
  const outline = found.querySelector("[data-outline]");
  if (outline) root.querySelector("[data-outline]")?.replaceChildren(...outline.children);
  const wanted = [...found.querySelectorAll<HTMLElement>(".w-section")];
  let before: Element | null = column.querySelector(":scope > .editor-bar");
  for (const fresh of wanted) {
    const there = column.querySelector<HTMLElement>(`:scope > #${fresh.id}`);
    if (there) {
      const head = fresh.querySelector(".w-head")!;
      arranged.headings.set(fresh.id, head.querySelector("h2")!.textContent ?? "");
      if (!there.querySelector(".w-head")!.matches(":focus-within, :has(details[open])")) there.querySelector(".w-head")!.replaceWith(head);
    } else arranged.added.push(fresh);
    const section: HTMLElement = there ?? fresh;
    if (before?.nextElementSibling !== section) before?.after(section);
    before = section;
  }
  for (const section of column.querySelectorAll<HTMLElement>(":scope > .w-section")) {
    if (wanted.some((one) => one.id === section.id) || section.matches(".gone")) continue;
    section.classList.add("gone");
    section.querySelector(".w-menu")?.remove();
    const form = section.querySelector<HTMLElement>("form[data-section]")!;
    callout(form, "Somebody took this section out. Its words stay on this page until you close them.", button("Close", () => section.remove()));
    arranged.gone.push(section.id);
  }
  return arranged;
}
