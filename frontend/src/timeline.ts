// The workbench of a timeline: zoom, move and choose without loading the page anew. The server draws; while a person zooms,
// what is drawn is only stretched (all x are shares of a width), and when they rest the server draws the window that they see.
// Without this file every link and form does the same, with a little more waiting.

type Part = "bench" | "panel";

const SETTLED = 140;
const SHORTEST = 2_000;
const DRAGGED = 5;

/** What is said aloud when the server has taken a correction. */
const DONE: Record<string, string> = {
  pin: "It is a key event now.",
  unpin: "It is no key event any more.",
  hide: "Hidden.",
  show: "Shown again.",
  annotate: "The annotation is saved.",
  time: "The time is corrected.",
  text: "The words are corrected.",
  lane: "It is in the other lane now.",
  split: "Split off: it is an event of its own.",
  join: "The two are one event now.",
  add: "Added to the timeline.",
};

type Place = { event: string; where: "mark" | "row" | "pin" | "panel" };

const bench = document.getElementById("bench");
if (bench) work(bench);

function work(bench: HTMLElement): void {
  const look = document.getElementById("look") as HTMLFormElement | null;
  let from = 0;
  let to = 0;
  let drawnFrom = 0;
  let drawnTo = 0;
  let asked: AbortController | undefined;
  let settling = 0;
  let frame = 0;
  /** From where the panel was opened: there the focus goes when it closes. */
  let came: Place | null = null;

  const lanes = (): HTMLElement | null => document.getElementById("lanes");
  const overview = (): SVGSVGElement | null => document.querySelector<SVGSVGElement>("svg.overview");

  function readWindow(): void {
    const data = lanes()?.dataset;
    if (!data) return;
    from = drawnFrom = Number(data["from"]);
    to = drawnTo = Number(data["to"]);
    makeOneStop();
    showHits();
  }

  // ---- asking the server -------------------------------------------------------------------------------------------

  async function go(address: string, part: Part, how: "push" | "replace" | "stay" = "push", send?: FormData): Promise<boolean> {
    asked?.abort();
    const mine = (asked = new AbortController());
    bench.setAttribute("aria-busy", "true");
    try {
      const options: RequestInit = { headers: { "X-Part": part }, signal: mine.signal, credentials: "same-origin" };
      const answer = await fetch(address, send ? { ...options, method: "POST", body: send } : options);
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) {
        location.reload();
        return false;
      }
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) {
        complain(made);
        return false;
      }
      const url = new URL(answer.url);
      if (how === "push") history.pushState(null, "", url.search || url.pathname);
      if (how === "replace") history.replaceState(null, "", url.search || url.pathname);
      swap(made, part);
      return true;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false;
      say("The server does not answer. Try again in a moment.");
      return false;
    } finally {
      if (asked === mine) bench.removeAttribute("aria-busy");
    }
  }

  function swap(made: Document, part: Part): void {
    const focused = focusKey();
    const panel = made.getElementById("panel");
    const old = document.getElementById("panel");
    if (panel && old) old.replaceWith(document.adoptNode(panel));
    const main = part === "bench" && made.getElementById("bench-main");
    const before = document.getElementById("bench-main");
    if (main && before) {
      before.replaceWith(document.adoptNode(main));
      readWindow();
    } else {
      choose(document.getElementById("panel")?.dataset["event"] ?? "");
      showHits();
    }
    refocus(focused);
  }

  function complain(made: Document): void {
    const said = made.getElementById("complaint");
    say(said?.textContent ?? made.querySelector("main h1")?.textContent ?? "That was not taken. Load the page again and try once more.");
  }

  function say(words: string): void {
    const told = document.getElementById("told");
    if (!told) return;
    const line = document.createElement("p");
    line.className = "callout bad";
    line.id = "complaint";
    line.tabIndex = -1;
    line.textContent = words;
    told.replaceChildren(line);
    line.focus();
    line.scrollIntoView({ block: "nearest" });
  }

  /** Say aloud what eyes see at once. */
  function tell(words: string): void {
    const heard = document.getElementById("said");
    if (heard) heard.textContent = words;
  }

  // ---- what is chosen ----------------------------------------------------------------------------------------------

  function choose(event: string): void {
    for (const row of document.querySelectorAll<HTMLElement>(".ev.chosen")) {
      row.classList.remove("chosen");
      row.querySelector("[aria-current]")?.removeAttribute("aria-current");
    }
    for (const ring of document.querySelectorAll(".lanes .halo")) ring.remove();
    if (!event) return;
    const row = document.querySelector<HTMLElement>(`.ev[data-event="${CSS.escape(event)}"]`);
    row?.classList.add("chosen");
    row?.querySelector(".ev-text a")?.setAttribute("aria-current", "true");
    const mark = document.querySelector<SVGAElement>(`.lanes a[data-event="${CSS.escape(event)}"]`);
    const places = mark ? [...mark.querySelectorAll(":scope > svg:has(> .mark)")] : [];
    const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    ring.setAttribute("class", "halo");
    ring.setAttribute("r", mark?.querySelector(".minor") ? "9" : "11");
    places.at(-1)?.append(ring);
  }

  function open(event: string, into = false): void {
    const place = focusKey();
    if (place?.event === event && place.where !== "panel") came = place;
    const url = new URL(location.href);
    url.searchParams.set("event", event);
    choose(event);
    void go(url.search, "panel").then((opened) => {
      if (opened && (into || matchMedia("(max-width: 72rem)").matches)) document.getElementById("panel")?.focus({ preventScroll: true });
    });
  }

  function close(): void {
    const panel = document.getElementById("panel");
    const event = panel?.dataset["event"];
    if (!event) return;
    const place: Place = came?.event === event ? came : { event, where: "mark" };
    came = null;
    const url = new URL(location.href);
    url.searchParams.delete("event");
    void go(url.search || url.pathname, "panel").then(() => focusOn(place));
  }

  function focusKey(): Place | null {
    const active = document.activeElement;
    if (!(active instanceof Element)) return null;
    const event = active.closest<HTMLElement | SVGElement>("[data-event]")?.dataset["event"];
    if (!event) return null;
    if (active.closest("#panel")) return { event, where: "panel" };
    if (active.closest(".lanes")) return { event, where: "mark" };
    if (active.closest(".ev")) return { event, where: active.matches(".pin") ? "pin" : "row" };
    return null;
  }

  function refocus(place: Place | null): void {
    if (place && (!document.activeElement || document.activeElement === document.body)) focusOn(place);
  }

  /** Focus where somebody was; what is not drawn any more has its neighbour: another mark, or the head of the list. */
  function focusOn({ event, where }: Place): void {
    const row = document.querySelector<HTMLElement>(`.ev[data-event="${CSS.escape(event)}"]`);
    const mark = marks().find((each) => each.dataset["event"] === event);
    const link = row?.querySelector<HTMLElement>(".ev-text a");
    const head = document.getElementById("h-list");
    const found =
      where === "panel" ? document.getElementById("panel")
      : where === "mark" ? mark ?? link ?? marks().find((each) => each.getAttribute("tabindex") === "0")
      : where === "pin" ? row?.querySelector<HTMLElement>(".pin")
      : link;
    (found ?? head)?.focus({ preventScroll: true });
  }

  function showHits(): void {
    for (const slice of document.querySelectorAll<HTMLElement>(".slice")) {
      const hit = slice.querySelector<HTMLElement>(".hit");
      if (hit) slice.scrollTop = Math.max(0, hit.offsetTop - slice.offsetTop - 24);
    }
  }

  // ---- one tab stop, and arrow keys within -------------------------------------------------------------------------

  const marks = (): SVGAElement[] =>
    [...document.querySelectorAll<SVGAElement>(".lanes a[data-event]")].sort((a, b) => at(a) - at(b));
  const at = (mark: SVGAElement): number => Number(mark.dataset["at"] ?? 0);

  function makeOneStop(): void {
    const all = marks();
    const chosen = document.getElementById("panel")?.dataset["event"];
    const stop = all.find((mark) => mark.dataset["event"] === chosen) ?? all.find((mark) => at(mark) >= from) ?? all[0];
    for (const mark of all) mark.setAttribute("tabindex", mark === stop ? "0" : "-1");
  }

  function step(by: number): void {
    const all = marks().filter((mark) => at(mark) >= from && at(mark) < to);
    if (!all.length) return;
    const current = document.activeElement?.closest<SVGAElement>(".lanes a[data-event]");
    const chosen = document.getElementById("panel")?.dataset["event"];
    const place = current ? all.indexOf(current) : all.findIndex((mark) => mark.dataset["event"] === chosen);
    const next = all[place < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + by, 0), all.length - 1)];
    if (!next) return;
    for (const mark of all) mark.setAttribute("tabindex", mark === next ? "0" : "-1");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (chosen) open(next.dataset["event"] ?? "");
  }

  function stepRow(by: number): boolean {
    const current = document.activeElement?.closest(".ev, .ev-fold");
    if (!current) return false;
    const links = [...document.querySelectorAll<HTMLElement>(".ev .ev-text a, .ev-fold a")];
    const place = links.findIndex((link) => current.contains(link));
    const next = links[place + by];
    next?.focus();
    return Boolean(next);
  }

  addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      // The first Escape leaves a field of the panel, so that words which are not saved are not thrown away by one key.
      const panel = target.closest<HTMLElement>("#panel");
      if (panel && target.matches("input, textarea, select")) {
        panel.focus({ preventScroll: true });
        event.preventDefault();
        return;
      }
      if (target.matches("#q") || document.querySelector("details.menu[open]")) return;
      const adding = target.closest<HTMLDetailsElement>("details.add-event[open]");
      if (adding) {
        adding.open = false;
        adding.querySelector("summary")?.focus();
      } else close();
      return;
    }
    if (target.closest("input, textarea, select, [contenteditable]")) return;
    const inList = target.closest(".ev-list");
    switch (event.key) {
      case "ArrowRight": if (!inList) step(1); else return; break;
      case "ArrowLeft": if (!inList) step(-1); else return; break;
      case "ArrowDown": if (!inList || !stepRow(1)) return; break;
      case "ArrowUp": if (!inList || !stepRow(-1)) return; break;
      case "Home": if (!target.closest(".lanes")) return; step(-1e6); break;
      case "End": if (!target.closest(".lanes")) return; step(1e6); break;
      case "+": case "=": zoom(0.5); break;
      case "-": case "_": zoom(2); break;
      case "0": whole(); break;
      case "p": case "P": pin(target); break;
      case "/": (document.getElementById("q") as HTMLInputElement | null)?.select(); document.getElementById("q")?.focus(); break;
      default: return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  function pin(target: Element): void {
    const event = target.closest<HTMLElement | SVGElement>("[data-event]")?.dataset["event"]
      ?? document.getElementById("panel")?.dataset["event"];
    if (!event) return;
    const button = document.querySelector<HTMLButtonElement>(`.ev[data-event="${CSS.escape(event)}"] button.pin`);
    if (button) button.form?.requestSubmit(button);
    else document.querySelector<HTMLButtonElement>('#panel button[value="pin"], #panel button[value="unpin"]')?.click();
  }

  // ---- zoom, move, brush -------------------------------------------------------------------------------------------

  function show(start: number, end: number): void {
    const strip = overview();
    const first = Number(strip?.dataset["from"] ?? start);
    const last = Number(strip?.dataset["to"] ?? end);
    const room = Math.max((last - first) * 3, SHORTEST);
    const width = Math.min(Math.max(end - start, SHORTEST), room);
    const middle = (start + end) / 2;
    from = Math.round(middle - width / 2);
    to = Math.round(middle + width / 2);
    if (!frame) frame = requestAnimationFrame(stretch);
    clearTimeout(settling);
    settling = window.setTimeout(settle, SETTLED);
  }

  function stretch(): void {
    frame = 0;
    const plot = document.querySelector<SVGSVGElement>(".lanes .plot");
    const scale = (drawnTo - drawnFrom) / (to - from);
    plot?.setAttribute("x", `${(100 * (drawnFrom - from)) / (to - from)}%`);
    plot?.setAttribute("width", `${100 * scale}%`);
    const strip = overview();
    if (!strip) return;
    const first = Number(strip.dataset["from"]);
    const whole = Number(strip.dataset["to"]) - first;
    const left = Math.min(Math.max((100 * (from - first)) / whole, 0), 99.2);
    const right = Math.max(Math.min((100 * (to - first)) / whole, 100), left + 0.8);
    const set = (name: string, x: number, width: number): void => {
      const box = strip.querySelector(name);
      box?.setAttribute("x", `${x}%`);
      box?.setAttribute("width", `${Math.max(width, 0)}%`);
    };
    set(".before", 0, left);
    set(".behind", right, 100 - right);
    set(".brush", left, right - left);
  }

  function settle(): void {
    if (from === drawnFrom && to === drawnTo) return;
    const url = new URL(location.href);
    url.searchParams.set("from", new Date(from).toISOString());
    url.searchParams.set("to", new Date(to).toISOString());
    url.searchParams.delete("cursor");
    void go(url.search, "bench", "replace");
  }

  function zoom(by: number, share = 0.5): void {
    const middle = from + (to - from) * share;
    show(middle - (middle - from) * by, middle + (to - middle) * by);
  }

  function whole(): void {
    const url = new URL(location.href);
    for (const name of ["from", "to", "cursor"]) url.searchParams.delete(name);
    void go(url.search || url.pathname, "bench");
  }

  const shareAt = (x: number): number => {
    const box = document.querySelector(".lanes-canvas")?.getBoundingClientRect();
    return box ? Math.min(Math.max((x - box.left) / box.width, 0), 1) : 0.5;
  };

  bench.addEventListener("wheel", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest(".lanes-frame")) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))), shareAt(event.clientX));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      const by = ((event.deltaX || event.deltaY) / 800) * (to - from);
      show(from + by, to + by);
    }
  }, { passive: false });

  const held = new Map<number, number>();
  let grip: { x: number; from: number; to: number; of: "lanes" | "brush" | "strip"; moved: boolean } | undefined;

  bench.addEventListener("pointerdown", (event) => {
    if (!(event.target instanceof Element) || (event.pointerType === "mouse" && event.button)) return;
    const strip = event.target.closest(".overview");
    const drawing = event.target.closest(".lanes-canvas");
    if (!strip && !drawing) return;
    // A finger on the lanes scrolls them, as it does everywhere; two zoom, and the strip above moves the window.
    if (drawing && event.pointerType === "touch" && !held.size) {
      held.set(event.pointerId, event.clientX);
      return;
    }
    held.set(event.pointerId, event.clientX);
    const of = drawing ? "lanes" : event.target.matches(".brush") ? "brush" : "strip";
    grip = { x: event.clientX, from, to, of, moved: false };
  });

  addEventListener("pointermove", (event) => {
    if (!grip || !held.has(event.pointerId)) return;
    const others = [...held].filter(([id]) => id !== event.pointerId);
    const [other] = others;
    if (other) {
      const was = Math.abs((held.get(event.pointerId) ?? 0) - other[1]);
      const now = Math.abs(event.clientX - other[1]);
      if (was > 20 && now > 20) zoom(was / now, shareAt((event.clientX + other[1]) / 2));
      held.set(event.pointerId, event.clientX);
      grip = { x: event.clientX, from, to, of: grip.of, moved: true };
      return;
    }
    held.set(event.pointerId, event.clientX);
    const by = event.clientX - grip.x;
    if (!grip.moved && Math.abs(by) < DRAGGED) return;
    grip.moved = true;
    lanes()?.classList.add("dragging");
    if (grip.of === "lanes") {
      const width = document.querySelector(".lanes-canvas")?.clientWidth || 1;
      const time = (by / width) * (grip.to - grip.from);
      show(grip.from - time, grip.to - time);
      return;
    }
    const strip = overview();
    if (!strip) return;
    const first = Number(strip.dataset["from"]);
    const length = Number(strip.dataset["to"]) - first;
    const box = strip.getBoundingClientRect();
    if (grip.of === "brush") {
      const time = (by / box.width) * length;
      show(grip.from + time, grip.to + time);
    } else {
      const here = first + ((event.clientX - box.left) / box.width) * length;
      const there = first + ((grip.x - box.left) / box.width) * length;
      show(Math.min(here, there), Math.max(here, there));
    }
  });

  function release(event: PointerEvent): void {
    held.delete(event.pointerId);
    if (!grip || held.size) return;
    lanes()?.classList.remove("dragging");
    const strip = overview();
    if (grip.of === "strip" && !grip.moved && strip && event.type === "pointerup") {
      const box = strip.getBoundingClientRect();
      const first = Number(strip.dataset["from"]);
      const middle = first + ((event.clientX - box.left) / box.width) * (Number(strip.dataset["to"]) - first);
      show(middle - (to - from) / 2, middle + (to - from) / 2);
    }
    if (grip.moved) addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, true), 50);
    grip = undefined;
  }
  const stop = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);
  bench.addEventListener("dragstart", (event) => {
    if (event.target instanceof Element && event.target.closest(".lanes-frame")) event.preventDefault();
  });

  // ---- links and forms ---------------------------------------------------------------------------------------------

  bench.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const zoomed = event.target.closest<HTMLElement>("[data-zoom]");
    if (zoomed) zoom(zoomed.dataset["zoom"] === "in" ? 0.5 : 2);
    const copied = event.target.closest<HTMLElement>("[data-copy], [data-copy-link]");
    if (copied) void copy(copied);
    const link = event.target.closest<HTMLAnchorElement | SVGAElement>("a");
    const href = link?.getAttribute("href") ?? "";
    if (!link || !href.startsWith("?")) return;
    event.preventDefault();
    const chosen = link.closest<HTMLElement | SVGElement>(".ev[data-event], .lanes a[data-event]")?.dataset["event"];
    if (link.hasAttribute("data-close")) close();
    else if (chosen) open(chosen, event.detail === 0);
    else void go(href, "bench").then(() => document.getElementById("h-list")?.scrollIntoView({ block: "nearest" }));
  });

  async function copy(button: HTMLElement): Promise<void> {
    const event = button.dataset["copyLink"];
    const text = event ? `${location.origin}${location.pathname}?event=${event}` : (button.dataset["copy"] ?? "");
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser does not allow it";
    }
    setTimeout(() => { button.textContent = said; }, 1500);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !(form.id === "pins" || form.hasAttribute("data-correct"))) return;
    event.preventDefault();
    const sent = new FormData(form, event.submitter);
    sent.set("next", location.search);
    void go(form.action, "bench", "replace", sent).then((done) => {
      if (done) tell(DONE[sent.has("pin") ? "pin" : sent.has("unpin") ? "unpin" : String(sent.get("kind"))] ?? "");
      const adding = form.closest<HTMLDetailsElement>("details.add-event");
      if (!done || !adding) return;
      form.reset();
      adding.open = false;
      adding.querySelector("summary")?.focus();
    });
  });

  function search(): void {
    if (!look) return;
    const form = new FormData(look);
    const url = new URL(location.href);
    for (const name of ["q", "lane", "source", "key", "hidden", "zone", "cursor", "like", "unlike"]) url.searchParams.delete(name);
    const every = look.querySelectorAll('[name="lane"]').length;
    const picked = form.getAll("lane");
    for (const [name, value] of form) {
      if (typeof value !== "string" || !value.trim() || name === "from" || name === "to") continue;
      if (name === "lane" && picked.length === every) continue;
      if (name === "zone" && value === look.dataset["ownZone"]) continue;
      url.searchParams.append(name, value.trim());
    }
    void go(url.search || url.pathname, "bench", "replace").then((found) => {
      if (found) tell(document.querySelector("#h-list .count")?.textContent ?? "");
    });
  }

  let typing = 0;
  look?.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.id !== "q") return;
    clearTimeout(typing);
    typing = window.setTimeout(search, 250);
  });
  look?.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.id === "q") return;
    search();
  });
  look?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    search();
  });

  addEventListener("popstate", () => void go(location.href, "bench", "stay"));
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = document.getElementById("zones");
  if (own && zones) zones.prepend(Object.assign(document.createElement("option"), { value: own, textContent: "of this browser" }));
  readWindow();
}
