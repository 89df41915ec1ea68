import { listOf } from '@shared/model/format';
import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A grant is about to be deleted, and its clones end with it. */
export function mayRemoveGrant(events: Events, { questions }: Stores): void {
  events.requests.mayRemove.connect(async ({ name, original }, clones) => {
    const own =
      original === undefined
        ? 'Its secret is deleted and cannot be recovered.'
        : `The secret stays with its original${original.name === undefined ? '' : `, ${original.name}`}.`;
    const ended =
      clones.length === 0
        ? ''
        : ` ${clones.length === 1 ? 'Its clone ends' : `Its ${String(clones.length)} clones end`} too: ${listOf(clones.map((clone) => clone.name))}.`;
    const answer = await questions.getState().ask({
      title: `Delete ${name}?`,
      text: `${own}${ended} Programs that use it are refused from now on. The audit keeps its lines.`,
      answers: [{ id: 'delete', label: 'Delete grant', variant: 'danger' }],
    });
    return answer === 'delete';
  });
}
