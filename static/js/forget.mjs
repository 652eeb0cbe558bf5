// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";
import { forget, forgetAll, tidy } from "./marks/copy.mjs";

/** Wipe copies of marks from this device: of scoresheets that are closed, and all of them at signing out. */
function closed(element) {
  for (const sheet of element.dataset.forget.split(/\s+/).filter(Boolean)) forget(sheet);
}

function signOut(form) {
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) forgetAll();
  });
}

export function start(root) {
  tidy(document.querySelector("form[data-sheet]")?.dataset.sheet);
  each(root, "[data-forget]", closed);
  each(root, 'form[action$="/sign-out"]', signOut);
}
