/** What Lock found unsaved in this window, for the page that follows: names of environments, never a value. */
import { z } from 'zod';

const KEY = 'edits-at-lock';

const schema = z.object({ kept: z.array(z.string()), lost: z.array(z.string()) });
export type EditsAtLock = z.infer<typeof schema>;

const NONE: EditsAtLock = { kept: [], lost: [] };

export function noteEditsAtLock(edits: EditsAtLock): void {
  if (edits.kept.length + edits.lost.length === 0) forgetEditsAtLock();
  else window.sessionStorage.setItem(KEY, JSON.stringify(edits));
}

/** What the page before noted. */
export function editsAtLock(): EditsAtLock {
  const noted = window.sessionStorage.getItem(KEY);
  return noted === null ? NONE : schema.parse(JSON.parse(noted));
}

export function forgetEditsAtLock(): void {
  window.sessionStorage.removeItem(KEY);
}
