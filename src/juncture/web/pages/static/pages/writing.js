// @ts-check
// Writing a section: nothing typed is left by mistake, citations come where the cursor stands, events are found in place.
(() => {
  "use strict";

  const form = document.querySelector("form[data-writing]");
  const text = document.getElementById("section-text");
  if (!(form instanceof HTMLFormElement) || !(text instanceof HTMLTextAreaElement)) return;
  const at = /** @type {HTMLInputElement} */ (form.querySelector("input[name=at]"));
  const first = text.value;
  let sent = false;
  let placed = false;

  // Places are counted in characters, as the server counts them; a textarea counts halves of some.
  if (text.dataset.at) {
    const place = [...text.value].slice(0, Number(text.dataset.at)).join("").length;
    text.focus();
    text.setSelectionRange(place, place);
    placed = true;
  }
  text.addEventListener("focus", () => { placed = true; });
  const unsaved = () => text.value !== first || text.hasAttribute("data-unsaved");
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (pressed instanceof HTMLButtonElement && pressed.name === "find") {
      event.preventDefault();
      find();
      return;
    }
    sent = true;
    at.value = placed ? String([...text.value.slice(0, text.selectionStart)].length) : "";
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  window.addEventListener("beforeunload", (event) => { if (!sent && unsaved()) event.preventDefault(); });
  window.addEventListener("pageshow", () => { sent = false; });

  const find = async () => {
    const words = /** @type {HTMLInputElement} */ (document.getElementById("q")).value;
    try {
      const answer = await fetch(`${location.pathname}?${new URLSearchParams({ q: words })}`);
      const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
      if (!found) throw new Error("not answered");
      const status = /** @type {HTMLElement} */ (document.querySelector("#found [role=status]"));
      const list = /** @type {HTMLElement} */ (document.querySelector("#found .events"));
      status.textContent = found.querySelector("[role=status]")?.textContent || "";
      list.replaceWith(/** @type {Node} */ (found.querySelector(".events")));
    } catch {
      const status = /** @type {HTMLElement} */ (document.querySelector("#found [role=status]"));
      status.textContent = "The server did not answer. Your text is as it was. Try again.";
    }
  };
})();
