// Who else is in the room, as the server says: names come from it, and never from another page.
import type { Awareness } from "y-protocols/awareness";
import type { Me } from "./together";

export type Cursor = { section: number; anchor: unknown; head: unknown };
export type Person = Me & { client: number; cursor: Cursor | null };

export const SEATS = 8;

/** Everybody but this page, in the order in which they sit. */
export function people(awareness: Awareness): Person[] {
  const found: Person[] = [];
  for (const [client, state] of awareness.getStates()) {
    const user = state["user"] as Partial<Me> | undefined;
    if (client === awareness.clientID || typeof user?.name !== "string") continue;
    const cursor = state["cursor"] as Cursor | undefined;
    found.push({
      client,
      id: typeof user.id === "string" ? user.id : user.name,
      name: user.name,
      initials: String(user.initials ?? ""),
      seat: Math.abs(Math.trunc(Number(user.seat))) || 0,
      cursor: typeof cursor?.section === "number" ? cursor : null,
    });
  }
  return found.sort((one, other) => one.seat - other.seat || one.client - other.client);
}

/** Two pages of one person are one. */
export const who = (person: Me): string => person.id ?? person.name;
export const seatClass = (person: Me): string => `who-${person.seat % SEATS}`;
