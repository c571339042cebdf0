// What was done, said in a line, with the one key that undoes it.
import { button } from "./parts";

export type Say = (text: string, back?: (() => Promise<void>) | null) => void;

export function saying(place: HTMLElement, undone: () => void): Say {
  let undo: (() => Promise<void>) | null = null;

  function say(text: string, back: (() => Promise<void>) | null = null): void {
    undo = back;
    const words = document.createElement("span");
    words.textContent = text;
    place.replaceChildren(words);
    if (!back) return;
    const made = button("Undo", () => void takeBack());
    made.setAttribute("aria-keyshortcuts", "Control+Alt+Z");
    made.title = "Ctrl+Alt+Z";
    place.append(" ", made);
  }

  async function takeBack(): Promise<void> {
    const run = undo;
    undo = null;
    if (!run) return;
    try {
      await run();
      say("Undone.");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    undone();
  }

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey && event.altKey && event.key.toLowerCase() === "z")) return;
    event.preventDefault();
    void takeBack();
  });
  return say;
}
