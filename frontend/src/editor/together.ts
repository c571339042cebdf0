// The text that several people type into: one document a postmortem, a socket, and what the server has stored of it.
// "Saved" is the server's word, counted on this very connection, and never a guess of this page.
import { readVarString } from "lib0/decoding";
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from "lib0/encoding";
import { encodeAwarenessUpdate, type Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const SYNC = 0;
const AWARENESS = 1;
const TOLD = 100;
/** How long an answer may take before the connection is taken for dead, though nobody has said so. */
const PATIENCE = 10_000;
/** The other side answers this; a connection on which nothing comes for thirty seconds is given up. */
const HEARTBEAT = 20_000;

export type Me = { id?: string; name: string; initials: string; seat: number };
/** `text`: the sections' Markdown is derived from what was typed. */
export type Changed = "text" | "objects" | "sections";
export type Standing = "connecting" | "open" | "away" | "closed";
type Told =
  | { kind: "hello"; epoch: string; client: Me }
  | { kind: "stored"; count: number }
  | { kind: "changed"; what: Changed }
  | { kind: "refused"; why: string };

export type Hearers = {
  /** The document is here for the first time. */
  first: () => void;
  /** Where the connection stands, or what is stored, is not what it was. */
  moved: () => void;
  changed: (what: Changed) => void;
  /** The server has made its document anew: this one must not be merged into it. */
  anew: () => void;
};

type CountingSocket = WebSocket & { sent: number; stored: number; answered: boolean };

/** A socket that counts the messages with content which went through it. Made when asked for: some browsers are kept from sockets. */
const countingSocket = (): typeof WebSocket =>
  class extends WebSocket {
    sent = 0;
    stored = 0;
    answered = false;

    override send(data: Uint8Array<ArrayBuffer>): void {
      if (data[0] === SYNC && data[1] !== 0) this.sent += 1;
      if (data[0] === SYNC && data[1] === 1) this.answered = true;
      super.send(data);
    }
  };

export class Together {
  readonly doc = new Y.Doc();
  readonly provider: WebsocketProvider;
  standing: Standing = "connecting";
  /** Something was typed here that the server has not said to have. */
  unsaved = false;
  savedAt: Date | null = null;
  me: Me | null = null;
  /** The document was here once. */
  entered = false;
  closed: { code: number; why: string } | null = null;
  private why = "";
  private waiting = 0;
  private readonly bounce = (): void => this.again();
  /** What the server is known to have: what came from it, and what it said to have stored. */
  private readonly stored = new Y.Doc();

  constructor(
    postmortem: string,
    private readonly hearers: Hearers,
  ) {
    const origin = `${location.origin.replace(/^http/, "ws")}/postmortems/${postmortem}`;
    this.provider = new WebsocketProvider(origin, "together/", this.doc, {
      connect: false,
      disableBc: true,
      resyncInterval: HEARTBEAT,
      maxBackoffTime: 30_000,
      WebSocketPolyfill: countingSocket(),
    });
    this.provider.messageHandlers[TOLD] = (_encoder, decoder) => this.told(JSON.parse(readVarString(decoder)) as Told);
    this.speakForOneself();
    this.doc.on("update", (update: Uint8Array, by: unknown) => {
      if (by === this.provider) Y.applyUpdate(this.stored, update);
      else {
        this.unsaved = true;
        this.watch();
      }
      this.hearers.moved();
    });
    this.provider.on("sync", (here) => {
      if (!here) return;
      const first = !this.entered;
      this.entered = true;
      this.standing = "open";
      this.closed = null;
      this.provider.maxBackoffTime = 3_000;
      // What is to be answered to the server's own question is sent within the same message's turn.
      queueMicrotask(() => this.count());
      if (first) this.hearers.first();
      this.hearers.moved();
    });
    this.provider.on("connection-close", () => {
      clearTimeout(this.waiting);
      if (this.standing === "open") this.standing = "away";
      this.hearers.moved();
    });
    this.provider.on("closed", ({ code }) => {
      if (code === 4409) return this.hearers.anew();
      // Who never came in goes on without: what is sent by PATCH has its own answers.
      if (this.entered) this.closed = { code, why: this.why };
      this.why = "";
      this.standing = "closed";
      this.hearers.moved();
    });
    addEventListener("online", this.bounce);
    addEventListener("offline", this.bounce);
    this.provider.connect();
  }

  get awareness(): Awareness {
    return this.provider.awareness;
  }

  text(section: number): Y.Text {
    return this.doc.getText(`section-${section}`);
  }

  /** The words of a section as far as the server is known to have them. */
  known(section: number): string {
    return this.stored.getText(`section-${section}`).toString();
  }

  /** Connect anew, at once: the network is another, or the server is silent. */
  again(): void {
    if (this.provider.wsconnecting) return;
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.provider.wsUnsuccessfulReconnects = 0;
    this.provider.disconnect();
    this.provider.connect();
  }

  end(): void {
    clearTimeout(this.waiting);
    removeEventListener("online", this.bounce);
    removeEventListener("offline", this.bounce);
    this.provider.destroy();
    this.doc.destroy();
  }

  private get socket(): CountingSocket | null {
    return this.provider.ws as CountingSocket | null;
  }

  private told(what: Told): void {
    if (what.kind === "hello") {
      this.me = what.client;
      this.provider.params = { epoch: what.epoch };
    } else if (what.kind === "stored") {
      if (this.socket) this.socket.stored = what.count;
      this.count();
    } else if (what.kind === "refused") this.why = what.why;
    else if (what.kind === "changed") this.hearers.changed(what.what);
  }

  /** Saved is: the server's question is answered on this connection, and all that was sent on it is stored. */
  private count(): void {
    const socket = this.socket;
    if (!socket?.answered || !this.provider.synced) return;
    if (socket.stored !== socket.sent) return this.watch(socket.stored > 0);
    clearTimeout(this.waiting);
    this.waiting = 0;
    if (!this.unsaved) return;
    Y.applyUpdate(this.stored, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(this.stored)));
    this.unsaved = false;
    this.savedAt = new Date();
    this.hearers.moved();
  }

  private watch(anew = false): void {
    if (this.waiting && !anew) return;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      this.waiting = 0;
      if (this.standing === "open" && this.unsaved) this.again();
    }, PATIENCE);
  }

  /** The provider sends on what it hears of others; each speaks for itself alone here. */
  private speakForOneself(): void {
    const { awareness, provider } = this;
    // A first word of clock 0 is not heard by others (y-protocols compares with 0 where it knows nobody).
    awareness.setLocalState({ cursor: null });
    awareness.off("update", provider._awarenessUpdateHandler);
    awareness.on("update", (_what: unknown, by: unknown) => {
      if (by !== "local" || !provider.wsconnected) return;
      const encoder = createEncoder();
      writeVarUint(encoder, AWARENESS);
      writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [awareness.clientID]));
      provider.ws?.send(toUint8Array(encoder) as Uint8Array<ArrayBuffer>);
    });
  }
}
