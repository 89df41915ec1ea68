/**
 * The name of this window, by which it gets its unsaved edits back after Lock. It outlives the page only across Lock:
 * while the page is open, the storage of the tab does not have it, so that a copy of the tab gets another name.
 */
const KEY = 'window-id';

export function takeWindowId(): string {
  const kept = window.sessionStorage.getItem(KEY) ?? crypto.randomUUID();
  window.sessionStorage.removeItem(KEY);
  return kept;
}

export function leaveWindowId(id: string): void {
  window.sessionStorage.setItem(KEY, id);
}
