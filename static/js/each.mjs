// SPDX-License-Identifier: Apache-2.0
const seen = new WeakMap();

/** Call `set` once, and only once, for each element under `root` that fits. */
export function each(root, selector, set) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const done = seen.get(element) ?? new Set();
    if (done.has(set.name + selector)) continue;
    seen.set(element, done.add(set.name + selector));
    set(element);
  }
}
