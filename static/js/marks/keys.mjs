// SPDX-License-Identifier: Apache-2.0
/** Marking by keyboard: arrows step, digits choose a level, Enter goes on, Ctrl+Enter saves and serves the next entry. */
export function setUpKeys(form, boxes, next) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      next();
    }
  });
  boxes.forEach((box, place) => {
    box.input?.addEventListener("keydown", (event) => {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        box.nudge(event.key === "ArrowUp" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        boxes[place + 1]?.focus();
      }
    });
    for (const radio of box.radios) {
      radio.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const chosen = /^[1-9]$/.test(event.key) ? box.radios[Number(event.key) - 1] : null;
        if (chosen) {
          event.preventDefault();
          chosen.focus();
          chosen.click();
        } else if (event.key === "Enter") {
          event.preventDefault();
          boxes[place + 1]?.focus();
        }
      });
    }
  });
}
