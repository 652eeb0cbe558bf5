// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/** Warn before leaving a form that holds typed and unsent input; let one press send it once. */
const touched = new Set();

addEventListener("beforeunload", (event) => {
  for (const form of touched) {
    if (!form.isConnected) touched.delete(form);
  }
  if (touched.size) {
    event.preventDefault();
    event.returnValue = ""; // what Chromium before 119 and Safari ask for
  }
});

// Back from the browser's own cache: the form can be sent again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-sent]")) {
    delete button.dataset.sent;
    button.removeAttribute("aria-disabled");
  }
});

/** A script that saves by itself (the scoresheet) says so with this event on the form. */
export const SAVED = "youyin:saved";

function watch(form) {
  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-unguarded]")) touched.add(form);
  });
  form.addEventListener(SAVED, () => touched.delete(form));
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.dataset.sent) {
      event.preventDefault();
      return;
    }
    touched.delete(form);
    if (button && !form.target) {
      button.dataset.sent = "1";
      button.setAttribute("aria-disabled", "true");
      setTimeout(() => {
        delete button.dataset.sent;
        button.removeAttribute("aria-disabled");
      }, 8000);
    }
  });
}

export function start(root) {
  each(root, "form[data-guard]", watch);
}
