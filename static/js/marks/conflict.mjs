// SPDX-License-Identifier: Apache-2.0
/** Show both texts of a mark, and let the judge choose; neither is lost before he has. */
export function ask(element, code, theirs, template) {
  element.querySelector("[data-conflict]")?.remove();
  const part = template.content.firstElementChild.cloneNode(true);
  part.dataset.conflict = code;
  for (const radio of part.querySelectorAll("[data-choose]")) radio.name = `choice-${code}`;
  part.querySelector("[data-theirs-text]").textContent = theirs.text || "—";
  part.querySelector("[data-theirs-comment]").textContent = theirs.comment;
  part.querySelector("[data-theirs-at]").textContent = theirs.saved_at ? clockTime(theirs.saved_at) : "";
  const before = element.querySelector(".mark-more") ?? element;
  if (before === element) element.append(part);
  else before.prepend(part);
  return wire(part);
}

/** Make the choice of a conflict that is on the page already answerable; resolves to "mine" or "theirs". */
export function wire(part) {
  return new Promise((resolve) => {
    for (const radio of part.querySelectorAll("[data-choose]")) {
      radio.checked = false;
      radio.dataset.unguarded = "";
      radio.addEventListener("change", () => {
        part.remove();
        resolve(radio.dataset.choose);
      });
    }
  });
}

export function clockTime(moment) {
  const day = moment instanceof Date ? moment : new Date(moment);
  return `${String(day.getHours()).padStart(2, "0")}:${String(day.getMinutes()).padStart(2, "0")}`;
}
