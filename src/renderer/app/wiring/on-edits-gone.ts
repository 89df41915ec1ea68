import type { Stores } from '../create-stores';

/** Without edits, as after Push All or when sync is switched off, there is nothing left to merge. */
export function onEditsGone({ drafts, merges }: Stores): void {
  drafts.subscribe(({ histories }) => {
    const { sessions, cancel } = merges.getState();
    for (const id of sessions.keys()) if (!histories.has(id)) cancel(id);
  });
}
