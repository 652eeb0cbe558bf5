// SPDX-License-Identifier: Apache-2.0
import { drop, keep, newKey, settle } from "./copy.mjs";
import { Outcome, send } from "./wire.mjs";

const shortly = 700; // after the last key
const again = [2000, 4000, 8000, 15000, 30000];

/**
 * Sends what changed, one change at a time for each part, until the server has it.
 *
 * A part is a criterion, the note or a citation: {name, url, body(), took(answer), refused(answer), stale(answer)}.
 * Before anything is sent it stands in the copy on this device; the copy goes when the server has said yes.
 */
export class Saver {
  constructor(sheet, token, status, words) {
    this.sheet = sheet;
    this.token = token;
    this.status = status;
    this.words = words;
    this.parts = new Map();
    this.failures = 0;
    this.trouble = null;
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.show());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.sendAll({ keepalive: true });
    });
  }

  /** Take note that a part changed, and send it shortly. */
  changed(part, { at = shortly } = {}) {
    const known = this.parts.get(part.name);
    const entry = { part, state: "dirty", key: newKey(), sending: known?.sending ?? false, timer: 0 };
    clearTimeout(known?.timer);
    this.parts.set(part.name, entry);
    keep(this.sheet, part.name, { ...part.copy(), key: entry.key, at: new Date().toISOString() });
    entry.timer = setTimeout(() => this.push(part.name), at);
    this.show();
  }

  /** Send one part now, unless it is on its way. */
  async push(name, { keepalive = false } = {}) {
    const entry = this.parts.get(name);
    if (!entry || entry.sending || entry.state !== "dirty" || this.trouble === Outcome.closed) return;
    clearTimeout(entry.timer);
    entry.sending = true;
    this.show();
    const answer = await send(entry.part.url, entry.part.body(), { key: entry.key, token: this.token, keepalive });
    const latest = this.parts.get(name);
    latest.sending = false;
    this.heard(name, entry, latest, answer);
    this.show();
  }

  heard(name, sent, latest, { outcome, body }) {
    const current = latest === sent; // nothing was typed while it was on its way
    if (outcome === Outcome.stale && !body?.theirs) outcome = Outcome.failed; // two requests met; ours has to come again
    if (outcome !== Outcome.failed && outcome !== Outcome.signedOut) this.failures = 0;
    if (outcome === Outcome.stored) {
      this.trouble = null;
      sent.part.took(body, current);
      if (body?.version) settle(this.sheet, name, sent.key, body.version);
      else drop(this.sheet, name, sent.key);
      if (current) this.parts.delete(name);
      else this.push(name);
    } else if (outcome === Outcome.stale) {
      latest.state = "asking";
      sent.part.stale(body);
    } else if (outcome === Outcome.refused) {
      if (current) latest.state = "refused";
      sent.part.refused(body);
      if (!current) this.push(name);
    } else {
      this.trouble = outcome;
      this.message = body?.message;
      this.failures += 1;
      if (outcome !== Outcome.closed) this.later();
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), again[Math.min(this.failures, again.length) - 1]);
  }

  retry() {
    if (this.trouble !== Outcome.closed) this.sendAll();
  }

  sendAll(options) {
    return Promise.all([...this.parts.keys()].map((name) => this.push(name, options)));
  }

  /** The judge has decided a conflict: with `mine` the part is sent again over the stored version. */
  decided(name, mine) {
    const entry = this.parts.get(name);
    if (!entry) return;
    if (mine) this.changed(entry.part, { at: 0 });
    else {
      drop(this.sheet, name);
      this.parts.delete(name);
      this.show();
    }
  }

  /** Put a conflict on record that the page or the copy on this device brought along. */
  asking(part) {
    this.parts.set(part.name, { part, state: "asking", key: newKey(), sending: false, timer: 0 });
    this.show();
  }

  get isClean() {
    return this.parts.size === 0;
  }

  get waiting() {
    return [...this.parts.values()].filter((entry) => entry.state === "dirty" || entry.sending);
  }

  /** Send everything; resolves to whether all of it is stored. */
  async flush() {
    for (let round = 0; round < 20 && this.waiting.length; round += 1) {
      const before = this.failures;
      await this.sendAll();
      if (this.failures > before || this.trouble === Outcome.closed) break;
      if (this.waiting.length) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.show();
    return this.isClean;
  }

  show() {
    const entries = [...this.parts.values()];
    for (const entry of entries) entry.part.state?.(entry.sending ? "saving" : "unsaved");
    const words = this.words;
    if (this.trouble === Outcome.closed) {
      this.status.show("save_failed");
      this.status.raise(words.closedTitle, this.message ?? words.failedText);
    } else if (!entries.length) {
      this.trouble = null;
      this.status.show(navigator.onLine === false ? "offline" : "saved");
      this.status.calm();
    } else if (navigator.onLine === false || (this.trouble && !navigator.onLine)) {
      this.status.show("offline");
      this.status.raise(words.offlineTitle, words.offlineText);
    } else if (this.trouble === Outcome.signedOut) {
      this.status.show("save_failed");
      this.status.raise(words.signedOutTitle, words.signedOutText);
    } else if (this.trouble) {
      this.status.show("save_failed");
      this.status.raise(words.failedTitle, words.failedText);
    } else {
      this.status.show(entries.some((entry) => entry.sending) ? "saving" : "unsaved");
      this.status.calm();
    }
  }
}
