// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** Count characters as the server does: code points, a line break as one. Going over is said, never cut off. */
function count(input) {
  const limit = Number(input.dataset.count);
  const place = document.getElementById(`${input.id}-count`);
  if (!limit || !place) return;
  const show = () => {
    const used = [...input.value].length;
    place.textContent = `${used} / ${limit}`;
    place.classList.toggle("field-count-near", used > limit * 0.9 && used <= limit);
    place.classList.toggle("field-count-over", used > limit);
  };
  input.addEventListener("input", show);
  show();
}

export function start(root) {
  each(root, "[data-count]", count);
}
