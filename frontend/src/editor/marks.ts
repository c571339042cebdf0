// How the text looks: the voice of a person, marks dimmed, citations in blue, footnotes small, and quiet marks for findings.
import { RangeSetBuilder, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, hoverTooltip, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import type { Finding } from "./server";

const reference = Decoration.mark({ class: "cm-cited" });
const footnote = Decoration.line({ class: "cm-footnote" });
const block = Decoration.line({ class: "cm-block" });
const folded = Decoration.replace({});
/** Each line goes the way of its first letter. */
const ownWay = Decoration.line({ attributes: { dir: "auto" } });

function decorate(view: EditorView): DecorationSet {
  const made = new RangeSetBuilder<Decoration>();
  const here = view.state.doc.lineAt(view.state.selection.main.head).number;
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      at = line.to + 1;
      made.add(line.from, line.from, ownWay);
      if (/^\[\^[^\]\s]+\]:/.test(line.text)) {
        made.add(line.from, line.from, footnote);
        const bound = line.text.search(/ \((?:event [0-9a-f]{32}|sha256:)/);
        if (bound > 0 && !(view.hasFocus && line.number === here)) made.add(line.from + bound, line.to, folded);
        continue;
      }
      if (/^<!-- \/?juncture:/.test(line.text)) made.add(line.from, line.from, block);
      for (const found of line.text.matchAll(/\[\^[^\]\s]+\]/g))
        made.add(line.from + found.index, line.from + found.index + found[0].length, reference);
    }
  }
  return made.finish();
}

const looks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const setFindings = StateEffect.define<Finding[]>();
type Marked = { set: DecorationSet };
const quiet = StateField.define<Marked>({
  create: () => ({ set: Decoration.none }),
  update(value, transaction) {
    let set = value.set.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setFindings)) continue;
      const doc = transaction.state.doc;
      const place = (line: number, column: number): number =>
        line > doc.lines ? doc.length : Math.min(doc.line(line).to, doc.line(line).from + [...doc.line(line).text].slice(0, column - 1).join("").length);
      const ranges = effect.value
        .map((one) => ({ one, from: place(one.line, one.column), to: place(one.end_line, one.end_column) }))
        .filter(({ from, to }) => from < to)
        .map(({ one, from, to }) => Decoration.mark({ class: `cm-finding cm-finding-${one.severity}`, finding: one }).range(from, to));
      set = Decoration.set(ranges, true);
    }
    return { set };
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.set),
});

const told = hoverTooltip((view, at) => {
  let found: { one: Finding; from: number; to: number } | null = null;
  view.state.field(quiet).set.between(at, at, (from, to, mark) => {
    found = { one: (mark.spec as { finding: Finding }).finding, from, to };
  });
  if (!found) return null;
  const { one, from, to } = found as { one: Finding; from: number; to: number };
  return {
    pos: from,
    end: to,
    above: true,
    create() {
      const dom = document.createElement("p");
      dom.className = "told-finding";
      dom.textContent = one.message;
      return { dom };
    },
  };
});

/** Where a finding stands now: its place moves with the text. */
export function placeOf(view: EditorView, finding: Finding): number | null {
  let at: number | null = null;
  view.state.field(quiet).set.between(0, view.state.doc.length, (from, _to, mark) => {
    const one = (mark.spec as { finding: Finding }).finding;
    if (at === null && one.rule === finding.rule && one.line === finding.line && one.column === finding.column) at = from;
  });
  return at;
}

export const marks: Extension = [looks, quiet, told];
