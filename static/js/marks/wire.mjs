// SPDX-License-Identifier: Apache-2.0
/** One request to the server, and what its answer means for whoever waits for it. */
export const Outcome = Object.freeze({
  stored: "stored",
  stale: "stale", // another window was first: both texts are in the answer
  refused: "refused", // it breaks a rule; sending it again does not help
  closed: "closed", // the window closed, the sheet is locked, or the judge stepped back
  signedOut: "signedOut",
  failed: "failed", // no connection, or the server is in trouble: try again
});

const patience = 15000;

/** Send JSON and return {outcome, body}; never throws. */
export async function send(url, body, { key, token, keepalive = false }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-CSRFToken": token,
      },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "manual",
      keepalive,
      signal: stop.signal,
    });
    return { outcome: meaning(answer), body: await jsonOf(answer), status: answer.status };
  } catch {
    return { outcome: Outcome.failed, body: null, status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

async function jsonOf(answer) {
  try {
    return JSON.parse(await answer.text());
  } catch {
    return null;
  }
}

function meaning(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401) return Outcome.signedOut;
  if (answer.ok) return Outcome.stored;
  if (answer.status === 409) return Outcome.stale;
  if (answer.status === 422 || answer.status === 413) return Outcome.refused;
  if (answer.status === 403 || answer.status === 404) return Outcome.closed;
  return Outcome.failed;
}
