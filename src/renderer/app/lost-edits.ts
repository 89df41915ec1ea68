/**
 * What an automatic Lock took: it waits for nobody. The names outlive the page, for the page that follows; values
 * never do.
 */
const KEY = 'lost-edits';

/** Notes sentences for the next page. */
export function noteLostEdits(sentences: readonly string[]): void {
  if (sentences.length > 0) window.sessionStorage.setItem(KEY, sentences.join(' '));
}

/** The sentences of the page before, once they have been shown. */
export const lostEdits = (): string | undefined => window.sessionStorage.getItem(KEY) ?? undefined;

export function forgetLostEdits(): void {
  window.sessionStorage.removeItem(KEY);
}
