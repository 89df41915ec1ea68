import type { CommandId } from '@shared/commands';
import { Command, KeyRound, ListTree, PanelLeftClose, Settings } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { IconButton } from '../components/button';
import { ErrorText } from '../components/error-text';
import { MenuTrigger } from '../components/menu-trigger';
import { SearchField } from '../components/search-field';
import { EnvironmentList } from '../features/environments/environment-list';
import { NewEnvironment } from '../features/environments/new-environment';
import { ProviderStatus } from '../features/provider-status/provider-status';
import { PullIndicator } from '../features/pull/pull-indicator';
import { WorkspaceMenu } from '../features/workspaces/workspace-menu';
import { cx } from '../lib/class-names';
import { laterComponent } from '../lib/later';
import { useCommand } from './use-command';
import { shortcutOf } from './shortcuts';
import { useFeature, useStores } from './stores';

const ViewMenuItems = laterComponent(async () => (await import('./view-menu')).ViewMenu);

/** `children` is the edge by which the sidebar is resized. */
export function Sidebar({ children }: { readonly children?: ReactNode }) {
  const { commands, sidebar } = useStores();
  const listError = useFeature('environments', (state) => state.error);
  const screen = useFeature('navigation', ({ route }) => route.screen);

  return (
    <aside aria-label="Sidebar" className="h-full min-h-0 bg-bg">
      <div className="flex h-full flex-col overflow-x-hidden overflow-y-auto">
        <header className="flex items-center gap-0.5 px-1.5 pt-2 pb-1.5">
          <div className="min-w-0 flex-1">
            <WorkspaceMenu />
          </div>
          <IconButton
            size="sm"
            label="Command palette"
            hint={`Command palette, ${shortcutOf('palette') ?? ''}`}
            onPress={() => commands.getState().run('palette')}
          >
            <Command aria-hidden className="size-3.5" />
          </IconButton>
          <IconButton
            size="sm"
            label="Hide the sidebar"
            hint={`Hide the sidebar, ${shortcutOf('toggle-environments') ?? ''}`}
            onPress={() => sidebar.getState().toggle()}
          >
            <PanelLeftClose aria-hidden className="size-3.5" />
          </IconButton>
        </header>
        <Search />
        {/* In a low window the sidebar scrolls, and the list keeps some rows. */}
        <nav aria-label="Environments" className="flex min-h-32 flex-1 flex-col">
          <div className="flex items-center gap-0.5 pr-2 pb-0.5 pl-3.5">
            <h2 className="caps min-w-0 flex-1 truncate text-text-3">Environments</h2>
            <ViewMenu />
            <NewEnvironment />
          </div>
          {listError === undefined ? null : (
            <ErrorText report={listError} live className="px-3.5 pb-1 text-xs" />
          )}
          <EnvironmentList />
        </nav>
        <footer className="flex flex-col border-t border-line px-3 pt-1.5 pb-2">
          <PullIndicator />
          <ProviderStatus />
          <PageButton
            command="requests"
            label="Requests"
            icon={<KeyRound aria-hidden className="size-3.5 text-text-2" />}
            isCurrent={screen === 'requests'}
          />
          <PageButton
            command="settings"
            label="Settings"
            icon={<Settings aria-hidden className="size-3.5 text-text-2" />}
            isCurrent={screen === 'settings'}
          />
        </footer>
      </div>
      {children}
    </aside>
  );
}

/** Apart from the rest, so that typing draws the field and the list again, and nothing else. */
function Search() {
  const { environments, sidebar, sidebarSearch } = useStores();
  const input = useRef<HTMLInputElement>(null);
  const search = useFeature('environments', (state) => state.search);
  useCommand('search-environments', () => input.current?.select());
  useEffect(() => {
    if (sidebar.getState().takeFocus('search')) input.current?.select();
  }, [sidebar]);
  return (
    <SearchField
      label="Search environments"
      placeholder="Search"
      value={search}
      onChange={(text) => {
        environments.getState().setSearch(text);
        sidebarSearch.getState().find(text);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown') return event.continuePropagation();
        event.preventDefault();
        document.querySelector<HTMLElement>('nav [role="treeitem"][tabindex="0"]')?.focus();
      }}
      inputRef={input}
      hint={
        <kbd
          aria-hidden
          className="mr-1.5 shrink-0 rounded-xs border border-line-strong px-1 font-sans text-2xs text-text-3"
        >
          {shortcutOf('search-environments')}
        </kbd>
      }
      className="px-3 pb-2"
    />
  );
}

/** How the list is ordered and folded. */
const ViewMenu = () => (
  <MenuTrigger menu={ViewMenuItems}>
    <IconButton label="View of the environments" hint="View" size="sm">
      <ListTree aria-hidden className="size-3.5" />
    </IconButton>
  </MenuTrigger>
);

interface PageButtonProps {
  readonly command: CommandId;
  readonly label: string;
  readonly icon: ReactNode;
  readonly isCurrent: boolean;
}

/** Leads to a page that is not an environment. */
function PageButton({ command, label, icon, isCurrent }: PageButtonProps) {
  const { commands } = useStores();
  return (
    <AriaButton
      onPress={() => commands.getState().run(command)}
      {...(isCurrent && { 'aria-current': 'page' as const })}
      className={cx(
        '-mx-1.5 mt-0.5 flex h-7.5 cursor-default items-center gap-2 rounded-md border px-1.5 data-hovered:bg-hover',
        isCurrent ? 'border-line bg-raised' : 'border-transparent',
      )}
    >
      <span className="flex w-4 justify-center">{icon}</span>
      <span className="flex-1 text-left">{label}</span>
      <kbd
        aria-hidden
        className="rounded-xs border border-line-strong px-1 font-sans text-2xs text-text-3"
      >
        {shortcutOf(command)}
      </kbd>
    </AriaButton>
  );
}
