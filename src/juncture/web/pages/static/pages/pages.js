// @ts-check
// The live parts of plain pages. Everything works without this file, with a little more clicking.
"use strict";

document.documentElement.classList.add("scripted");

/** The box that takes evidence: files dropped anywhere on the page, whole folders, a list of what was chosen. */
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-drop]"))) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[name=file]"));
  const folder = /** @type {HTMLInputElement | null} */ (form.querySelector("#folder"));
  const list = /** @type {HTMLElement} */ (form.querySelector(".chosen"));
  /** @type {{file: File, path: string}[]} */
  let chosen = [];

  /** @param {{file: File, path: string}[]} more */
  const add = (more) => {
    chosen = chosen.concat(more);
    const all = new DataTransfer();
    for (const one of chosen) all.items.add(one.file);
    input.files = all.files;
    for (const old of form.querySelectorAll("input[name=paths]")) old.remove();
    list.replaceChildren();
    for (const one of chosen) {
      const path = document.createElement("input");
      path.type = "hidden"; path.name = "paths"; path.value = one.path;
      form.append(path);
      const item = document.createElement("li");
      item.textContent = `${one.path} (${size(one.file.size)})`;
      list.append(item);
    }
    list.hidden = chosen.length === 0;
  };
  const own = () => add([]);
  input.addEventListener("change", () => {
    const files = Array.from(input.files || []);
    chosen = [];
    add(files.map((file) => ({ file, path: file.name })));
  });
  folder?.addEventListener("change", () => {
    add(Array.from(folder.files || []).map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    folder.value = "";
  });
  document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); form.classList.add("over"); } });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.remove("over");
    const entries = Array.from(event.dataTransfer.items).map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const found = await Promise.all(entries.map((entry) => filesIn(entry)));
    add(found.flat());
    form.scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData?.files || []);
    if (files.length) { event.preventDefault(); add(files.map((file) => ({ file, path: file.name }))); }
  });
  form.addEventListener("submit", (event) => {
    const text = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    if (form.id === "new" && !text.value.trim() && !chosen.length) { event.preventDefault(); text.focus(); text.setCustomValidity("Paste text, or choose files first."); text.reportValidity(); return; }
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    button.setAttribute("aria-busy", "true"); button.textContent = "Sending…";
  });
  form.querySelector("textarea")?.addEventListener("input", (event) => /** @type {HTMLTextAreaElement} */ (event.target).setCustomValidity(""));
  window.addEventListener("pageshow", own);
}

/** @param {FileSystemEntry} entry @param {string} [above] @returns {Promise<{file: File, path: string}[]>} */
async function filesIn(entry, above = "") {
  const path = above + entry.name;
  if (entry.isFile) {
    return new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file((file) => resolve([{ file, path }]), reject));
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {FileSystemEntry[]} */
  const inside = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const more = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!more.length) break;
    inside.push(...more);
  }
  return (await Promise.all(inside.map((one) => filesIn(one, `${path}/`)))).flat();
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The zone of this browser, where the person has not said another. */
for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-own-zone]"))) {
  if (field.value === "UTC") field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** An import's state, asked for again until it has ended. */
async function poll() {
  const state = document.querySelector("[data-poll]");
  if (!(state instanceof HTMLElement)) return;
  try {
    const answer = await fetch(state.dataset.poll || "", { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok) {
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#state");
      if (next) state.replaceWith(next);
    }
  } catch { /* The server is away for a moment; the next try will tell. */ }
  setTimeout(poll, 800);
}
if (document.querySelector("[data-poll]")) setTimeout(poll, 400);

/** Unsaved words are not left by mistake. */
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-writing]"))) {
  const text = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea[name=text]"));
  const first = text.value;
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  text.addEventListener("keydown", (event) => { if (event.key === "s" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); } });
  window.addEventListener("beforeunload", (event) => { if (!sent && text.value !== first) event.preventDefault(); });
}
