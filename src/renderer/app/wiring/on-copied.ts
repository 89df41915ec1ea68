import { copiedNote } from '../../lib/copied-note';
import { formatCount } from '../../lib/format';
import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Values are on the clipboard. */
export function onCopied(events: Events, { announcements }: Stores): void {
  events.environment.onCopied.connect((what, stay, leftOut = 0) => {
    const rest =
      leftOut === 0 ? '' : ` ${formatCount(leftOut)} left out: this form cannot hold them.`;
    announcements.getState().say(`${what} copied.${rest} ${copiedNote(stay)}`);
  });
}
