// @ts-check
// Copies what is shown once. Without this file it is selected and copied by hand.
(() => {
  "use strict";

  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copy]"))) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(button.dataset.copy ?? ""));
    button.addEventListener("click", () => {
      field?.select();
      navigator.clipboard?.writeText(field?.value ?? "").then(() => { button.textContent = "Copied"; }, () => field?.focus());
    });
  }
})();
