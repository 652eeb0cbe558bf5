// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** Let a text area grow with what is typed. */
function grow(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, window.innerHeight * 0.7)}px`;
  };
  area.addEventListener("input", fit);
  if (area.value && area.offsetParent) fit();
}

export function start(root) {
  each(root, "textarea[data-grow]", grow);
}
