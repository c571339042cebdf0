// @ts-check
// The box that takes evidence: files dropped anywhere on the page, whole folders, what was chosen, and how far sending is.
(() => {
  "use strict";

  /** @typedef {{file: File, path: string}} Chosen */

  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-drop]"))) box(form);

  /** @param {HTMLFormElement} form */
  function box(form) {
    /** @template {Element} T @param {string} selector @returns {T} */
    const inside = (selector) => /** @type {T} */ (form.querySelector(selector));
    /** @type {HTMLInputElement} */
    const input = inside("input[name=file]");
    /** @type {HTMLInputElement} */
    const folder = inside("#folder");
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
    folder.addEventListener("change", () => {
      add(Array.from(folder.files || []).map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      folder.value = "";
    });

    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      form.classList.add("over");
    });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
    document.addEventListener("drop", async (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.remove("over");
      const entries = Array.from(event.dataTransfer.items).map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
      add((await Promise.all(entries.map((entry) => filesIn(entry)))).flat());
      panel.scrollIntoView({ block: "nearest" });
    });
    form.addEventListener("paste", (event) => {
      // Chat programs put a picture of the text beside the text: the text is what was meant.
      const files = Array.from(event.clipboardData?.files || []);
      if (!files.length || event.clipboardData?.types.includes("text/plain")) return;
      event.preventDefault();
      add(files.map((file) => ({ file, path: file.name })));
    });
    text.addEventListener("input", () => text.setCustomValidity(""));

    form.addEventListener("submit", (event) => {
      if (!text.value.trim() && !chosen.length) {
        event.preventDefault();
        text.setCustomValidity("Paste text, or choose files first.");
        text.reportValidity();
        return;
      }
      const sum = chosen.reduce((total, { file }) => total + file.size, 0);
      if (sum > limit) {
        event.preventDefault();
        complain(form, `These files have ${size(sum)}; this server takes ${size(limit)} at once. Remove some, or pack them.`);
        return;
      }
      busy(form, true);
      if (sum > 4e6) { event.preventDefault(); send(form); }
    });
    window.addEventListener("pageshow", () => { busy(form, false); choose(chosen); });
  }

  /** @param {HTMLFormElement} form @param {boolean} is */
  function busy(form, is) {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type])"));
    button.dataset.said ??= button.textContent || "";
    button.setAttribute("aria-disabled", String(is));
    button.textContent = is ? "Sending…" : button.dataset.said;
  }

  /** Sends a large form and shows how far it is; then goes where the answer leads. @param {HTMLFormElement} form */
  function send(form) {
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
    request.open("POST", form.action);
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
