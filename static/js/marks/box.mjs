// SPDX-License-Identifier: Apache-2.0
import { compare, format, parse, stepped, steps } from "./decimal.mjs";

/** One criterion on the page: its scale, its comment, its version, and how it looks. */
export class Box {
  constructor(element, words) {
    this.element = element;
    this.words = words;
    this.code = element.dataset.mark;
    this.group = element.dataset.markGroup ?? "";
    this.url = element.dataset.markSave;
    this.isPoints = element.dataset.markKind === "points";
    this.weight = parse(element.dataset.markWeight ?? "1");
    this.input = element.querySelector(".mark-input");
    this.radios = [...element.querySelectorAll(`input[type="radio"][name="mark-${this.code}"]`)];
    this.comment = element.querySelector(`[name="comment-${this.code}"]`);
    this.versionField = element.querySelector("[data-version]");
    this.place = element.querySelector("[data-mark-state]");
    if (this.isPoints) this.setUpScale();
    this.show();
  }

  get text() {
    if (this.isPoints) return this.input.value;
    return this.radios.find((radio) => radio.checked)?.value ?? "";
  }

  set text(value) {
    if (this.isPoints) this.input.value = value;
    else
      for (const radio of this.radios) {
        radio.checked = radio.value === value || (value !== "" && radio.dataset.points === value);
      }
    this.show();
  }

  get words_() {
    return this.comment?.value ?? "";
  }

  set words_(value) {
    if (!this.comment) return;
    this.comment.value = value;
    if (value) this.comment.closest("details")?.setAttribute("open", "");
  }

  get version() {
    return Number(this.versionField.value);
  }

  set version(value) {
    this.versionField.value = String(value);
    this.element.dataset.markVersion = String(value);
  }

  /** The mark as an exact number, or null while it is blank or no number. */
  get value() {
    if (this.isPoints) return parse(this.input.value);
    const chosen = this.radios.find((radio) => radio.checked);
    return chosen ? parse(chosen.dataset.points) : null;
  }

  setUpScale() {
    this.least = parse(this.input.dataset.min);
    this.most = parse(this.input.dataset.max);
    this.step = parse(this.input.dataset.step);
    for (const button of this.element.querySelectorAll("[data-step]")) {
      if (button === this.input) continue;
      button.hidden = false;
      button.addEventListener("click", () => this.nudge(button.dataset.step === "up" ? 1 : -1));
    }
    for (const band of this.element.querySelectorAll("[data-band-from]")) this.setUpBand(band);
  }

  /** Make the range of a level a button that sets its middle: no end of it is favoured. */
  setUpBand(band) {
    const [from, to] = [parse(band.dataset.bandFrom), parse(band.dataset.bandTo)];
    const middle = format(stepped(from, steps(from, to, this.step) / 2n, this.step));
    const range = band.querySelector(".band-range");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "band-button";
    const title = band.querySelector("b")?.textContent ?? "";
    const spoken = document.createElement("span");
    spoken.className = "visually-hidden";
    spoken.textContent = ` ${this.words.middle}: ${title} (${this.code} = ${middle})`;
    button.append(range.textContent, spoken);
    button.title = `${this.code} = ${middle}`;
    button.addEventListener("click", () => this.put(middle));
    range.replaceChildren(button);
  }

  /** Move by one step; from a blank, begin at the middle of the scale. */
  nudge(direction) {
    const now = this.value;
    let count;
    if (now === null) count = steps(this.least, this.most, this.step) / 2n;
    else {
      count = steps(this.least, now, this.step);
      const onGrid = compare(stepped(this.least, count, this.step), now) === 0;
      count += BigInt(direction > 0 ? 1 : onGrid ? -1 : 0);
    }
    const last = steps(this.least, this.most, this.step);
    const kept = count < 0n ? 0n : count > last ? last : count;
    this.put(format(stepped(this.least, kept, this.step)));
  }

  put(text) {
    this.text = text;
    this.element.dispatchEvent(new CustomEvent("youyin:mark", { bubbles: true }));
  }

  /** Show which level the mark falls into, and that it is given. */
  show() {
    const value = this.value;
    this.element.classList.toggle("mark-given", value !== null);
    if (!this.isPoints) return;
    for (const band of this.element.querySelectorAll("[data-band-from]")) {
      const here =
        value !== null &&
        compare(parse(band.dataset.bandFrom), value) <= 0 &&
        compare(value, parse(band.dataset.bandTo)) <= 0;
      band.classList.toggle("band-here", here);
      if (here) band.setAttribute("aria-current", "true");
      else band.removeAttribute("aria-current");
    }
  }

  /** Put what is wrong beside the mark; an empty message takes it away. */
  complain(message) {
    this.element.classList.toggle("field-wrong", Boolean(message));
    let line = this.element.querySelector(".field-error[data-live]");
    if (!message) {
      for (const old of this.element.querySelectorAll(":scope > .field-error")) old.remove();
      this.input?.removeAttribute("aria-invalid");
      return;
    }
    if (!line) {
      line = document.createElement("p");
      line.className = "field-error";
      line.dataset.live = "";
      line.id = `mark-${this.code}-live`;
      line.setAttribute("role", "alert");
      (this.element.querySelector(".stepper, .level-choices") ?? this.element.lastElementChild).after(line);
    }
    line.textContent = message;
    this.input?.setAttribute("aria-invalid", "true");
  }

  focus() {
    (this.input ?? this.radios.find((radio) => radio.checked) ?? this.radios[0])?.focus();
  }
}
