import { providerFacts } from '@shared/providers/facts';
import { GLANCE_LIMIT } from '@shared/model/limits';
import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Pages that failed because the server was out of reach try again. What a person began, they begin again. */
export function onServerBack(events: Events, stores: Stores): void {
  const { announcements, drafts, environment, environments, history, pull, push } = stores;
  events.providerStatus.onBack.connect(({ provider }) => {
    const { list, glance } = environments.getState();
    const waiting =
      stores.unsavedWork.drafts().length > 0 ? ' Unsaved edits can be saved now.' : '';
    const { label } = providerFacts[provider];
    announcements.getState().say(`${label} can be reached again.${waiting}`);
    drafts.getState().dismissErrors('OFFLINE');
    pull.getState().dismissFailure('OFFLINE');
    void environment.getState().refresh();
    if (history.getState().error?.code === 'OFFLINE') void history.getState().startOver();
    if (push.getState().planError?.code === 'OFFLINE') void push.getState().makePlan();
    void pull.getState().autoSync();
    void glance(list.slice(0, GLANCE_LIMIT).map(({ id }) => id));
  });
}
