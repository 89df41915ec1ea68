/** The commands that can be run from everywhere in the window. */
import { providerFacts } from '@shared/providers/facts';
import { hasUnsavedChanges } from '../features/settings/connection/store';
import { sidebarRows, sidebarViewOf } from '../features/environments/sidebar-rows';
import { useCommand } from './use-command';
import type { Route } from './navigation';
import type { Theme } from '@shared/model/preferences';
import type { Stores } from './create-stores';
import { useFeature, useStores } from './stores';

export function useGlobalCommands(): void {
  const stores = useStores();
  const { navigation, preferences, security, connection, requests } = stores;
  const canLock = useFeature('security', ({ protection }) => !protection.locked);
  const saved = useFeature(
    'connection',
    ({ settings }) => settings.providers[settings.provider].saved,
  );
  const pulling = useFeature('pull', ({ run }) => run.phase === 'running');
  const source = useFeature('connection', ({ settings }) => settings.source);
  const canCompare = useFeature('environments', ({ list }) => list.length > 1);

  const goTo = (route: Route) => (): void => navigation.getState().go(route);
  const theme = (chosen: Theme) => (): void => preferences.getState().setTheme(chosen);
  const toConnection = goTo({ screen: 'settings', tab: 'connection' });

  useCommand('settings', toConnection);
  useCommand('settings-general', goTo({ screen: 'settings', tab: 'general' }));
  useCommand('settings-connection', toConnection);
  useCommand('settings-security', goTo({ screen: 'settings', tab: 'security' }));
  useCommand('activity', goTo({ screen: 'settings', tab: 'activity' }));
  useCommand('audit', goTo({ screen: 'settings', tab: 'audit' }));
  useCommand('about', goTo({ screen: 'settings', tab: 'about' }));
  useCommand('compare', canCompare ? goTo({ screen: 'compare' }) : undefined);
  useCommand('requests', goTo({ screen: 'requests' }));
  useCommand('new-grant', () => {
    requests.getState().show({ kind: 'gallery' });
    navigation.getState().go({ screen: 'requests' });
  });
  useCommand('theme-system', theme('system'));
  useCommand('theme-light', theme('light'));
  useCommand('theme-dark', theme('dark'));
  useCommand('lock', canLock ? () => void security.getState().lock() : undefined);
  useCommand('push-all', saved ? goTo({ screen: 'push' }) : undefined);
  useCommand(
    'pull-all',
    saved && !pulling
      ? () => {
          toConnection();
          void pullAll(stores);
        }
      : undefined,
  );
  useCommand('test-connection', () => {
    toConnection();
    void connection.getState().startTest();
  });
  useCommand(
    'override-configuration',
    source === 'global'
      ? () => {
          toConnection();
          void connection.getState().override();
        }
      : undefined,
  );
  useCommand(
    'use-global-defaults',
    source === 'workspace'
      ? () => {
          toConnection();
          void connection.getState().backToGlobal();
        }
      : undefined,
  );
  useNeighbours();
}

/** With unsaved changes in the form, asks which settings are meant. */
async function pullAll({ connection, pull, questions }: Stores): Promise<void> {
  const start = (): void => void pull.getState().pullAll();
  const { provider, settings, save } = connection.getState();
  if (!hasUnsavedChanges(connection.getState())) return start();
  const { label } = providerFacts[settings.provider];
  const answer = await questions.getState().ask({
    title: 'Pull with the saved settings?',
    text: `Settings → Vault has unsaved changes${provider === settings.provider ? '' : `, for ${providerFacts[provider].label}`}. The saved settings are for ${label}.`,
    answers: [
      { id: 'pull', label: `Pull from ${label}` },
      { id: 'save', label: 'Save and pull', variant: 'primary' },
    ],
  });
  if (answer === 'pull') start();
  if (answer === 'save') await save(start);
}

/** Leads to the environments above and below in the sidebar, as it is folded and searched. */
function useNeighbours(): void {
  const { navigation, environments, preferences, workspaceId } = useStores();
  const some = useFeature('environments', ({ list }) => list.length > 0);
  const step = (by: 1 | -1) => (): void => {
    const { list, search } = environments.getState();
    const { route } = navigation.getState();
    const view = sidebarViewOf(preferences.getState(), list, workspaceId);
    const shown = sidebarRows(list, search, view).flatMap((row) =>
      row.kind === 'environment' && row.id === row.environment.id ? [row.id] : [],
    );
    const at = route.screen === 'environment' ? shown.indexOf(route.id) : -1;
    const next = at === -1 ? shown.at(by === 1 ? 0 : -1) : shown[at + by];
    if (next !== undefined) navigation.getState().go({ screen: 'environment', id: next });
  };
  useCommand('previous-environment', some ? step(-1) : undefined);
  useCommand('next-environment', some ? step(1) : undefined);
}
