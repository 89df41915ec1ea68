import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Compare copied a variable from one environment to another. */
export function onCopiedAcross(events: Events, { announcements }: Stores): void {
  events.compare.onCopied.connect((key, target) => {
    announcements.getState().say(`${key} copied to ${target}. It is not saved yet.`, 'info');
  });
}
