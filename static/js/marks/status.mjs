// SPDX-License-Identifier: Apache-2.0
import { clockTime } from "./conflict.mjs";

/** What is stored and what is not, always in sight; a failure is loud. */
export class Status {
  constructor(form, words, retry) {
    this.words = words;
    this.chips = new Map(
      [...document.querySelectorAll("template[data-save-chip]")].map((template) => [template.dataset.saveChip, template]),
    );
    this.places = [...document.querySelectorAll("[data-save-state]")];
    this.alarm = document.querySelector("[data-save-alarm]");
    this.alarm?.querySelector("[data-save-now]").addEventListener("click", retry);
    this.savedAt = null;
    this.shown = "";
  }

  chip(state) {
    return this.chips.get(state)?.content.cloneNode(true) ?? document.createTextNode(state);
  }

  show(state) {
    if (state === "saved" && this.shown === "saving") this.savedAt = new Date();
    const stamp = state === "saved" && this.savedAt ? ` ${clockTime(this.savedAt)}` : "";
    if (this.shown === state && !stamp) return;
    this.shown = state;
    for (const place of this.places) {
      place.replaceChildren(this.chip(state));
      if (stamp) place.querySelector(".chip")?.append(stamp);
    }
  }

  /** Show beside one criterion how it stands. */
  mark(place, state) {
    if (!place) return;
    place.replaceChildren(...(state ? [this.chip(state)] : []));
  }

  raise(title, text) {
    if (!this.alarm) return;
    this.alarm.querySelector("[data-alarm-title]").textContent = title;
    this.alarm.querySelector("[data-alarm-text]").textContent = text;
    this.alarm.hidden = false;
  }

  calm() {
    if (this.alarm) this.alarm.hidden = true;
  }
}
