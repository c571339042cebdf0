// Structure out of prose: a selected sentence becomes a decision, factor, lesson or action, by a small bar or by keys.
import { Prec, StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip } from "@codemirror/view";

export type Kind = "decisions" | "factors" | "lessons" | "actions";
export type Make = (kind: Kind, text: string, view: EditorView) => void;

export const MAKES: readonly [Kind, string, string][] = [
  ["decisions", "Decision", "d"],
  ["factors", "Factor", "f"],
  ["lessons", "Lesson", "l"],
  ["actions", "Action", "a"],
];

/** What is meant: the selection, else the sentence or line that the cursor stands in. */
export function meant(state: EditorState): string {
  const { from, to } = meantRange(state);
  return state.sliceDoc(from, to);
}

function meantRange(state: EditorState): { from: number; to: number } {
  const { from, to, empty, head } = state.selection.main;
  if (!empty) return { from, to };
  const line = state.doc.lineAt(head);
  if (/^\s*[-*]\s\[[ xX]\]/.test(line.text)) return line;
  const at = head - line.from;
  for (const found of line.text.matchAll(/\S.*?(?:[.!?…]+["”’)\]]*(?:\[\^[^\]\s]+\])*(?=\s|$)|$)/g)) {
    const end = found.index + found[0].length;
    if (end >= at) return { from: line.from + found.index, to: line.from + end };
  }
  return line;
}

/** Whether somebody is at these words: the bar of another section's selection would stand in the way. */
const attended = StateEffect.define<boolean>();

export function structure(make: Make): Extension {
  const bar = StateField.define<readonly Tooltip[]>({
    create: tips,
    update: (value, transaction) => {
      for (const effect of transaction.effects) if (effect.is(attended)) return effect.value ? tips(transaction.state) : [];
      return transaction.docChanged || transaction.selection ? tips(transaction.state) : value;
    },
    provide: (field) => showTooltip.computeN([field], (state) => state.field(field)),
  });

  function tips(state: EditorState): readonly Tooltip[] {
    const { from, to, empty } = state.selection.main;
    if (empty || state.sliceDoc(from, to).trim().length < 3) return [];
    return [{ pos: from, above: true, strictSide: false, arrow: false, create: drawn }];
  }

  function drawn(view: EditorView): { dom: HTMLElement } {
    const dom = document.createElement("div");
    dom.className = "make-bar";
    dom.setAttribute("role", "toolbar");
    dom.setAttribute("aria-label", "Make of the selected words");
    for (const [kind, name, key] of MAKES) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.title = `Ctrl+Alt+${key.toUpperCase()}`;
      button.setAttribute("aria-keyshortcuts", `Control+Alt+${key.toUpperCase()}`);
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        view.focus();
        make(kind, meant(view.state), view);
      });
      dom.append(button);
    }
    dom.addEventListener("keydown", (event) => {
      const buttons = [...dom.querySelectorAll("button")];
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) buttons[(buttons.findIndex((one) => one === document.activeElement) + step + buttons.length) % buttons.length]?.focus();
      else if (event.key === "Escape" || event.key === "Tab") view.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return { dom };
  }

  /** Go to the bar by a key: the sentence of the cursor is selected first, so that it is seen what is meant. */
  function toBar(view: EditorView): boolean {
    const { from, to } = meantRange(view.state);
    if (view.state.sliceDoc(from, to).trim().length < 3) return false;
    view.dispatch({ selection: { anchor: from, head: to } });
    // At once: the next key may be pressed already.
    document.querySelector<HTMLElement>(".make-bar button")?.focus({ preventScroll: true });
    return true;
  }

  const keys = MAKES.map(([kind, , key]) => ({
    key: `Ctrl-Alt-${key}`,
    run: (view: EditorView): boolean => {
      make(kind, meant(view.state), view);
      return true;
    },
  }));
  const watching = EditorView.domEventHandlers({
    focus: (_event, view) => void setTimeout(() => view.dispatch({ effects: attended.of(true) })),
    blur: (event, view) => {
      const into = event.relatedTarget;
      if (!(into instanceof Element && into.closest(".make-bar"))) setTimeout(() => view.dispatch({ effects: attended.of(false) }));
    },
  });
  return [bar, watching, Prec.high(keymap.of([...keys, { key: "Ctrl-.", mac: "Cmd-.", run: toBar, preventDefault: true }]))];
}
