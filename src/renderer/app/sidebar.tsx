import type { CommandId } from '@shared/commands';
import { KeyRound, Settings } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { ErrorText } from '../components/error-text';
import { SearchField } from '../components/search-field';
import { EnvironmentList } from '../features/environments/environment-list';
import { NewEnvironment } from '../features/environments/new-environment';
import { ProviderStatus } from '../features/provider-status/provider-status';
import { PullIndicator } from '../features/pull/pull-indicator';
import { WorkspaceMenu } from '../features/workspaces/workspace-menu';
import { cx } from '../lib/class-names';
import { useCommand } from './use-command';
import { shortcutOf } from './shortcuts';
import { useFeature, useStores } from './stores';

/** `children` is the edge by which the sidebar is resized. */
export function Sidebar({ children }: { readonly children: ReactNode }) {
  const { environments, commands } = useStores();
  const searchInput = useRef<HTMLInputElement>(null);
  useCommand('search-environments', () => searchInput.current?.select());
  const search = useFeature('environments', (state) => state.search);
  const listError = useFeature('environments', (state) => state.error);
  const screen = useFeature('navigation', ({ route }) => route.screen);

  return (
    <aside aria-label="Sidebar" className="flex h-full min-h-0 flex-col bg-bg">
      <header className="px-1.5 pt-2 pb-1.5">
        <WorkspaceMenu />
      </header>
      <SearchField
        label="Search environments"
        placeholder="Search"
        value={search}
        onChange={(text) => environments.getState().setSearch(text)}
        inputRef={searchInput}
        hint={
          <AriaButton
            aria-label={`Command palette, ${shortcutOf('palette') ?? ''}`}
            onPress={() => commands.getState().run('palette')}
            className="mr-1.5 shrink-0 cursor-default rounded-xs border border-line-strong px-1 font-sans whitespace-nowrap text-2xs text-text-3 data-hovered:text-text"
          >
            {shortcutOf('palette')}
          </AriaButton>
        }
        className="px-3 pb-2"
      />
      <nav aria-label="Environments" className="flex min-h-0 flex-1 flex-col">
        <div className="flex items-center justify-between pr-2 pb-0.5 pl-3.5">
          <h2 className="caps text-text-3">Environments</h2>
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
      {children}
    </aside>
  );
}

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
        '-mx-1.5 mt-0.5 flex h-7.5 cursor-default items-center gap-2 rounded-md border border-transparent px-1.5 data-hovered:bg-hover',
        isCurrent && 'border-line bg-raised',
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
