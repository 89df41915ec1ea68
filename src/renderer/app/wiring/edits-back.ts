import type { Stores } from '../create-stores';
import { namesOf } from './losses';

/** Says that unsaved edits are back, and puts those of the environment on show on its values, if they fit. */
export function editsAreBack(stores: Stores, ids: readonly string[]): void {
  if (ids.length === 0) return;
  const { announcements, environment, merges } = stores;
  announcements.getState().say(`Unsaved edits are back: ${namesOf(stores, ids).join(', ')}.`);
  const { id, data } = environment.getState();
  if (id !== undefined && ids.includes(id)) void merges.getState().carryOver(id, data?.base, false);
}
