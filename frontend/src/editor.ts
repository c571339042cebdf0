// The page where a postmortem is written: an editor for each section, saved as it is typed, with its margin beside it.
import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown } from "@codemirror/lang-markdown";
import { syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap, tooltips } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { citing } from "./editor/citing";
import { Keeping } from "./editor/keeping";
import { drawFindings } from "./editor/margin";
import { marks, placeOf, setFindings } from "./editor/marks";
import { SectionEditor } from "./editor/section";
import { Refusal, Server, type Finding } from "./editor/server";
import { adoptStyles } from "./editor/styles";
import { structure, type Kind } from "./editor/structure";

const root = document.querySelector<HTMLElement>("[data-write]");
if (root) start(root);

function start(root: HTMLElement): void {
  adoptStyles();
  const postmortem = root.dataset["write"] ?? "";
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const server = new Server(postmortem, token);
  const keeping = new Keeping(postmortem);
  const status = root.querySelector<HTMLElement>("[data-status]")!;
  const said = root.querySelector<HTMLElement>("[data-said]")!;
  const told = root.querySelector<HTMLElement>("[data-told]")!;
  const list = root.querySelector<HTMLElement>("[data-findings]")!;
  const count = root.querySelector<HTMLElement>("[data-count]")!;
  const sections: SectionEditor[] = [];
  const whole = (): string => sections.map((one) => one.text).join("\n");
  let looking = 0;

  for (const place of root.querySelectorAll<HTMLFormElement>("form[data-section]")) {
    const area = place.querySelector<HTMLTextAreaElement>("textarea[name=text]")!;
    const id = Number(place.dataset["section"]);
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
    const section = new SectionEditor(id, heading, Number(place.dataset["version"]), area.value, holder, server, keeping, changed, [
      history(),
      keymap.of([{ key: "Mod-s", run: () => (void saveNow(), true), preventDefault: true }, ...defaultKeymap, ...historyKeymap]),
      markdown({ addKeymap: true, completeHTMLTags: false }),
      closeBrackets(),
      syntaxHighlighting(classHighlighter),
      tooltips({ position: "absolute", parent: document.body }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": `${heading || "Opening words"}, Markdown`, spellcheck: "true" }),
      citing(server, whole),
      structure(make),
      marks,
    ]);
    sections.push(section);
    offerKept(section, place);
  }
  arrive();
  // The page's own search key is "/", which is a letter here.
  root.addEventListener("keydown", (event) => event.key === "/" && event.stopPropagation());

  async function flush(): Promise<void> {
    await Promise.all(sections.map((one) => one.save()));
    look();
  }

  function changed(section: SectionEditor): void {
    const worst = ["refused", "away", "saving", "waiting"].map((state) => sections.find((one) => one.state === state)).find(Boolean);
    status.dataset["state"] = worst?.state ?? "saved";
    if (worst?.state === "refused") status.textContent = `Not saved: ${worst.sentence}`;
    else if (worst?.state === "away") status.textContent = `Not saved. ${worst.sentence} Your words are kept in this browser, and sent as soon as it does.`;
    else if (worst?.state === "saving") status.textContent = "Saving…";
    else if (worst?.state === "waiting") status.textContent = "Not saved yet";
    else {
      const last = sections.map((one) => one.savedAt).filter((at) => at !== null).sort((a, b) => Number(a) - Number(b)).pop();
      if (last) status.textContent = `Saved ${last.toLocaleTimeString("en-GB")}`;
    }
    tell(worst?.state ?? "saved");
    if (section.state === "saved" && section.savedAt) look();
  }

  /** Say aloud what somebody must know: that words are not saved, and that they are again. Each pause in typing is silent. */
  let heard = "saved";
  function tell(state: string): void {
    const bad = state === "refused" || state === "away";
    if (bad ? heard !== state : state === "saved" && heard !== "saved") {
      told.textContent = status.textContent;
      heard = state;
    }
  }

  async function saveNow(): Promise<void> {
    told.textContent = "";
    await flush();
    if (!sections.some((one) => one.unsaved)) told.textContent = status.textContent?.startsWith("Saved") ? status.textContent : "Saved.";
  }

  /** Go on where the page was left: what was done is said where it is seen, and the focus is at the section that it is about. */
  function arrive(): void {
    // Before the page is whole, the browser still goes to the fragment itself and takes the focus away.
    if (document.readyState !== "complete") return addEventListener("load", () => setTimeout(arrive), { once: true });
    const done = document.querySelector<HTMLElement>("p.told");
    const place = document.querySelector<HTMLElement>(location.hash.startsWith("#s-") ? location.hash : "#none");
    const section = sections.find((one) => place?.id === `s-${one.id}`);
    if (done) say(done.textContent ?? "");
    done?.remove();
    if (!place || !section) return;
    if (done && section.text) place.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
    else section.view.focus();
    place.scrollIntoView({ block: "start" });
  }

  function offerKept(section: SectionEditor, place: HTMLElement): void {
    const kept = keeping.kept(section.id);
    if (!kept) return;
    if (kept.text === section.text) return keeping.drop(section.id);
    const offer = document.createElement("div");
    offer.className = "callout kept";
    offer.setAttribute("role", "status");
    const words = document.createElement("p");
    const at = new Date(kept.at);
    words.textContent = `Words of ${at.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, ${at.toLocaleTimeString("en-GB")}, are in this browser and were not saved.`;
    const row = document.createElement("div");
    row.className = "button-row";
    const back = button("Bring them back", () => {
      offer.remove();
      void section.bringBack(kept.base, kept.text);
    });
    const drop = button("Drop them", () => {
      offer.remove();
      keeping.drop(section.id);
    });
    drop.classList.add("quiet");
    row.append(back, drop);
    offer.append(words, row);
    place.before(offer);
  }

  function button(text: string, run: () => void): HTMLButtonElement {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button small";
    made.textContent = text;
    made.addEventListener("click", run);
    return made;
  }

  /** Say what was done, with the one key that undoes it. */
  let undo: (() => Promise<void>) | null = null;
  function say(text: string, back: (() => Promise<void>) | null = null): void {
    undo = back;
    const words = document.createElement("span");
    words.textContent = text;
    said.replaceChildren(words);
    if (back) {
      const made = button("Undo", () => void takeBack());
      made.setAttribute("aria-keyshortcuts", "Control+Alt+Z");
      made.title = "Ctrl+Alt+Z";
      said.append(" ", made);
    }
  }
  async function takeBack(): Promise<void> {
    const run = undo;
    undo = null;
    if (!run) return;
    try {
      await run();
      say("Undone.");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    look();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      void takeBack();
    }
  });

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
      void objects();
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

  /** The panels of objects are the server's own page: a part of it is put in place. */
  async function objects(): Promise<void> {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
      const fresh = page.querySelector("[data-objects]");
      const old = root.querySelector("[data-objects]");
      for (const kind of old?.querySelectorAll<HTMLDetailsElement>("details[open]") ?? [])
        fresh?.querySelector(`#${CSS.escape(kind.id)}`)?.setAttribute("open", "");
      const focused = old?.contains(document.activeElement) ? document.activeElement?.closest(".part, .part-kind")?.id : undefined;
      if (fresh) old?.replaceWith(fresh);
      const again = focused ? document.getElementById(focused) : null;
      again?.querySelector<HTMLElement>("a, summary")?.focus({ preventScroll: true });
    } catch {
      // The next visit shows them.
    }
  }

  // What is decided about a part is decided in place: the page stays where it is, and the focus goes to the next one.
  root.addEventListener("submit", (event) => {
    const form = event.target instanceof HTMLFormElement ? event.target.closest<HTMLFormElement>(".part-acts form") : null;
    if (!form) return;
    event.preventDefault();
    void decide(form);
  });
  async function decide(form: HTMLFormElement): Promise<void> {
    const [kind, id, act] = new URL(form.action).pathname.split("/").slice(-4, -1);
    const name = form.closest(".part")?.querySelector(".part-title")?.textContent ?? "";
    const list = form.closest<HTMLElement>("details")?.id ?? "";
    const place = [...document.querySelectorAll(`#${CSS.escape(list)} .part`)].findIndex((one) => one.contains(form));
    const address = `/objects/${kind}/${id}`;
    try {
      await flush();
      await server.call("POST", `${address}/${act}`, {});
      await objects();
      say(`${act === "accept" ? "Accepted" : "Dismissed"}: ${name}`, async () => {
        await server.call("POST", `${address}/undo`, {});
        await objects();
      });
      const rest = [...document.querySelectorAll<HTMLElement>(`#${CSS.escape(list)} .part-title`)];
      (rest[Math.min(place, rest.length - 1)] ?? document.querySelector<HTMLElement>(`#${CSS.escape(list)} summary`))?.focus();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    look();
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
      drawFindings(list, count, findings, go);
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

  const citeList = root.querySelector<HTMLElement>("[data-outline]");
  citeList?.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const section = sections.find((one) => link?.getAttribute("href") === `#s-${one.id}`);
    if (!section || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.history.replaceState(null, "", `#s-${section.id}`);
    section.view.focus();
    document.getElementById(`s-${section.id}`)?.scrollIntoView({ block: "start" });
  });
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of citeList?.querySelectorAll("a") ?? [])
          link.toggleAttribute("aria-current", link.getAttribute("href") === `#${entry.target.id}`);
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const one of root.querySelectorAll(".w-section")) seen.observe(one);

  addEventListener("beforeunload", (event) => sections.some((one) => one.unsaved) && event.preventDefault());
  addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const one of sections) void one.save();
    else void others();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    if (event.defaultPrevented) return;
    event.preventDefault();
    void saveNow();
  });

  /** What others wrote meanwhile comes in by itself. */
  async function others(): Promise<void> {
    if (document.visibilityState === "hidden") return;
    try {
      const { items } = await server.call<{ items: { id: number; version: number }[] }>("GET", "/sections");
      for (const line of items) {
        const one = sections.find((each) => each.id === line.id);
        if (!one || one.version === line.version) continue;
        one.version = line.version;
        await one.refresh();
      }
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) return;
      status.textContent = "You are signed out. Sign in in another tab; your words stay here.";
      tell("refused");
    }
  }
  setInterval(() => void others(), 12_000);
  look();
}
