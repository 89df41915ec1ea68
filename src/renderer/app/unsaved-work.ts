/**
 * Where unsaved edits of environments are asked after by those who do not own them: Push All sends
 * them, and what would lose them asks first. The editor's draft store is the owner.
 */
import type { Draft } from '@shared/model/transfer';

export interface UnsavedWork {
  /** Edits that have not been saved, of every environment of the workspace. */
  drafts(this: void): readonly Draft[];
  /** These were pushed: their edits are unsaved no longer. */
  pushed(this: void, ids: readonly string[]): void;
}
