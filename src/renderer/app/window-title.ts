import { useEffect } from 'react';
import { environmentOf, type Route } from './navigation';
import { useStore } from 'zustand';
import { useFeature, useStores } from './stores';

const titles = {
  welcome: undefined,
  unlock: 'Unlock',
  environment: undefined,
  compare: 'Compare',
  requests: 'Requests',
  push: 'Push All',
  migrate: 'Migrate',
  history: 'History',
  settings: 'Settings',
} as const satisfies Record<Route['screen'], string | undefined>;

/**
 * Names the window after the environment or page on show, to tell windows apart when switching. A number before it
 * counts the requests that wait for a person.
 */
export function useWindowTitle(): void {
  const screen = useFeature('navigation', ({ route }) => route.screen);
  const id = useFeature('navigation', ({ route }) => environmentOf(route));
  const environment = useFeature(
    'environments',
    ({ list }) => list.find((one) => one.id === id)?.name,
  );
  const workspace = useFeature('workspaces', ({ list, current }) =>
    list.length > 1 ? current.name : undefined,
  );
  const waiting = useStore(useStores().approvals, (state) => state.waiting.length);
  useEffect(() => {
    const name = [titles[screen], environment, workspace, 'Strongroom']
      .filter((part) => part !== undefined)
      .join(' – ');
    document.title = waiting === 0 ? name : `(${String(waiting)}) ${name}`;
  }, [screen, environment, workspace, waiting]);
}
