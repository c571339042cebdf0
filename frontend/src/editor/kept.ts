// Words that this browser kept because they were not saved: they are offered, never put in unasked.
import type { Keeping } from "./keeping";
import { button, callout } from "./parts";
import type { SectionEditor } from "./section";

export function offerKept(keeping: Keeping, section: SectionEditor, place: HTMLElement): void {
  const kept = keeping.kept(section.id);
  if (!kept) return;
  if (kept.text === section.text) return keeping.drop(section.id);
  const at = new Date(kept.at);
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  const back = button("Bring them back", async () => {
    try {
      await section.bringBack(kept.base, kept.text);
      offer.remove();
    } catch (error) {
      offer.querySelector("p")!.textContent = error instanceof Error ? error.message : String(error);
    }
  });
  const drop = button("Drop them", () => {
    offer.remove();
    keeping.drop(section.id);
  });
  drop.classList.add("quiet");
  const offer = callout(place, `Words of ${day}, ${at.toLocaleTimeString("en-GB")}, are in this browser and were not saved.`, back, drop);
}
