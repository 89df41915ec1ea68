/** What Lock found unsaved in this window, for the page that follows: names of environments, never a value. */

const KEY = 'edits-at-lock';

export interface EditsAtLock {
  readonly kept: readonly string[];
  readonly lost: readonly string[];
}

const NONE: EditsAtLock = { kept: [], lost: [] };

export function noteEditsAtLock(edits: EditsAtLock): void {
  if (edits.kept.length + edits.lost.length === 0) forgetEditsAtLock();
  else window.sessionStorage.setItem(KEY, JSON.stringify(edits));
}

/** What the page before noted. */
export function editsAtLock(): EditsAtLock {
  const noted = window.sessionStorage.getItem(KEY);
  // Only this window writes there, see `noteEditsAtLock`.
  return noted === null ? NONE : (JSON.parse(noted) as EditsAtLock);
}

export function forgetEditsAtLock(): void {
  window.sessionStorage.removeItem(KEY);
}
