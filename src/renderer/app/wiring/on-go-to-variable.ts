import type { Stores } from '../create-stores';
import type { Events } from './events';

/** A person goes to where a reference points, or to where a variable is used. */
export function onGoToVariable(events: Events, { navigation }: Stores): void {
  events.references.onGo.connect((id) => navigation.getState().go({ screen: 'environment', id }));
}
