import { summaryText } from '../../features/pull/words';
import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

/** Pull All or Auto Sync ended. */
export function onPullEnded(events: Events, stores: Stores): void {
  const { announcements, connection, navigation } = stores;
  events.pull.onEnded.connect(async (run) => {
    if (run.phase === 'done') connection.getState().dropRefutedTest();
    await refreshAll(stores);
    // Its own page shows the summary.
    const { route } = navigation.getState();
    const onItsPage = route.screen === 'settings' && route.tab === 'connection';
    if (run.phase === 'done' && run.cause === 'pull-all' && !onItsPage) {
      announcements.getState().say(`Pull All: ${summaryText(run.summary)}`);
    }
  });
}
