// What is decided about a part is decided in place: the page stays where it is, and the focus goes to the next one.
import { freshObjects } from "./fresh";
import type { Say } from "./said";
import type { Server } from "./server";

export function decideInPlace(root: HTMLElement, server: Server, say: Say, flush: () => Promise<void>, look: () => void): void {
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
      await freshObjects(root);
      say(`${act === "accept" ? "Accepted" : "Dismissed"}: ${name}`, async () => {
        await server.call("POST", `${address}/undo`, {});
        await freshObjects(root);
      });
      const rest = [...document.querySelectorAll<HTMLElement>(`#${CSS.escape(list)} .part-title`)];
      (rest[Math.min(place, rest.length - 1)] ?? document.querySelector<HTMLElement>(`#${CSS.escape(list)} summary`))?.focus();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    look();
  }
}
