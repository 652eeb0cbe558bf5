// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

/** List the chosen files with their sizes, and mark one that is too large before it travels. */
function list(field) {
  const input = field.querySelector('input[type="file"]');
  const chosen = field.querySelector("[data-files-chosen]");
  if (!input || !chosen) return;
  const limit = Number(input.dataset.maxBytes) || Infinity;
  input.addEventListener("change", () => {
    chosen.replaceChildren(
      ...[...input.files].map((file) => {
        const line = document.createElement("li");
        const name = document.createElement("span");
        const note = document.createElement("span");
        name.textContent = file.name;
        note.textContent = size(file.size);
        if (file.size > limit) {
          note.className = "too-large";
          note.textContent += ` · ${chosen.dataset.tooLarge}`;
        }
        line.append(name, note);
        return line;
      }),
    );
    chosen.hidden = input.files.length === 0;
  });
  for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => field.classList.add("file-field-over"));
  for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => field.classList.remove("file-field-over"));
}

export function start(root) {
  each(root, "[data-files]", list);
}
