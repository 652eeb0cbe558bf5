// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

const home = new URL("../vendor/viewer/", import.meta.url);
let library;

/** Bring Viewer.js and its style when the first picture is opened, not before. */
function bring() {
  library ??= (async () => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("viewer.min.css", home);
    const drawn = new Promise((resolve) => {
      style.onload = resolve;
      style.onerror = resolve;
    });
    document.head.append(style);
    const [module] = await Promise.all([import(new URL("viewer.mjs", home)), drawn]);
    return module.default;
  })();
  return library;
}

/** Give names to the buttons, which the library leaves without. */
function label(viewer, words) {
  for (const button of viewer.viewer.querySelectorAll("[data-viewer-action]")) {
    const name = words[button.dataset.viewerAction];
    if (name) button.setAttribute("aria-label", name);
  }
}

const tools = ["zoom-in", "zoom-out", "one-to-one", "reset", "prev", "next", "rotate-left", "rotate-right"];

function open(gallery) {
  const words = JSON.parse(gallery.dataset.viewerWords || "{}");
  let viewer;
  gallery.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-viewer-item]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const Viewer = await bring();
    viewer ??= new Viewer(gallery, {
      url: (image) => image.closest("[data-viewer-item]").href,
      filter: (image) => image.closest("[data-viewer-item]"),
      title: (image) => image.alt,
      toolbar: Object.fromEntries(tools.map((name) => [name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()), 1])),
      transition: false,
      shown: () => label(viewer, words),
      hidden: () => link.focus(),
    });
    viewer.view([...gallery.querySelectorAll("[data-viewer-item]")].indexOf(link));
  });
}

export function start(root) {
  each(root, "[data-viewer]", open);
}
