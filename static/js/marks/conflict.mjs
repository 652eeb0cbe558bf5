// SPDX-License-Identifier: Apache-2.0
/** Show both texts of a mark, and let the judge choose; neither is lost before he has. */
export function ask(element, code, theirs, template) {
  element.querySelector("[data-conflict]")?.remove();
  const part = template.content.firstElementChild.cloneNode(true);
  part.dataset.conflict = code;
  part.querySelector("[data-theirs-text]").textContent = theirs.text || "—";
  part.querySelector("[data-theirs-comment]").textContent = theirs.comment;
  part.querySelector("[data-theirs-at]").textContent = theirs.saved_at ? clockTime(theirs.saved_at) : "";
  const before = element.querySelector(".mark-more") ?? element;
  if (before === element) element.append(part);
  else before.prepend(part);
  return wire(part);
}

/** Turn the choice of a conflict that is on the page into two buttons; resolves to "mine" or "theirs". */
export function wire(part) {
  return new Promise((resolve) => {
    for (const radio of part.querySelectorAll("[data-choose]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-secondary";
      button.textContent = radio.closest("label").textContent.trim();
      button.dataset.choose = radio.dataset.choose;
      button.addEventListener("click", () => {
        part.remove();
        resolve(button.dataset.choose);
      });
      radio.closest("label").replaceWith(button);
    }
  });
}

export function clockTime(moment) {
  const day = moment instanceof Date ? moment : new Date(moment);
  return `${String(day.getHours()).padStart(2, "0")}:${String(day.getMinutes()).padStart(2, "0")}`;
}
