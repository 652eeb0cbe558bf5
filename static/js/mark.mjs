// SPDX-License-Identifier: Apache-2.0
import { Box } from "./marks/box.mjs";
import { Cites } from "./marks/cites.mjs";
import { ask, wire } from "./marks/conflict.mjs";
import { drop, read } from "./marks/copy.mjs";
import { same } from "./marks/decimal.mjs";
import { setUpKeys } from "./marks/keys.mjs";
import { setUpPanes } from "./marks/panes.mjs";
import { Saver } from "./marks/saver.mjs";
import { Status } from "./marks/status.mjs";
import { showTotals } from "./marks/totals.mjs";

/** The scoresheet: everything here hastens a form that works without it. */
class Scoresheet {
  constructor(form) {
    this.form = form;
    this.words = document.querySelector("template[data-words]").dataset;
    this.template = document.querySelector("template[data-conflict-template]");
    this.status = new Status(form, this.words, () => this.saver.retry());
    this.saver = new Saver(form.dataset.sheet, form.elements.csrf_token.value, this.status, this.words);
    this.boxes = [...form.querySelectorAll("[data-mark]")].map((element) => new Box(element, this.words));
    this.cites = new Cites(form, this.boxes, this.saver);
    for (const box of this.boxes) this.watch(box);
    this.watchNote();
    this.restore();
    setUpKeys(form, this.boxes, () => this.next());
    form.addEventListener("submit", (event) => this.submit(event));
    this.guardLeaving();
    showTotals(this.boxes, document.querySelector("[data-total]")?.textContent.trim());
    form.classList.add("is-live");
  }

  /** Save a criterion as it changes. */
  watch(box) {
    const part = this.part(box);
    const changed = (at) => {
      box.complain("");
      box.show();
      showTotals(this.boxes);
      this.saver.changed(part, { at });
    };
    box.element.addEventListener("youyin:mark", () => changed(500));
    box.input?.addEventListener("input", () => changed());
    for (const radio of box.radios) radio.addEventListener("change", () => changed(0));
    box.comment?.addEventListener("input", () => changed(1200));
    box.element.addEventListener("focusout", () => this.saver.push(part.name));
    const open = box.element.querySelector("[data-conflict]");
    if (open) {
      this.saver.asking(part);
      const theirs = {
        text: open.querySelector("[data-theirs-text]").textContent,
        comment: open.querySelector("[data-theirs-comment]").textContent,
        version: box.version,
      };
      wire(open).then((choice) => this.choose(box, part, choice, theirs));
    }
  }

  part(box) {
    return {
      name: box.code,
      url: box.url,
      body: () => ({ text: box.text, comment: box.words_, expected_version: box.version }),
      copy: () => ({ text: box.text, comment: box.words_, version: box.version }),
      state: (state) => this.status.mark(box.place, state),
      took: (answer, current) => {
        box.version = answer.version;
        if (!current) return;
        this.status.mark(box.place, "saved");
        if (box.isPoints && document.activeElement !== box.input) box.text = answer.text;
      },
      refused: (answer) => box.complain(answer?.fields?.[box.code] ?? answer?.message ?? ""),
      stale: (answer) => {
        box.version = answer.theirs.version;
        ask(box.element, box.code, answer.theirs, this.template).then((choice) =>
          this.choose(box, this.part(box), choice, answer.theirs),
        );
      },
    };
  }

  choose(box, part, choice, theirs) {
    if (choice === "theirs") {
      box.text = theirs.text === "—" ? "" : theirs.text;
      box.words_ = theirs.comment;
      this.status.mark(box.place, "saved");
    }
    box.version = theirs.version;
    box.complain("");
    showTotals(this.boxes);
    this.saver.decided(part.name, choice === "mine");
  }

