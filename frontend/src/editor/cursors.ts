// The cursors of others, drawn over the text and not into it: a mark inside it would part letters that belong together,
// and change the order in which right-to-left words stand. Names show for a moment after a move, and under the pointer.
import { EditorSelection, StateEffect, type Extension } from "@codemirror/state";
import { EditorView, RectangleMarker, ViewPlugin, layer, type LayerMarker } from "@codemirror/view";
import * as Y from "yjs";
import { people, seatClass, type Person } from "./people";
import type { Together } from "./together";

const moved = StateEffect.define<null>();
const FRESH = 2_500;
const NEAR = 6;

/** Where the name goes to the left, so that it does not leave the page. */
const TURN = 0.6;

class Caret implements LayerMarker {
  constructor(
    readonly name: string,
    readonly look: string,
    readonly left: number,
    readonly top: number,
    readonly height: number,
    readonly fresh: boolean,
  ) {}

  eq(other: Caret): boolean {
    return (Object.keys(this) as (keyof this)[]).every((key) => this[key] === (other as this)[key]);
  }

  draw(): HTMLElement {
    const caret = document.createElement("div");
    const name = document.createElement("span");
    name.dir = "auto";
    caret.append(name);
    this.adjust(caret);
    return caret;
  }

  update(caret: HTMLElement): boolean {
    this.adjust(caret);
    return true;
  }

  private adjust(caret: HTMLElement): void {
    caret.className = `caret ${this.look}${this.fresh ? " fresh" : ""}`;
    caret.firstElementChild!.textContent = this.name;
    caret.style.left = `${this.left}px`;
    caret.style.top = `${this.top}px`;
    caret.style.height = `${this.height}px`;
  }
}

export function cursors(together: Together, section: number): Extension {
  const { awareness, doc } = together;
  const text = together.text(section);
  const movedAt = new Map<number, number>();
  let hovered = 0;
  let drawn: { client: number; left: number; top: number; height: number }[] = [];

  function place(json: unknown): number | null {
    try {
      const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc);
      return found?.type === text ? found.index : null;
    } catch {
      return null;
    }
  }

  function here(view: EditorView): { person: Person; anchor: number; head: number }[] {
    const end = view.state.doc.length;
    return people(awareness).flatMap((person) => {
      if (person.cursor?.section !== section) return [];
      const [anchor, head] = [place(person.cursor.anchor), place(person.cursor.head)];
      return anchor === null || head === null ? [] : [{ person, anchor: Math.min(anchor, end), head: Math.min(head, end) }];
    });
  }

  function carets(view: EditorView): Caret[] {
    const now = Date.now();
    const width = view.contentDOM.clientWidth;
    drawn = [];
    return here(view).flatMap(({ person, head }) =>
      RectangleMarker.forRange(view, "", EditorSelection.cursor(head)).map(({ left, top, height }) => {
        drawn.push({ client: person.client, left, top, height });
        const fresh = person.client === hovered || now - (movedAt.get(person.client) ?? 0) < FRESH;
        const look = `${seatClass(person)}${left > width * TURN ? " turned" : ""}${head === 0 || top < height / 2 ? " topmost" : ""}`;
        return new Caret(person.name, look, left, top, height, fresh);
      }),
    );
  }

  const marked = layer({
    above: false,
    class: "others-selection",
    update: (update) => update.docChanged || update.viewportChanged || update.transactions.some((one) => one.effects.some((each) => each.is(moved))),
    markers: (view) =>
      here(view).flatMap(({ person, anchor, head }) =>
        anchor === head ? [] : RectangleMarker.forRange(view, `others-range ${seatClass(person)}`, EditorSelection.range(anchor, head)),
      ),
  });
  const above = layer({
    above: true,
    class: "others-cursors",
    update: (update) => update.docChanged || update.viewportChanged || update.transactions.some((one) => one.effects.some((each) => each.is(moved))),
    markers: carets,
  });

  const listening = ViewPlugin.define(
    (view) => {
      let [timer, sending] = [0, 0];
      const redraw = (): void => view.dispatch({ effects: moved.of(null) });
      let present = new Set<number>();
      const heard = ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>): void => {
        const before = present;
        present = new Set(people(awareness).flatMap((one) => (one.cursor?.section === section ? [one.client] : [])));
        const ours = [...added, ...updated, ...removed].filter((client) => present.has(client) || before.has(client));
        if (!ours.length) return;
        for (const client of ours) movedAt.set(client, Date.now());
        redraw();
        clearTimeout(timer);
        timer = window.setTimeout(redraw, FRESH + 50);
      };
      awareness.on("change", heard);
      queueMicrotask(redraw);
      const send = (): void => {
        sending = 0;
        const { anchor, head } = view.state.selection.main;
        const relative = (at: number): unknown => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at));
        awareness.setLocalStateField("cursor", { section, anchor: relative(anchor), head: relative(head) });
      };
      return {
        update(update) {
          if (!view.hasFocus || !(update.selectionSet || update.focusChanged || update.docChanged)) return;
          sending ||= window.setTimeout(send, 60);
        },
        destroy() {
          clearTimeout(timer);
          clearTimeout(sending);
          awareness.off("change", heard);
        },
      };
    },
    {
      eventObservers: {
        mousemove(event, view) {
          const box = view.contentDOM.getBoundingClientRect();
          const [x, y] = [event.clientX - box.left, event.clientY - box.top];
          const under = drawn.find((one) => Math.abs(one.left - x) < NEAR && y > one.top && y < one.top + one.height)?.client ?? 0;
          if (under === hovered) return;
          hovered = under;
          view.dispatch({ effects: moved.of(null) });
        },
      },
    },
  );
  return [marked, above, listening];
}
