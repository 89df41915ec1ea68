import { useEffect } from 'react';
import { environmentOf, type Route } from './navigation';
import { useFeature } from './stores';

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

/** Names the window after the environment or page on show, to tell windows apart when switching. */
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
  useEffect(() => {
    document.title = [titles[screen], environment, workspace, 'Strongroom']
      .filter((part) => part !== undefined)
      .join(' – ');
  }, [screen, environment, workspace]);
}
