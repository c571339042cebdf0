// Who is here and in which section; never for how long. Coming and going is said once, in a quiet word.
import type { Awareness } from "y-protocols/awareness";
import { people, seatClass, who, type Person } from "./people";
import type { Me } from "./together";

const MOST = 5;
/** Whoever comes back within this time has not left: connections are made anew. */
const GONE_AFTER = 5_000;

type Group = Person & { sections: number[] };

export class Presence {
  private readonly said = new Map<string, string>();
  private readonly leaving = new Map<string, number>();

  constructor(
    private readonly place: HTMLElement,
    private readonly voice: HTMLElement,
    private readonly awareness: Awareness,
    private readonly me: () => Me | null,
    private readonly heading: (section: number) => string,
    private readonly go: (person: Person) => void,
  ) {
    awareness.on("change", () => this.draw());
    this.draw();
  }

  get alone(): boolean {
    return people(this.awareness).length === 0;
  }

  end(): void {
    for (const timer of this.leaving.values()) clearTimeout(timer);
    this.place.replaceChildren();
  }

  draw(): void {
    const groups = this.groups();
    this.announce(groups);
    const rows = groups.slice(0, MOST).map((one) => this.row(one));
    if (groups.length > MOST) rows.push(this.more(groups.slice(MOST)));
    const kept = [...this.place.children];
    const focused = kept.findIndex((row) => row.contains(document.activeElement));
    if (rows.map(key).join("|") === kept.map(key).join("|")) return;
    this.place.replaceChildren(...rows);
    if (focused >= 0) (rows[Math.min(focused, rows.length - 1)]?.firstElementChild as HTMLElement | undefined)?.focus();
  }

  /** One face a person, however many pages they have open. */
  private groups(): Group[] {
    const found = new Map<string, Group>();
    for (const person of people(this.awareness)) {
      const one = found.get(who(person)) ?? { ...person, sections: [] };
      if (person.cursor) {
        one.cursor = person.cursor;
        one.sections.push(person.cursor.section);
      }
      found.set(who(person), one);
    }
    return [...found.values()];
  }

  private words(person: Group): string {
    const where = [...new Set(person.sections)].map((one) => this.heading(one)).filter(Boolean);
    return `${this.name(person)}${where.length ? `, in ${where.join(" and ")}` : ""}`;
  }

  private name(person: Person): string {
    const me = this.me();
    return me && who(me) === who(person) ? "You, on another page" : person.name;
  }

  private row(person: Group): HTMLElement {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = `here-face ${seatClass(person)}`;
    button.title = this.words(person);
    button.setAttribute("aria-label", this.words(person));
    button.addEventListener("click", () => this.go(person));
    const face = document.createElement("span");
    face.className = "face";
    face.setAttribute("aria-hidden", "true");
    face.textContent = person.initials;
    button.append(face);
    row.append(button);
    return row;
  }

  private more(others: Group[]): HTMLElement {
    const row = document.createElement("li");
    row.className = "here-more";
    row.textContent = `+${others.length}`;
    row.title = others.map((one) => this.words(one)).join("; ");
    return row;
  }

  private announce(groups: Group[]): void {
    const now = new Map(groups.map((one) => [who(one), this.name(one)]));
    const came = [...now].filter(([id]) => !this.said.has(id));
    for (const [id] of now) {
      clearTimeout(this.leaving.get(id));
      this.leaving.delete(id);
    }
    for (const [id, name] of this.said) {
      if (now.has(id) || this.leaving.has(id)) continue;
      this.leaving.set(
        id,
        window.setTimeout(() => {
          this.leaving.delete(id);
          this.said.delete(id);
          this.voice.textContent = `${name} has left.`;
        }, GONE_AFTER),
      );
    }
    for (const [id, name] of came) this.said.set(id, name);
    if (came.length) this.voice.textContent = `${came.map(([, name]) => name).join(", ")} ${came.length > 1 ? "are" : "is"} here.`;
  }
}

const key = (row: Element): string => row.outerHTML;
