// One key decides: J and K go from item to item, A accepts, D dismisses, U undoes what was decided last.
// Without a script the buttons do the same.
const PLACE = "decided-at";
const page = document.querySelector<HTMLElement>("[data-decide]");
const items = page ? [...page.querySelectorAll<HTMLElement>("[data-item]")] : [];
const here = `${PLACE}:${location.pathname}`;

function current(): number {
  return items.findIndex((item) => item.contains(document.activeElement));
}

function go(place: number): void {
  const item = items[Math.max(0, Math.min(place, items.length - 1))];
  item?.focus();
  item?.scrollIntoView({ block: "nearest" });
}

function press(key: string): boolean {
  const place = current();
  const within: ParentNode | null | undefined = key === "u" ? page : items[place];
  const button = within?.querySelector<HTMLButtonElement>(`button[data-key="${key}"]`);
  if (!button) return false;
  sessionStorage.setItem(here, String(Math.max(place, 0)));
  button.click();
  return true;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (!page || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j") go(current() + 1);
  else if (key === "k") go(current() - 1);
  else if (!["a", "d", "u"].includes(key) || !press(key)) return;
  event.preventDefault();
});

// After a decision the page comes anew: go on where it stood, so that the next key is for the next item.
const left = sessionStorage.getItem(here);
if (left !== null) {
  sessionStorage.removeItem(here);
  go(Number(left));
}
