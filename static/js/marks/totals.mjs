// SPDX-License-Identifier: Apache-2.0
import { add, format, times } from "./decimal.mjs";

const zero = { units: 0n, scale: 0 };

function sum(boxes) {
  return boxes.reduce((total, box) => add(total, times(box.value, box.weight)), zero);
}

/** Keep subtotals, the total so far and the count of marked criteria in step with what is typed; a blank counts nothing. */
export function showTotals(boxes, rounded) {
  const given = boxes.filter((box) => box.value !== null);
  for (const place of document.querySelectorAll("[data-subtotal]")) {
    const group = boxes.filter((box) => box.group === place.dataset.subtotal);
    const full = group.every((box) => box.value !== null);
    place.textContent = full ? format(sum(group)) : "—";
  }
  const total = document.querySelector("[data-total]");
  if (total) total.textContent = given.length ? (rounded ?? format(sum(given))) : "—";
  const bar = document.querySelector("[data-total-bar] progress");
  if (bar) {
    bar.value = given.length;
    const figures = bar.closest(".progress-line")?.querySelector(".progress-figures b");
    if (figures) figures.textContent = String(given.length);
    bar.closest(".progress-line")?.classList.toggle("progress-full", given.length === boxes.length);
  }
}
