// The room: the sections joined to the shared text, their cursors, who is here, and what is kept in this browser meanwhile.
import { EditorSelection, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import * as Y from "yjs";
import { cursors } from "./cursors";
import type { Keeping } from "./keeping";
import type { Person } from "./people";
import { Presence } from "./presence";
import type { SectionEditor } from "./section";
import { Together, type Changed } from "./together";

const KEEP_EVERY = 300;
/** For how long what needs stored words waits for them. */
const LONGEST = 3_000;

export type Page = {
  sections: readonly SectionEditor[];
  faces: HTMLElement;
  voice: HTMLElement;
  moved: () => void;
  changed: (what: Changed) => void;
};

export class Room {
  together: Together | null = null;
  private presence: Presence | null = null;
  private waiting: (() => void)[] = [];
  private readonly kept = new Map<SectionEditor, number>();

  constructor(
    private readonly postmortem: string,
    private readonly keeping: Keeping,
    private readonly page: Page,
  ) {
    if ("WebSocket" in window) this.enter();
  }

  get open(): boolean {
    return this.together?.standing === "open";
  }

  get unsaved(): boolean {
    return this.together?.unsaved ?? false;
  }

  /** Two letters of this page's own where others are here too, so that no label is taken twice at once. */
  get letters(): string {
    if (!this.together || this.presence?.alone !== false) return "";
    const own = this.together.doc.clientID;
    return String.fromCharCode(97 + (own % 26), 97 + (Math.floor(own / 26) % 26));
  }

  /** Wait until what was typed is stored; not for ever. */
  async settle(): Promise<void> {
    if (this.together?.standing === "away") this.together.again();
    if (this.unsaved && !this.together?.closed) await new Promise<void>((done) => (this.waiting.push(done), setTimeout(done, LONGEST)));
  }

  /** A section that was added while the page is open joins as the others did. */
  async join(section: SectionEditor): Promise<void> {
    const together = this.together;
    if (!together?.entered) return;
    const text = together.text(section.id);
    if (!(await section.join(() => text.toString(), this.way(together, section)))) window.setTimeout(() => void this.join(section), section.state === "refused" ? 15_000 : 5_000);
    else if (together !== this.together) section.leave(together.known(section.id));
  }

  private enter(): void {
    const together = new Together(this.postmortem, {
      first: () => {
        for (const section of this.page.sections) void this.join(section);
      },
      moved: () => this.moved(),
      changed: this.page.changed,
      anew: () => this.anew(),
    });
    this.together = together;
    const heading = (id: number): string => this.page.sections.find((one) => one.id === id)?.heading || "";
    this.presence = new Presence(this.page.faces, this.page.voice, together.awareness, () => together.me, heading, (person) => this.go(person));
  }

  /** The server's document is another one: what it does not have goes to it as text, and the page enters again. */
  private anew(): void {
    const before = this.together;
    if (!before) return;
    this.presence?.end();
    for (const section of this.page.sections) section.leave(before.known(section.id));
    before.end();
    this.enter();
  }

  private moved(): void {
    const closed = Boolean(this.together?.closed);
    for (const section of this.page.sections) if (section.joined && !section.gone && section.view.state.readOnly !== closed) section.freeze(closed);
    if (!this.unsaved && this.together?.savedAt) for (const section of this.kept.keys()) this.drop(section);
    this.page.moved();
    if (this.unsaved && !closed) return;
    for (const done of this.waiting) done();
    this.waiting = [];
  }

  private way(together: Together, section: SectionEditor): Extension {
    const text = together.text(section.id);
    text.observe((_event, transaction) => {
      if (transaction.origin !== together.provider && !this.kept.get(section)) this.kept.set(section, window.setTimeout(() => this.keep(together, section), KEEP_EVERY));
    });
    const undoManager = new Y.UndoManager(text);
    return [keymap.of(yUndoManagerKeymap), yCollab(text, null, { undoManager }), cursors(together, section.id)];
  }

  private keep(together: Together, section: SectionEditor): void {
    this.kept.set(section, 0);
    if (together.unsaved && together === this.together) this.keeping.keep(section.id, together.known(section.id), section.text);
  }

  private drop(section: SectionEditor): void {
    clearTimeout(this.kept.get(section));
    this.kept.delete(section);
    this.keeping.drop(section.id);
  }

  /** Words that a timer has yet to keep, before the page goes. */
  keepAll(): void {
    if (this.together) for (const section of this.kept.keys()) this.keep(this.together, section);
  }

  private go(person: Person): void {
    const section = this.page.sections.find((one) => one.id === person.cursor?.section);
    const doc = this.together?.doc;
    if (!section || !doc || !person.cursor) return;
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(person.cursor.head), doc);
    const at = Math.min(found?.index ?? 0, section.view.state.doc.length);
    section.view.focus();
    section.view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }
}
