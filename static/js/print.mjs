// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** A button that opens the browser's print dialogue. */
export function start(root) {
  each(root, "[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
