/**
 * Unsaved edits of environments, for features that do not own them: Push All sends them, and actions that
 * would lose them ask first. The editor's draft store owns them.
 */
import type { Draft } from '@shared/model/transfer';

export interface UnsavedWork {
  /** Edits that have not been saved, of every environment of the workspace. */
  drafts(this: void): readonly Draft[];
  /** Reports environments whose edits were pushed, so that they are forgotten. */
  pushed(this: void, ids: readonly string[]): void;
}