  watchNote() {
    const note = this.form.querySelector("[data-note]");
    if (!note) return;
    let was = note.value;
    this.note = {
      name: "note",
      url: note.dataset.save,
      body: () => ({ text: note.value, was }),
      copy: () => ({ text: note.value }),
      took: (answer) => {
        was = answer.text;
      },
      refused: (answer) => this.status.raise(this.words.failedTitle, answer?.message ?? ""),
      stale: (answer) => {
        ask(note.parentElement, "note", { text: answer.theirs.comment, comment: "" }, this.template).then((choice) => {
          was = answer.theirs.comment;
          if (choice === "theirs") note.value = was;
          this.saver.decided("note", choice === "mine");
        });
      },
    };
    note.addEventListener("input", () => this.saver.changed(this.note, { at: 1500 }));
    note.addEventListener("focusout", () => this.saver.push("note"));
    this.noteField = note;
  }

  /** Bring back what this device kept and the server never confirmed. */
  restore() {
    const sheet = this.form.dataset.sheet;
    for (const [name, entry] of Object.entries(read(sheet))) {
      if (entry.cite) this.saver.changed(this.cites.part(entry.cite), { at: 0 });
      else if (name === "note" && this.note) this.restoreNote(entry);
      else this.restoreMark(this.boxes.find((box) => box.code === name), entry, sheet, name);
    }
  }

  restoreNote(entry) {
    if (entry.text === this.noteField.value) drop(this.form.dataset.sheet, "note");
    else {
      this.noteField.value = entry.text;
      this.saver.changed(this.note, { at: 0 });
    }
  }

  restoreMark(box, entry, sheet, name) {
    if (!box || (same(entry.text, box.text) && entry.comment.trim() === box.words_.trim())) {
      drop(sheet, name);
      return;
    }
    if (entry.stored && entry.stored <= box.version) {
      drop(sheet, name);
      return;
    }
    const theirs = { text: box.text, comment: box.words_, version: box.version };
    box.text = entry.text;
    box.words_ = entry.comment;
    const part = this.part(box);
    if (entry.stored) {
      box.version = entry.stored;
      drop(sheet, name);
    } else if (entry.version === box.version) this.saver.changed(part, { at: 0 });
    else {
      this.saver.asking(part);
      ask(box.element, box.code, theirs, this.template).then((choice) => this.choose(box, part, choice, theirs));
    }
  }

  next() {
    const button = document.querySelector("[data-next]");
    this.leave(button.name, button.value);
  }

  submit(event) {
    if (this.leaving) return;
    event.preventDefault();
    const button = event.submitter;
    this.leave(button?.name || "action", button?.value || "save");
  }

  /** Go where a button leads once everything is stored; stay, loudly, when it is not. */
  async leave(name, value) {
    if (!(await this.saver.flush())) {
      this.firstOpen()?.element.scrollIntoView({ block: "center" });
      this.status.raise(this.words.failedTitle, this.words.waitText);
      return;
    }
    this.leaving = true;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    this.form.append(field);
    this.form.submit();
  }

  /** The first criterion that still needs the judge. */
  firstOpen() {
    const open = (box) => box.element.matches(".field-wrong") || box.element.querySelector("[data-conflict]");
    return this.boxes.find(open);
  }

  guardLeaving() {
    addEventListener("beforeunload", (event) => {
      if (this.leaving || this.saver.isClean) return;
      this.saver.sendAll({ keepalive: true });
      event.preventDefault();
      event.returnValue = "";
    });
    // Back from the browser's own cache the page may be old: ask the server again.
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
    document.addEventListener(
      "submit",
      (event) => {
        if (!event.target.matches('form[action$="/sign-out"]') || this.saver.isClean) return;
        if (!confirm(this.words.leaveText)) event.preventDefault();
        else this.leaving = true;
      },
      true,
    );
  }
}

let started = false;

export function start() {
  const marking = document.querySelector("[data-marking]");
  if (!marking || started) return;
  started = true;
  setUpPanes(marking);
  const form = document.querySelector("form[data-sheet]");
  if (form) new Scoresheet(form);
}
