// Structure out of prose: a selected sentence becomes a decision, factor, lesson or action, by a small bar or by keys.
import { Prec, StateField, type EditorState, type Extension } from "@codemirror/state";
import { keymap, showTooltip, type EditorView, type Tooltip } from "@codemirror/view";

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
  const { from, to, empty, head } = state.selection.main;
  if (!empty) return state.sliceDoc(from, to);
  const line = state.doc.lineAt(head);
  if (/^\s*[-*]\s\[[ xX]\]/.test(line.text)) return line.text;
  const at = head - line.from;
  for (const found of line.text.matchAll(/\S.*?(?:[.!?…]+["”’)\]]*(?:\[\^[^\]\s]+\])*(?=\s|$)|$)/g))
    if (found.index + found[0].length >= at) return found[0];
  return line.text;
}

export function structure(make: Make): Extension {
  const bar = StateField.define<readonly Tooltip[]>({
    create: tips,
    update: (value, transaction) => (transaction.docChanged || transaction.selection ? tips(transaction.state) : value),
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
      button.addEventListener("click", () => make(kind, meant(view.state), view));
      dom.append(button);
    }
    return { dom };
  }

  const keys = MAKES.map(([kind, , key]) => ({
    key: `Ctrl-Alt-${key}`,
    run: (view: EditorView): boolean => {
      make(kind, meant(view.state), view);
      return true;
    },
  }));
  return [bar, Prec.high(keymap.of(keys))];
}
