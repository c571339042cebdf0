// The page where a postmortem is written: an editor for each section, saved as it is typed, with its margin beside it.
import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { markdown } from "@codemirror/lang-markdown";
import { syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, tooltips } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { arrive, outlined } from "./editor/arriving";
import { wholeCharacters } from "./editor/characters";
import { citing } from "./editor/citing";
import { decideInPlace } from "./editor/decide";
import { freshObjects, freshSections } from "./editor/fresh";
import { Keeping } from "./editor/keeping";
import { offerKept } from "./editor/kept";
import { drawFindings } from "./editor/margin";
import { marks, placeOf, setFindings } from "./editor/marks";
import { Room } from "./editor/room";
import { saying } from "./editor/said";
import { SectionEditor } from "./editor/section";
import { Refusal, Server, type Finding } from "./editor/server";
import { Status } from "./editor/status";
import { adoptStyles } from "./editor/styles";
import { structure, type Kind } from "./editor/structure";
import type { Changed } from "./editor/together";

const root = document.querySelector<HTMLElement>("[data-write]");
if (root) start(root);

function start(root: HTMLElement): void {
  adoptStyles();
  const part = (name: string): HTMLElement => root.querySelector<HTMLElement>(`[data-${name}]`)!;
  const postmortem = root.dataset["write"] ?? "";
  const server = new Server(postmortem, document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "");
  const keeping = new Keeping(postmortem);
  const status = new Status(part("status"), part("told"));
  const say = saying(part("said"), look);
  const sections: SectionEditor[] = [];
  const seen = outlined(part("outline"), sections);
  const whole = (): string => sections.map((one) => one.text).join("\n");
  let looking = 0;
  const reading: Partial<Record<Changed, number>> = {};
  let room: Room | null = null;

  for (const place of root.querySelectorAll<HTMLElement>(".w-section")) mount(place);
  room = new Room(postmortem, keeping, { sections, faces: part("here"), voice: part("voice"), moved: changed, changed: anew });
  changed();
  arrive(sections, say);
  decideInPlace(root, server, say, flush, look);

  function mount(section: HTMLElement): SectionEditor {
    const place = section.querySelector<HTMLFormElement>("form[data-section]")!;
    const area = place.querySelector<HTMLTextAreaElement>("textarea[name=text]")!;
    const heading = place.dataset["heading"] ?? "";
    const holder = document.createElement("div");
    holder.className = "source";
    place.prepend(holder);
    place.classList.add("live");
    place.addEventListener("submit", (event) => {
      if ((event.submitter as HTMLButtonElement | null)?.name) return;
      event.preventDefault();
      void flush();
    });
    const made = new SectionEditor(Number(place.dataset["section"]), heading, Number(place.dataset["version"]), area.value, holder, server, keeping, changed, [
      keymap.of([{ key: "Mod-s", run: () => (void saveNow(), true), preventDefault: true }, ...defaultKeymap]),
      EditorState.lineSeparator.of("\n"),
      EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, "\n")),
      markdown({ addKeymap: true, completeHTMLTags: false }),
      closeBrackets(),
      syntaxHighlighting(classHighlighter),
      tooltips({ position: "absolute", parent: document.body }),
      EditorView.lineWrapping,
      EditorView.perLineTextDirection.of(true),
      EditorView.contentAttributes.of({ "aria-label": `${heading || "Opening words"}, Markdown`, spellcheck: "true" }),
      wholeCharacters,
      citing(server, whole, () => room?.letters ?? ""),
      structure(make),
      marks,
    ]);
    sections.push(made);
    seen.observe(section);
    offerKept(keeping, made, place);
    return made;
  }
  // The page's own search key is "/", which is a letter here.
  root.addEventListener("keydown", (event) => event.key === "/" && event.stopPropagation());

  async function flush(): Promise<void> {
    await Promise.all([...sections.map((one) => one.save()), room?.settle()]);
    look();
  }

  function saveNow(): Promise<void> {
    return status.asked(flush(), () => Boolean(room?.unsaved) || sections.some((one) => one.unsaved));
  }

  function changed(section?: SectionEditor): void {
    status.draw(sections, room?.together ?? null);
    root.dataset["together"] = room?.together?.standing ?? "alone";
    // Of the shared text the server says itself when it is ready to be looked at.
    if (section?.state === "saved" && section.savedAt && !section.joined) look();
  }

  async function make(kind: Kind, text: string, view: EditorView): Promise<void> {
    const section = sections.find((one) => one.view === view);
    try {
      await flush();
      const made = await server.call<{ said: string; undo: string; takes_line: boolean }>("POST", "/make", {
        kind,
        text,
        section: section?.id ?? null,
      });
      if (made.takes_line && section) takeLine(section, text);
      say(made.said, async () => {
        await server.call("POST", made.undo, {});
        if (made.takes_line && section) {
          const end = section.view.state.doc.length;
          section.view.dispatch({ changes: { from: end, insert: `\n${text}` } });
        }
      });
      look();
      void freshObjects(root);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }

  /** A typed line that became an action leaves the prose: no fact lives twice. */
  function takeLine(section: SectionEditor, text: string): void {
    const doc = section.view.state.doc;
    for (let number = 1; number <= doc.lines; number += 1) {
      const line = doc.line(number);
      if (line.text !== text) continue;
      section.view.dispatch({ changes: { from: line.from, to: Math.min(doc.length, line.to + 1) }, userEvent: "delete" });
      return;
    }
  }

  /** Others changed what is not text: their part of the page comes anew. */
  function anew(what: Changed): void {
    if (what === "text") return look();
    clearTimeout(reading[what]);
    reading[what] = window.setTimeout(() => void (what === "objects" ? freshObjects(root) : arrange()), 200);
  }

  async function arrange(): Promise<void> {
    const arranged = await freshSections(root);
    for (const place of arranged?.added ?? []) void room?.join(mount(place));
    for (const one of sections) {
      one.heading = arranged?.headings.get(`s-${one.id}`) ?? one.heading;
      if (!arranged?.gone.includes(`s-${one.id}`)) continue;
      one.gone = true;
      one.freeze(true);
    }
  }

  function look(): void {
    clearTimeout(looking);
    looking = window.setTimeout(async () => {
      let findings: Finding[];
      try {
        ({ findings } = await server.call<{ findings: Finding[] }>("GET", "/diagnostics"));
      } catch {
        return;
      }
      drawFindings(part("findings"), part("count"), findings, go);
      if (room?.unsaved) return;
      for (const one of sections)
        if (!one.unsaved) one.view.dispatch({ effects: setFindings.of(findings.filter((each) => each.path === `sections/${one.id}`)) });
    }, 400);
  }

  function go(finding: Finding): void {
    const section = sections.find((one) => finding.path === `sections/${one.id}`);
    if (!section) return;
    const at = placeOf(section.view, finding) ?? 0;
    section.view.focus();
    section.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  addEventListener("beforeunload", (event) => {
    room?.keepAll();
    if (room?.unsaved || sections.some((one) => one.unsaved)) event.preventDefault();
  });
  addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const one of sections) void one.save();
    else void others();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    void saveNow();
  });

  /** What others wrote meanwhile comes in by itself, also where no socket does. */
  async function others(): Promise<void> {
    if (document.visibilityState === "hidden" || room?.open) return;
    try {
      const { items } = await server.call<{ items: { id: number; version: number }[] }>("GET", "/sections");
      for (const line of items) {
        const one = sections.find((each) => each.id === line.id);
        if (!one || one.version === line.version) continue;
        one.version = line.version;
        await one.refresh();
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) status.signedOut();
    }
  }
  setInterval(() => void others(), 12_000);
  look();
}
