import { environmentOf, type Route } from '../../app/navigation';
import { useFeature } from '../../app/stores';

const offServer: ReadonlySet<Route['screen']> = new Set(['welcome', 'unlock']);

/** Whether anything on the page needs the provider. */
export function useNeedsServer(): boolean {
  const route = useFeature('navigation', (state) => state.route);
  const id = environmentOf(route);
  const local = useFeature(
    'environments',
    ({ list }) => id !== undefined && list.some((one) => one.id === id && !one.synced),
  );
  if (route.screen === 'settings') return route.tab === 'connection';
  return !offServer.has(route.screen) && !local;
}
