import type { Stores } from '../create-stores';
import { editsAreBack } from './edits-back';
import type { Events } from './events';

/** Edits of a window that is gone, to an environment that has none here any more. */
export function onMoreEdits(events: Events, stores: Stores): void {
  events.heldEdits.onMore.connect((ids) => editsAreBack(stores, ids));
}
