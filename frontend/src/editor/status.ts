// The one line that says whether the words are safe. It says "Saved" when the server has, and what is the matter when not.
import { button } from "./parts";
import type { SectionEditor } from "./section";
import type { Together } from "./together";

const CLOSED: Record<number, string> = {
  4400: "The server does not understand what this page sent.",
  4401: "You are signed out. Sign in in another tab, then try again.",
  4403: "You may not write here any more.",
  4404: "This postmortem is not there any more.",
  4413: "The text is larger than the server takes.",
};

export class Status {
  private shown = "";
  private heard = "saved";

  /** `voice` is read aloud: that words are not saved, and that they are again. Each pause in typing is silent. */
  constructor(
    private readonly place: HTMLElement,
    private readonly voice: HTMLElement,
  ) {}

  /** Somebody asked for it: the answer is said in any case. */
  async asked(saving: Promise<unknown>, unsaved: () => boolean): Promise<void> {
    this.voice.textContent = "";
    await saving;
    if (!unsaved()) this.voice.textContent = this.shown.startsWith("Saved") ? this.shown : "Saved.";
  }

  draw(sections: readonly SectionEditor[], together: Together | null): void {
    if (together?.closed) return this.closed(together);
    const worst = ["refused", "away", "saving", "waiting"].map((state) => sections.find((one) => one.state === state)).find(Boolean);
    if (worst?.state === "refused") return this.say("refused", `Not saved: ${worst.sentence}`);
    if (worst?.state === "away") return this.say("away", `Not saved. ${worst.sentence} Your words are kept in this browser, and sent as soon as it does.`);
    if (together?.standing === "away") {
      const kept = together.unsaved ? "Not saved. The connection is away. Your words are kept in this browser" : "The connection is away. What you type is kept in this browser";
      return this.say("away", `${kept}, and ${together.unsaved ? "" : "is "}sent as soon as it is back.`);
    }
    if (worst?.state === "saving" || together?.unsaved) return this.say("saving", "Saving…");
    if (worst?.state === "waiting") return this.say("waiting", "Not saved yet");
    const last = [together?.savedAt, ...sections.map((one) => one.savedAt)].filter((at) => at != null).sort((a, b) => Number(a) - Number(b)).pop();
    if (last) this.say("saved", `Saved ${last.toLocaleTimeString("en-GB")}`);
    else if (this.shown) this.say("saved", "The connection is back");
  }

  signedOut(): void {
    this.say("refused", "You are signed out. Sign in in another tab; your words stay here.");
  }

  private closed(together: Together): void {
    const { code, why } = together.closed!;
    const said = why || CLOSED[code] || "The server has closed the connection.";
    this.say("refused", together.unsaved ? `Not saved. ${said} Your words stay on this page: copy them from here.` : said);
    if (code !== 4404 && !this.place.querySelector("button")) this.place.append(" ", button("Try again", () => together.again()));
  }

  private say(state: string, words: string): void {
    if (this.shown === words) return;
    this.shown = words;
    this.place.dataset["state"] = state;
    this.place.textContent = words;
    const bad = state === "refused" || state === "away";
    if (bad ? this.heard === words : state !== "saved" || this.heard === "saved") return;
    this.voice.textContent = words;
    this.heard = bad ? words : state;
  }
}
