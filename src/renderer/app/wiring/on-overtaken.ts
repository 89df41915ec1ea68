import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A save was refused because somebody else wrote first. */
export function onOvertaken(events: Events, { merges }: Stores): void {
  events.drafts.onOvertaken.connect((id) => merges.getState().saveOver(id));
}
