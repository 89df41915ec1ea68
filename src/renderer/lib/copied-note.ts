import type { Copied } from '@shared/contract/base';
import { formatDuration } from './format';

/** What becomes of a copied value. */
export interface Stay {
  readonly clearsAfterMs: number;
  /** Whether the clipboard is emptied then. A page may not read it unless a person allowed that. */
  readonly clears: boolean;
  /** Whether clipboard histories were asked to leave it out. A page cannot ask them. */
  readonly isConcealed: boolean;
}

/** `clears`: whether the window empties the clipboard, if it has written the value. */
export const stayOf = (copied: Copied, clears: boolean): Stay => ({
  clearsAfterMs: copied.clearsAfterMs,
  clears: copied.by === 'host' || clears,
  isConcealed: copied.by === 'host' && copied.isConcealed,
});

/** What to say of a value that was copied. */
export function copiedNote({ clearsAfterMs, clears, isConcealed }: Stay): string {
  if (!clears) {
    return 'This browser does not let Strongroom empty the clipboard: copy something else when you are done.';
  }
  const cleared = `The clipboard is emptied after ${formatDuration(clearsAfterMs)}.`;
  return isConcealed ? cleared : `${cleared} A clipboard history, if one is on, keeps it.`;
}
