// SPDX-License-Identifier: Apache-2.0
/**
 * The copy of unsent marks on this device: written before anything is sent, taken away when the server has said yes,
 * wiped when the scoresheet is submitted and when somebody signs out. Where a browser allows no storage, we go on without.
 */
const prefix = "youyin.sheet.";

export function read(sheet) {
  try {
    const found = JSON.parse(localStorage.getItem(prefix + sheet) ?? "{}");
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function write(sheet, entries) {
  try {
    if (Object.keys(entries).length) localStorage.setItem(prefix + sheet, JSON.stringify(entries));
    else localStorage.removeItem(prefix + sheet);
  } catch {
    // No room or no permission: the page itself still holds what was typed, and says that it is not stored.
  }
}

export function keep(sheet, name, entry) {
  write(sheet, { ...read(sheet), [name]: entry });
}

/**
 * Note that the server has an entry, as this version, and drop it a moment later: a page that was asked for in the very
 * moment of the save may have been drawn before it, and would show less than is stored.
 */
export function settle(sheet, name, key, version) {
  const entry = read(sheet)[name];
  if (entry?.key === key) keep(sheet, name, { ...entry, stored: version });
  setTimeout(() => drop(sheet, name, key), 2000);
}

/** Drop one entry, unless another window has put a newer one in its place. */
export function drop(sheet, name, key) {
  const entries = read(sheet);
  if (!(name in entries) || (key && entries[name].key !== key)) return;
  delete entries[name];
  write(sheet, entries);
}

export function forget(sheet) {
  write(sheet, {});
}

export function forgetAll() {
  for (const sheet of sheets()) forget(sheet);
}

/** Drop what the server has of every scoresheet but the one on this page. */
export function tidy(except) {
  for (const sheet of sheets()) {
    if (sheet === except) continue;
    write(sheet, Object.fromEntries(Object.entries(read(sheet)).filter(([, entry]) => !entry.stored)));
  }
}

function sheets() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    return names.map((name) => name.slice(prefix.length));
  } catch {
    return []; // nothing can be read, so nothing was kept
  }
}

/** A fresh Idempotency-Key: 26 letters and digits, as the server's own. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join("");
}
