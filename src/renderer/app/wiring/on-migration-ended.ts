import type { Stores } from '../create-stores';
import type { Events } from './events';
import { refreshAll } from './refresh';

export function onMigrationEnded(events: Events, stores: Stores): void {
  events.migrate.onEnded.connect(() => refreshAll(stores));
}
