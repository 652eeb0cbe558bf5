// SPDX-License-Identifier: Apache-2.0
/**
 * Load a behaviour only where a page has something for it.
 *
 * Each module exports `start(root)` and must bear to be called again for parts that htmx brought. A page works without
 * any of them. A feature adds its line here and its file beside this one.
 */
const behaviours = [
  ["[data-menu]", "./menu.mjs"],
  ["[data-count]", "./counter.mjs"],
  ["[data-copy]", "./copy.mjs"],
  ["form[data-guard]", "./guard.mjs"],
  ["[data-focus]", "./focus.mjs"],
  ["[data-files]", "./files.mjs"],
  ["[data-grow]", "./grow.mjs"],
  ["[data-viewer]", "./viewer.mjs"],
  ["[data-chart]", "./chart.mjs"],
  ["[data-mark]", "./mark.mjs"],
  ['[data-forget], form[action$="/sign-out"]', "./forget.mjs"],
  ["[data-print]", "./print.mjs"],
];

function startAll(root) {
  for (const [selector, path] of behaviours) {
    if (root.matches?.(selector) || root.querySelector(selector)) {
      import(path)
        .then((module) => module.start(root))
        .catch((error) => console.warn(`${path} did not start`, error));
    }
  }
}

startAll(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) startAll(event.detail.elt);
});
