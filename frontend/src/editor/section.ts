// One section: its editor, and its saving. Words are said to be saved when the server has said so, and never before.
import { ChangeSet, Transaction, type Extension, type Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { changesBetween } from "./difference";
import { Keeping } from "./keeping";
import { Away, Refusal, type Server } from "./server";

const PAUSE = 900;
const RETRIES = [2_000, 4_000, 8_000, 15_000, 30_000];

export type State = "saved" | "waiting" | "saving" | "away" | "refused";

export class SectionEditor {
  readonly view: EditorView;
  state: State = "saved";
  sentence = "";
  savedAt: Date | null = null;
  private base: string;
  /** What was typed since `base` was sent; null while nothing is under way. */
  private since: ChangeSet | null = null;
  private timer = 0;
  private tries = 0;

  constructor(
    readonly id: number,
    readonly heading: string,
    public version: number,
    text: string,
    place: HTMLElement,
    private readonly server: Server,
    private readonly keeping: Keeping,
    private readonly changed: (section: SectionEditor) => void,
    extensions: Extension,
  ) {
    this.base = text;
    this.view = new EditorView({
      doc: text,
      parent: place,
      extensions: [extensions, EditorView.updateListener.of((update) => update.docChanged && this.typed(update.changes, update.transactions))],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  get unsaved(): boolean {
    return this.text !== this.base || this.since !== null;
  }

  private typed(changes: ChangeSet, transactions: readonly Transaction[]): void {
    if (this.since) this.since = this.since.compose(changes);
    if (transactions.some((one) => one.annotation(Transaction.remote))) return;
    this.keeping.keep(this.id, this.base, this.text);
    if (this.state !== "saving" && this.state !== "away") this.become("waiting");
    else this.changed(this);
    if (this.state !== "away") this.later(PAUSE);
  }

  private become(state: State, sentence = ""): void {
    this.state = state;
    this.sentence = sentence;
    this.changed(this);
  }

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), pause);
  }

  /** Send what is not stored yet. Resolves when the server has it, or has said why not. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.since) return;
    if (this.text === this.base) {
      if (this.state !== "refused") this.become("saved");
      return;
    }
    await this.merge(this.base, this.text, this.view.state.doc);
  }

  /** Bring in what others wrote: nothing of one's own is sent that was not sent anyway. */
  async refresh(): Promise<void> {
    if (this.since || this.unsaved) return;
    await this.merge(this.base, this.text, this.view.state.doc, true);
  }

  /** Bring back words that a browser kept: they are merged into what stands there now. */
  async bringBack(base: string, text: string): Promise<void> {
    if (this.unsaved) await this.save();
    await this.merge(base, text, this.view.state.doc);
  }

  private async merge(base: string, text: string, doc: Text, quietly = false): Promise<void> {
    this.since = ChangeSet.empty(doc.length);
    if (!quietly) this.become("saving");
    try {
      const answer = await this.server.call<{ text: string }>("PATCH", `/sections/${this.id}`, { base, text });
      this.take(doc.toString(), answer.text);
      this.tries = 0;
      if (!quietly) this.savedAt = new Date();
      if (this.text === this.base) {
        this.keeping.drop(this.id);
        this.become("saved");
      } else {
        this.keeping.keep(this.id, this.base, this.text);
        this.become("waiting");
        this.later(PAUSE);
      }
    } catch (error) {
      this.since = null;
      if (quietly) return;
      if (error instanceof Refusal) {
        this.become("refused", error.status === 404 ? "This section is not there any more. Copy your words from here." : error.message);
        if (error.status === 401 || error.status === 403) this.later(15_000);
        return;
      }
      const pause = RETRIES[Math.min(this.tries, RETRIES.length - 1)] ?? 30_000;
      this.tries += 1;
      this.become("away", error instanceof Away ? error.message : String(error));
      this.later(pause);
    }
  }

  /** Put into the editor what others wrote, round what was typed meanwhile. The cursor stays where it is. */
  private take(sent: string, merged: string): void {
    const mine = this.since ?? ChangeSet.empty(sent.length);
    const theirs = ChangeSet.of(changesBetween(sent, merged), sent.length);
    this.since = null;
    this.base = merged;
    if (theirs.empty) return;
    this.view.dispatch({
      changes: theirs.map(mine, true),
      annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
    });
  }
}
