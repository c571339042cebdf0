// A copy in this browser of what is not stored on the server yet. It goes when the server has it.
export type Kept = { base: string; text: string; at: string };

export class Keeping {
  constructor(private readonly postmortem: string) {}

  private name(section: number): string {
    return `juncture:words:${this.postmortem}:${section}`;
  }

  keep(section: number, base: string, text: string): boolean {
    try {
      localStorage.setItem(this.name(section), JSON.stringify({ base, text, at: new Date().toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  kept(section: number): Kept | null {
    try {
      const found = localStorage.getItem(this.name(section));
      return found ? (JSON.parse(found) as Kept) : null;
    } catch {
      return null;
    }
  }

  drop(section: number): void {
    try {
      localStorage.removeItem(this.name(section));
    } catch {
      // A browser that keeps nothing has nothing to drop.
    }
  }
}
