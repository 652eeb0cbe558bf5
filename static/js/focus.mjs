// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** Bring the reader to the summary of errors, and from a line of it into the field. */
function lead(summary) {
  summary.focus({ preventScroll: false });
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.closest(".field")?.scrollIntoView({ block: "center" });
  });
}

export function start(root) {
  each(root, "[data-focus]", lead);
}
