import type { Copied } from '@shared/contract/base';
import { formatDuration } from './format';

/** How long a copied value stays, and whether clipboard histories were asked to leave it out. */
export interface Stay {
  readonly clearsAfterMs: number;
  readonly isConcealed: boolean;
}

export const stayOf = (copied: Copied): Stay => ({
  clearsAfterMs: copied.clearsAfterMs,
  // A page cannot ask them.
  isConcealed: copied.by === 'host' && copied.isConcealed,
});

/** What to say of a value that was copied. */
export function copiedNote({ clearsAfterMs, isConcealed }: Stay): string {
  const cleared = `The clipboard is emptied after ${formatDuration(clearsAfterMs)}.`;
  return isConcealed ? cleared : `${cleared} A clipboard history, if one is on, keeps it.`;
}
