// One section: its editor, and its saving. Words are said to be saved when the server has said so, and never before.
// Alone, it sends what was typed by PATCH; once joined to the shared text, that carries it and nothing is sent from here.
import { history, historyKeymap } from "@codemirror/commands";
import { ChangeSet, Compartment, EditorState, Transaction, type Extension, type Text } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
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
  joined = false;
  /** Somebody took it out of the document; its words stand here until they are closed. */
  gone = false;
  private base: string;
  /** What was typed since `base` was sent; null while nothing is under way. */
  private since: ChangeSet | null = null;
  private sending: Promise<void> = Promise.resolve();
  private timer = 0;
  private tries = 0;
  private readonly way = new Compartment();
  private readonly fixed = new Compartment();

  constructor(
    readonly id: number,
    public heading: string,
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
      extensions: [
        this.way.of(alone()),
        this.fixed.of([]),
        extensions,
        EditorView.updateListener.of((update) => update.docChanged && this.typed(update.changes, update.transactions)),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Whether words stand here that this section has to send; those of a joined one are the shared text's. */
  get unsaved(): boolean {
    return !this.joined && (this.text !== this.base || this.since !== null);
  }

  /** Let the words stand, to be read and copied, and take no more; or take them again. */
  freeze(fixed: boolean): void {
    this.view.dispatch({ effects: this.fixed.reconfigure(fixed ? EditorState.readOnly.of(true) : []) });
  }

  /** Go over to the shared text. What is not sent yet goes by PATCH first, what is typed meanwhile into the shared text. */
  async join(shared: () => string, way: Extension): Promise<boolean> {
    if (this.joined) return true;
    if (this.unsaved) {
      await this.save();
      if (this.state === "away" || this.state === "refused") return false;
      // What was sent comes back through the socket, at about the time of its answer.
      for (let tries = 0; tries < 20 && shared() !== this.base; tries += 1) await new Promise((done) => setTimeout(done, 50));
      if (this.since) return this.join(shared, way);
    }
    clearTimeout(this.timer);
    const [now, { state }] = [shared(), this.view];
    const mine = ChangeSet.of(changesBetween(this.base, this.text), this.base.length);
    const theirs = ChangeSet.of(changesBetween(this.base, now), this.base.length);
    const selection = state.selection.map(theirs.map(mine, true));
    this.joined = true;
    this.view.dispatch({ changes: changesBetween(this.text, now), annotations: Transaction.remote.of(true), effects: this.way.reconfigure(way) });
    this.view.dispatch({ changes: mine.map(theirs), selection });
    this.become("saved");
    return true;
  }

  /** Go alone again, from what the server is known to have: the rest is sent by PATCH and merged there. */
  leave(known: string): void {
    if (!this.joined) return;
    this.joined = false;
    this.base = known;
    this.view.dispatch({ effects: this.way.reconfigure(alone()) });
    if (!this.unsaved) return this.become("saved");
    this.keeping.keep(this.id, this.base, this.text);
    this.become("waiting");
    this.later(0);
  }

  private typed(changes: ChangeSet, transactions: readonly Transaction[]): void {
    if (this.joined) return;
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
    if (this.joined) return;
    if (this.since) return this.sending;
    if (this.text === this.base) {
      if (this.state !== "refused") this.become("saved");
      return;
    }
    await this.merge(this.base, this.text, this.view.state.doc);
  }

  /** Bring in what others wrote: nothing of one's own is sent that was not sent anyway. */
  async refresh(): Promise<void> {
    if (this.joined || this.since || this.unsaved) return;
    await this.merge(this.base, this.text, this.view.state.doc, true);
  }

  /** Bring back words that a browser kept: they are merged into what stands there now. */
  async bringBack(base: string, text: string): Promise<void> {
    if (this.joined) {
      await this.server.call("PATCH", `/sections/${this.id}`, { base, text });
      this.keeping.drop(this.id);
      return;
    }
    if (this.unsaved) await this.save();
    await this.merge(base, text, this.view.state.doc);
  }

  private merge(base: string, text: string, doc: Text, quietly = false): Promise<void> {
    this.sending = this.send(base, text, doc, quietly);
    return this.sending;
  }

  private async send(base: string, text: string, doc: Text, quietly: boolean): Promise<void> {
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

const alone = (): Extension => [history(), keymap.of(historyKeymap)];
