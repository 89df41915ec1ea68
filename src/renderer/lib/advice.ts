/** What this window says about where a remedy is. Pages have a button for it: see `app/remedy-buttons`. */
import type { ErrorReport, Remedy } from '@shared/errors';

/** The place of a remedy, for the middle of a sentence; `undefined` if it is no place in the window. */
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

/** What to do about an error, and where. */
export function adviceOf({ hint, remedy }: Pick<ErrorReport, 'hint' | 'remedy'>): string {
  const place = remedy && placeOf(remedy);
  return place === undefined ? hint : `${hint} See ${place}.`;
}

/** What happened and what to do, where there is room for a line of text and for no button. */
export const errorLine = (report: ErrorReport): string => `${report.message} ${adviceOf(report)}`;
