// @ts-check
// What takes evidence: the box of a page, or else a sheet that asks where it belongs. Files dropped anywhere, whole folders,
// text pasted where no field has the focus, what was chosen, and how far sending is.
(() => {
  "use strict";

  // A page may name this script twice; it works once.
  if (document.documentElement.dataset.takes) return;
  document.documentElement.dataset.takes = "evidence";

  /** @typedef {{file: File, path: string}} Chosen */
  /** @typedef {{form: HTMLFormElement, add: (more: Chosen[]) => void, paste: (text: string) => void, panel: HTMLElement}} Box */

  const LONG = 160;
  const FIELDS = "input, textarea, select, [contenteditable], [data-own-drop]";
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("sheet-template"));
  /** @type {Box | undefined} */
  let sheetBox;
  const forms = [.../** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-drop]"))];
  const boxes = forms.filter((form) => form.querySelector("textarea") && form.querySelector(".chosen")).map(box);

  /** The sheet, made when it is needed first. @returns {Box | undefined} */
  const ofSheet = () => {
    if (sheetBox || !template) return sheetBox;
    document.body.append(template.content.cloneNode(true));
    const form = /** @type {HTMLFormElement} */ (document.querySelector("#sheet form"));
    const zone = /** @type {HTMLInputElement} */ (form.querySelector("input[name=timezone]"));
    if (zone.value === "UTC") zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    form.querySelector(".sheet-close")?.addEventListener("click", () => form.closest("dialog")?.close());
    sheetBox = box(form);
    return sheetBox;
  };
  /** The box of the page that shows, else the sheet. @returns {Box | undefined} */
  const taker = () => boxes.find(({ form }) => form.checkVisibility()) ?? ofSheet();
  /** @param {Box} taking */
  const show = ({ form, panel }) => {
    const field = /** @type {HTMLElement | null} */ (form.querySelector("[data-text]"));
    if (field) field.hidden = !field.querySelector("textarea")?.value;
    const dialog = form.closest("dialog");
    if (dialog) dialog.open || dialog.showModal();
    else panel.scrollIntoView({ block: "nearest" });
  };
  /** Whether something else on the page takes it. @param {Event} event @param {string} selector */
  const isTaken = (event, selector) => event.defaultPrevented || (event.target instanceof Element && event.target.closest(selector));

  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files") || isTaken(event, "[contenteditable], [data-own-drop]")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    const form = boxes.find((each) => each.form.checkVisibility())?.form;
    (form ?? document.body).classList.add("over");
  });
  const leave = () => document.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) leave(); });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files") || isTaken(event, "[contenteditable], [data-own-drop]")) return;
    event.preventDefault();
    leave();
    const taking = taker();
    const entries = Array.from(event.dataTransfer.items).map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const found = (await Promise.all(entries.map((entry) => filesIn(entry)))).flat();
    if (!taking || !found.length) return;
    taking.add(found);
    show(taking);
  });
  document.addEventListener("paste", (event) => {
    if (isTaken(event, FIELDS) || document.querySelector("dialog[open]")) return;
    const text = event.clipboardData?.getData("text/plain") || "";
    const files = Array.from(event.clipboardData?.files || []);
    const taking = taker();
    // A word that was pasted nowhere is no evidence.
    const isLong = text.length >= LONG || text.trim().includes("\n");
    if (!taking || !(isLong || (files.length && !text))) return;
    event.preventDefault();
    if (isLong) taking.paste(text);
    else taking.add(files.map((file) => ({ file, path: file.name })));
    show(taking);
  });
  // A field that takes several names completes the one that is being typed.
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-several][list]"))) {
    const options = [...(field.list?.options || [])];
    const names = options.map((option) => option.value);
    field.addEventListener("input", () => {
      const before = field.value.replace(/[^,]*$/, "");
      options.forEach((option, place) => { option.value = before ? `${before.trimEnd()} ${names[place]}` : names[place] || ""; });
    });
  }

  /** @param {HTMLFormElement} form @returns {Box} */
  function box(form) {
    /** @template {Element} T @param {string} selector @returns {T} */
    const inside = (selector) => /** @type {T} */ (form.querySelector(selector));
    /** @type {HTMLInputElement} */
    const input = inside("input[name=file]");
    const folder = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-folder]"));
    /** @type {HTMLTextAreaElement} */
    const text = inside("textarea");
    /** @type {HTMLElement} */
    const panel = inside(".chosen");
    const list = /** @type {HTMLUListElement} */ (panel.querySelector("ul"));
    const limit = Number(form.dataset.limit);
    /** @type {Chosen[]} */
    let chosen = [];

    /** @param {Chosen[]} next */
    const choose = (next) => {
      const seen = new Set();
      chosen = next.filter(({ file, path }) => {
        const key = `${path} ${file.size} ${file.lastModified}`;
        return !seen.has(key) && seen.add(key);
      });
      const all = new DataTransfer();
      for (const { file } of chosen) all.items.add(file);
      input.files = all.files;
      text.setCustomValidity("");
      draw();
    };
    /** @param {Chosen[]} more */
    const add = (more) => choose(chosen.concat(more));

    const draw = () => {
      for (const old of form.querySelectorAll("input[name=paths]")) old.remove();
      for (const { path } of chosen) {
        const field = document.createElement("input");
        field.type = "hidden"; field.name = "paths"; field.value = path;
        form.append(field);
      }
      const sum = chosen.reduce((total, { file }) => total + file.size, 0);
      list.replaceChildren(...chosen.slice(0, 200).map((one, place) => line(one, place)));
      const more = chosen.length > 200 ? `, the first 200 listed` : "";
      const words = `${chosen.length} ${chosen.length === 1 ? "file" : "files"}, ${size(sum)}${more}`;
      inside(".chosen-sum").textContent = sum > limit ? `${words}: more than the limit of ${size(limit)}` : words;
      panel.hidden = chosen.length === 0;
      say();
    };
    // Without evidence, a title alone declares: the button says which of the two it does.
    const button = /** @type {HTMLButtonElement | null} */ (form.querySelector("button[data-with]"));
    const say = () => {
      if (button) button.textContent = (text.value.trim() || chosen.length ? button.dataset.with : button.dataset.without) || "";
    };
    /** @param {Chosen} one @param {number} place */
    const line = ({ file, path }, place) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.className = "mono cut"; name.textContent = path;
      const bytes = document.createElement("span");
      bytes.className = "count"; bytes.textContent = size(file.size);
      const button = document.createElement("button");
      button.type = "button"; button.className = "button small quiet"; button.textContent = "Remove";
      button.setAttribute("aria-label", `Remove ${path}`);
      button.addEventListener("click", () => {
        choose(chosen.filter((_, other) => other !== place));
        const next = list.querySelectorAll("button")[Math.min(place, chosen.length - 1)];
        (next instanceof HTMLElement ? next : text).focus();
      });
      item.append(name, bytes, button);
      item.classList.toggle("too-large", file.size > limit);
      return item;
    };

    inside(".chosen-none").addEventListener("click", () => { choose([]); text.focus(); });
    input.addEventListener("change", () => {
      const known = new Set(chosen.map(({ file }) => file));
      add(Array.from(input.files || []).filter((file) => !known.has(file)).map((file) => ({ file, path: file.name })));
    });
    folder?.addEventListener("change", () => {
      add(Array.from(folder.files || []).map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      folder.value = "";
    });
    form.addEventListener("paste", (event) => {
      // Chat programs put a picture of the text beside the text: the text is what was meant.
      const files = Array.from(event.clipboardData?.files || []);
      if (!files.length || event.clipboardData?.types.includes("text/plain")) return;
      event.preventDefault();
      add(files.map((file) => ({ file, path: file.name })));
    });
    text.addEventListener("input", () => { text.setCustomValidity(""); say(); });

    form.addEventListener("submit", (event) => {
      const title = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=title]"));
      if (!text.value.trim() && !chosen.length && !(button && title?.value.trim())) {
        event.preventDefault();
        text.setCustomValidity(button ? "Paste text, choose files, or give it a title." : "Paste text, or choose files first.");
        text.reportValidity();
        return;
      }
      const sum = chosen.reduce((total, { file }) => total + file.size, 0);
      if (sum > limit) {
        event.preventDefault();
        complain(form, `These files have ${size(sum)}; this server takes ${size(limit)} at once. Remove some, or pack them.`);
        return;
      }
      const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
      busy(form, true, by);
      if (sum > 4e6) { event.preventDefault(); send(form, by?.hasAttribute("formaction") ? by.formAction : form.action); }
    });
    window.addEventListener("pageshow", () => { busy(form, false); choose(chosen); });
    const paste = (/** @type {string} */ more) => {
      text.value = text.value.trim() ? `${text.value.trimEnd()}\n\n${more}` : more;
      text.dispatchEvent(new Event("input"));
      text.focus();
    };
    return { form, add, paste, panel };
  }

  /** @param {HTMLFormElement} form @param {boolean} is @param {HTMLButtonElement | null} [by] */
  function busy(form, is, by) {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button:not([type])"))) {
      button.setAttribute("aria-disabled", String(is));
      if (is && (by === button || !by)) {
        button.dataset.said = button.textContent || "";
        button.textContent = "Sending…";
      } else if (!is && button.dataset.said) {
        button.textContent = button.dataset.said;
        delete button.dataset.said;
      }
    }
  }

  /** Sends a large form and shows how far it is; then goes where the answer leads. @param {HTMLFormElement} form @param {string} to */
  function send(form, to) {
    const bar = /** @type {HTMLElement} */ (form.querySelector(".sending"));
    const progress = /** @type {HTMLProgressElement} */ (bar.querySelector("progress"));
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      bar.hidden = false;
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    const failed = (/** @type {string} */ said) => { bar.hidden = true; busy(form, false); complain(form, said); };
    request.addEventListener("error", () => failed("The server could not be reached, or took no more. Nothing was started. Try again."));
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      if (request.status < 400) location.assign(request.responseURL);
      else failed(page.querySelector("#complaint, .lead")?.textContent || `The server answered ${request.status}. Nothing was started.`);
    });
    request.open("POST", to);
    request.send(new FormData(form));
  }

  /** @param {HTMLFormElement} form @param {string} said */
  function complain(form, said) {
    form.querySelector(".callout.bad")?.remove();
    const told = document.createElement("div");
    told.className = "callout bad"; told.id = "complaint"; told.tabIndex = -1;
    told.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = said;
    told.append(words);
    form.prepend(told);
    told.focus();
  }

  /** @param {FileSystemEntry} entry @param {string} [above] @returns {Promise<Chosen[]>} */
  async function filesIn(entry, above = "") {
    const path = above + entry.name;
    if (entry.isFile) {
      return new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file((file) => resolve([{ file, path }]), reject));
    }
    const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
    /** @type {FileSystemEntry[]} */
    const found = [];
    for (;;) {
      /** @type {FileSystemEntry[]} */
      const more = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!more.length) break;
      found.push(...more);
    }
    return (await Promise.all(found.map((one) => filesIn(one, `${path}/`)))).flat();
  }

  /** @param {number} bytes */
  function size(bytes) {
    const steps = /** @type {const} */ ([[1024 ** 3, "GB"], [1024 ** 2, "MB"], [1024, "kB"]]);
    const step = steps.find(([least]) => bytes >= least);
    return step ? `${(bytes / step[0]).toFixed(bytes < 10 * step[0] ? 1 : 0)} ${step[1]}` : `${bytes} B`;
  }
})();
