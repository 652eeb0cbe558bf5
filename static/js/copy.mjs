// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** Copy what stands in data-copy. Browsers offer the clipboard on https and localhost only; elsewhere by selection. */
async function write(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser did not copy");
  return undefined;
}

function arm(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await write(button.dataset.copy);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 1600);
    } catch (error) {
      console.warn(error);
    }
    button.focus();
  });
}

export function start(root) {
  each(root, "[data-copy]", arm);
}
