// Citation completion: `[^` and words, or a time of day, offer events; choosing one inserts a short label and its footnote.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Citable, Server } from "./server";

const SHAPES: Record<string, string> = {
  signal: "M0-6 5.8 4.6H-5.8Z",
  change: "M-4.8-4.8H4.8V4.8H-4.8Z",
  people: "M0-5.3A5.3 5.3 0 1 1 0 5.3 5.3 5.3 0 1 1 0-5.3Z",
  decision: "M0-6.6 6.6 0 0 6.6-6.6 0Z",
  customer: "M-4.6-6H6.2L3.4-2.2 6.2 1.6H-3.4V6.4H-4.6Z",
};

type Offered = Completion & { of: Citable };

/** `mine`: what this page puts behind a new label, so that two who cite at once never take one. */
export function citing(server: Server, whole: () => string, mine: () => string): Extension {
  let asked: AbortController | null = null;

  async function offer(context: CompletionContext): Promise<CompletionResult | null> {
    const mark = context.matchBefore(/\[\^[^\]\n]{0,60}/);
    const time = context.matchBefore(/(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?/);
    const found = mark ?? time;
    if (!found || inFootnote(context)) return null;
    asked?.abort();
    asked = new AbortController();
    context.addEventListener("abort", () => asked?.abort());
    const words = mark ? mark.text.slice(2).replace(/^e(?:\d+[a-z]{0,2})?$/, "") : found.text;
    let items: Citable[];
    try {
      ({ items } = await server.call<{ items: Citable[] }>("GET", `/citable?${new URLSearchParams({ q: words })}`, undefined, asked.signal));
    } catch {
      return null;
    }
    return {
      from: found.from,
      filter: false,
      options: items.map(
        (of): Offered => ({
          label: `${of.time} ${of.summary}`,
          of,
          apply: (view, _completion, from, to) => cite(view, of, mark ? from : to, mark ? closed(view, to) : to, whole(), mine()),
        }),
      ),
    };
  }

  return autocompletion({
    override: [offer],
    activateOnTyping: true,
    selectOnOpen: true,
    icons: false,
    closeOnBlur: true,
    tooltipClass: () => "offer",
    optionClass: () => "offered",
    addToOptions: [{ position: 10, render: (completion) => drawn((completion as Offered).of) }],
  });
}

/** The bracket that was closed as soon as it was opened belongs to what is replaced. */
const closed = (view: EditorView, to: number): number => (view.state.sliceDoc(to, to + 1) === "]" ? to + 1 : to);

function inFootnote(context: CompletionContext): boolean {
  return /^\[\^[^\]\s]+\]:/.test(context.state.doc.lineAt(context.pos).text);
}

/** Replace `from`…`to` by a citation of an event; the document's own label for it where it has one. */
export function cite(view: EditorView, of: Citable, from: number, to: number, whole: string, mine = ""): void {
  const known = [...whole.matchAll(/^\[\^([^\]\s]+)\]: .*\(event ([0-9a-f]{32})\b/gm)].find((one) => of.ids.includes(one[2] ?? ""));
  const used = [...whole.matchAll(/\[\^e(\d+)[a-z]*\]/g)].map((one) => Number(one[1]));
  const label = known?.[1] ?? `e${Math.max(0, ...used) + 1}${mine}`;
  const text = `[^${label}]`;
  const changes = [{ from, to, insert: text }];
  if (!known) {
    const doc = view.state.doc.toString();
    const end = doc.trimEnd().length;
    const close = /(?:^|\n)\[\^[^\]\s]+\]: [^\n]*$/.test(doc.trimEnd()) ? "\n" : "\n\n";
    const at = Math.max(end, to);
    changes.push({ from: at, to: doc.length, insert: `${close}[^${label}]: ${of.definition}${doc.slice(at)}` });
  }
  view.dispatch({ changes, selection: { anchor: from + text.length }, userEvent: "input.complete", scrollIntoView: true });
  view.focus();
}

function drawn(of: Citable): HTMLElement {
  const row = document.createElement("span");
  row.className = "offered-row";
  const time = document.createElement("time");
  time.dateTime = of.at;
  time.textContent = of.time;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-7 -7 14 14");
  svg.setAttribute("class", `shape ${of.lane}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[of.lane] ?? SHAPES["people"] ?? "");
  svg.append(path);
  const said = document.createElement("span");
  said.textContent = of.summary;
  row.append(time, svg, said);
  return row;
}
