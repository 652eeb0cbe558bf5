// SPDX-License-Identifier: Apache-2.0
/** The criterion in focus, and the cite buttons that tie evidence to it. */
export class Cites {
  constructor(form, boxes, saver) {
    this.form = form;
    this.boxes = boxes;
    this.saver = saver;
    this.select = document.querySelector("[data-cite-for]");
    this.buttons = [...document.querySelectorAll("[data-cite]")];
    if (!this.select) return;
    this.select.addEventListener("change", () => this.aim(this.select.value));
    for (const box of boxes) box.element.addEventListener("focusin", () => this.aim(box.code));
    for (const button of this.buttons) button.addEventListener("click", (event) => this.toggle(event, button));
    form.addEventListener("click", (event) => this.drop(event));
    this.aim(this.select.value);
  }

  /** Make a criterion the one that the next cite button speaks for. */
  aim(code) {
    this.code = code;
    if (this.select.value !== code) this.select.value = code;
    for (const box of this.boxes) box.element.classList.toggle("mark-aimed", box.code === code);
    this.press();
  }

  /** Show on each button whether it is cited for the criterion in focus. */
  press() {
    const cited = new Set([...this.list(this.code)].map((item) => item.dataset.source));
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(cited.has(button.dataset.cite)));
    }
  }

  list(code) {
    return document.querySelectorAll(`[data-citations="${CSS.escape(code)}"] [data-source]`);
  }

  toggle(event, button) {
    event.preventDefault();
    const key = button.dataset.cite;
    const standing = [...this.list(this.code)].find((item) => item.dataset.source === key);
    const id = standing?.querySelector("[data-uncite]")?.dataset.uncite;
    this.send(key, this.code, id);
  }

  drop(event) {
    const button = event.target.closest("[data-uncite]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-source]");
    const code = button.closest("[data-citations]").dataset.citations;
    this.send(item.dataset.source, code, button.dataset.uncite);
  }

  /** Cite, or with the id of a citation take it back. */
  send(key, code, id) {
    const body = id ? { criterion: code, citation: Number(id) } : { criterion: code, cite: key };
    this.saver.changed(this.part(body), { at: 0 });
  }

  part(body) {
    const { dataset } = this.form;
    return {
      name: `cite ${body.criterion} ${body.cite ?? body.citation}`,
      url: body.cite ? dataset.citeUrl : dataset.unciteUrl,
      body: () => body,
      copy: () => ({ cite: body }),
      took: (answer) => this.draw(answer),
      refused: (answer) => this.box(body.criterion)?.complain(answer?.message ?? ""),
      stale: () => {},
    };
  }

  box(code) {
    return this.boxes.find((box) => box.code === code);
  }

  /** Draw what the server says now; its fragment is the same template that drew the page. */
  draw(answer) {
    const place = document.querySelector(`[data-citations="${CSS.escape(answer.criterion)}"]`);
    if (place) place.innerHTML = answer.html;
    for (const mark of document.querySelectorAll("[data-cited]")) {
      const codes = answer.cited[mark.dataset.cited];
      mark.hidden = !codes;
      mark.querySelector("[data-cited-by]").textContent = codes ?? "";
      mark.closest(".diary")?.classList.toggle("diary-cited", Boolean(codes) && mark.dataset.cited.startsWith("diary:"));
    }
    this.press();
  }
}
