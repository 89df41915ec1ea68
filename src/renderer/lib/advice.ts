/** The words of the window for the place of a remedy. The buttons are in `app/remedy-buttons`. */
import type { ErrorReport, Remedy } from '@shared/errors';

/** The place of a remedy, to use within a sentence; `undefined` if it is not a place in the window. */
export function placeOf(remedy: Remedy): string | undefined {
  if (!('open' in remedy)) return undefined;
  switch (remedy.open) {
    case 'connection':
      return 'Settings → Vault';
    case 'protection':
      return 'Settings → Security';
    case 'workspaces':
      return 'the menu at the top of the sidebar';
    case 'environments':
      return 'the list in the sidebar';
  }
}

/** The next step, and its place. */
export function adviceOf({ hint, remedy }: Pick<ErrorReport, 'hint' | 'remedy'>): string {
  const place = remedy && placeOf(remedy);
  return place === undefined ? hint : `${hint} See ${place}.`;
}

/** The message and the next step in one line, for places without room for a button. */
export const errorLine = (report: ErrorReport): string => `${report.message} ${adviceOf(report)}`;
