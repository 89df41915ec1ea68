/** The sidebar as icons. */
import { KeyRound, List, PanelLeftOpen, Search, Settings } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { IconButton } from '../components/button';
import { Spinner } from '../components/spinner';
import { NewEnvironment } from '../features/environments/new-environment';
import { ProviderStatusIcon } from '../features/provider-status/provider-status';
import { causeLabel } from '../features/pull/words';
import { WorkspaceMenu } from '../features/workspaces/workspace-menu';
import { useCommand } from './use-command';
import { shortcutOf } from './shortcuts';
import { useFeature, useStores } from './stores';

export function SidebarRail() {
  const { commands, sidebar } = useStores();
  const toggle = useRef<HTMLButtonElement>(null);
  const some = useFeature('environments', ({ list }) => list.length > 0);
  const { run } = commands.getState();
  useCommand('search-environments', () => sidebar.getState().search());
  useEffect(() => {
    if (sidebar.getState().takeFocus('toggle')) toggle.current?.focus();
  }, [sidebar]);
  return (
    <aside
      aria-label="Sidebar"
      className="flex h-full min-h-0 flex-col items-center gap-1 overflow-y-auto bg-bg py-2 [scrollbar-width:none] *:shrink-0"
    >
      <WorkspaceMenu isCompact />
      <IconButton
        hintPlacement="right"
        ref={toggle}
        label="Show the sidebar"
        hint={`Show the sidebar, ${shortcutOf('toggle-environments') ?? ''}`}
        onPress={() => sidebar.getState().toggle()}
      >
        <PanelLeftOpen aria-hidden className="size-4" />
      </IconButton>
      <IconButton
        hintPlacement="right"
        label="Search"
        hint={`Search, ${shortcutOf('search-environments') ?? ''}`}
        onPress={() => sidebar.getState().search()}
      >
        <Search aria-hidden className="size-4" />
      </IconButton>
      <IconButton
        hintPlacement="right"
        label="Go to environment"
        hint={`Go to environment, ${shortcutOf('go-to-environment') ?? ''}`}
        isDisabled={!some}
        onPress={() => void run('go-to-environment')}
      >
        <List aria-hidden className="size-4" />
      </IconButton>
      <NewEnvironment />
      <div className="mt-auto flex flex-col items-center gap-1">
        <Pulling />
        <ProviderStatusIcon />
        <IconButton hintPlacement="right" label="Requests" onPress={() => void run('requests')}>
          <KeyRound aria-hidden className="size-4" />
        </IconButton>
        <IconButton hintPlacement="right" label="Settings" onPress={() => void run('settings')}>
          <Settings aria-hidden className="size-4" />
        </IconButton>
      </div>
    </aside>
  );
}

function Pulling() {
  const run = useFeature('pull', (state) => state.run);
  if (run.phase !== 'running') return null;
  return (
    <span title={causeLabel[run.cause]}>
      <Spinner />
      <span className="sr-only">{causeLabel[run.cause]}</span>
    </span>
  );
}
