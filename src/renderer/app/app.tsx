import type { Look } from '@shared/model/preferences';
import { PlugZap } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Button } from '../components/button';
import { RemedyContext } from '../components/card';
import { WriteTextContext } from '../components/copy-button';
import { Centred } from '../components/page';
import { loadTheRest } from '../lib/later';
import { Loading } from './loading';
import { LockedPage } from './screens';
import type { PreferencesStore } from './preferences';
import { drawRemedy } from './remedy-buttons';
import { Shell } from './shell';
import type { AppStore } from './start';
import { StoresContext } from './stores';
import { writeText } from './write-text';

interface Props {
  readonly app: AppStore;
  readonly preferences: PreferencesStore;
}

const lookOf = ({ sidebarWidth, sidebarCollapsed }: Look) => ({ sidebarWidth, sidebarCollapsed });

export function App({ app, preferences }: Props) {
  const state = useStore(app);

  useEffect(() => {
    document.documentElement.dataset['appState'] = state.phase;
  }, [state.phase]);

  useEffect(() => {
    if (state.phase === 'ready') void loadTheRest();
  }, [state.phase]);

  switch (state.phase) {
    case 'loading':
      return <Loading {...lookOf(preferences.getState())} />;
    case 'ready':
      return (
        <StoresContext value={state.stores}>
          <WriteTextContext value={async (text) => writeText(state.stores.client, text)}>
            <RemedyContext value={drawRemedy}>
              {/* Each workspace has its own key, so that no state of a component is taken along. */}
              <Shell key={state.stores.workspaceId} />
            </RemedyContext>
          </WriteTextContext>
        </StoresContext>
      );
    case 'failed':
      return (
        <main className="flex h-full">
          <Centred
            level={1}
            mark
            title={state.title}
            actions={state.mayRetry ? <Reload label="Try again" /> : undefined}
          >
            <p>{state.text}</p>
          </Centred>
        </main>
      );
    case 'locked':
      return (
        <LockedPage protection={state.protection} edits={state.edits} onUnlock={state.unlock} />
      );
    case 'lost':
      return (
        <main className="flex h-full">
          <Centred
            level={1}
            icon={<PlugZap aria-hidden className="size-5" />}
            title="Strongroom has stopped"
            actions={<Reload label="Reload" />}
          >
            <p>
              Strongroom’s background process stopped. Unsaved edits here are lost; everything saved
              is safe.
            </p>
            <p>If reloading does not help, start Strongroom again.</p>
          </Centred>
        </main>
      );
  }
}

const Reload = ({ label }: { readonly label: string }) => (
  <Button variant="primary" onPress={() => window.location.reload()}>
    {label}
  </Button>
);
