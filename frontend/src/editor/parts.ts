// Small parts of the page that are made here.
export function button(text: string, run: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small";
  made.textContent = text;
  made.addEventListener("click", run);
  return made;
}

/** A callout before a section's text, with what can be done about it. */
export function callout(place: HTMLElement, words: string, ...acts: HTMLButtonElement[]): HTMLElement {
  const made = document.createElement("div");
  made.className = "callout kept";
  made.setAttribute("role", "status");
  const said = document.createElement("p");
  said.textContent = words;
  const row = document.createElement("div");
  row.className = "button-row";
  row.append(...acts);
  made.append(said, row);
  place.before(made);
  return made;
}
