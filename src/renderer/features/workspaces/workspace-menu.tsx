import { ChevronsUpDown } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { Mark } from '../../components/mark';
import { MenuTrigger } from '../../components/menu-trigger';
import { cx } from '../../lib/class-names';
import { laterComponent } from '../../lib/later';

const WorkspaceMenuItems = laterComponent(
  async () => (await import('./workspace-menu-items')).WorkspaceMenuItems,
);

/** The current workspace, and a menu of the others. */
export function WorkspaceMenu({ isCompact = false }: { readonly isCompact?: boolean }) {
  const { workspaces, arrived } = useStores();
  const { openDialog, remove } = workspaces.getState();
  const isOnly = useFeature('workspaces', ({ list }) => list.length === 1);
  const current = useFeature('workspaces', (state) => state.current);
  const source = useFeature('connection', (state) => state.settings.source);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useCommand('new-workspace', () => openDialog('new'));
  useCommand('rename-workspace', () => openDialog('rename'));
  useCommand('plain-rules', () => openDialog('plain'));
  useCommand('expected-variables', () => openDialog('expected'));
  useCommand('export-set-up', () => void workspaces.getState().exportSetup());
  useCommand('import-set-up', () => openDialog('import'));
  useCommand('delete-workspace', isOnly ? undefined : () => void remove());

  // This menu switched the workspace, so its button has the focus again.
  useEffect(() => {
    if (arrived !== undefined) button.current?.focus();
  }, [arrived]);

  return (
    <MenuTrigger menu={WorkspaceMenuItems}>
      <AriaButton
        ref={button}
        aria-label="Workspace"
        aria-describedby={`${id}-name ${id}-source`}
        className={cx(
          'flex min-w-0 cursor-default items-center gap-2.5 overflow-hidden rounded-md border border-transparent py-1 text-left transition-colors aria-expanded:border-line aria-expanded:bg-raised data-hovered:bg-hover',
          isCompact ? 'px-1' : 'w-full px-1.5',
        )}
      >
        <Mark className="size-7 shrink-0" />
        <span className={isCompact ? 'sr-only' : 'min-w-0 flex-1'}>
          <span id={`${id}-name`} className="block truncate leading-4.5 font-semibold">
            {current.name}
          </span>
          <span id={`${id}-source`} className="block truncate text-2xs text-text-3">
            {source === 'workspace' ? 'own configuration' : 'global defaults'}
          </span>
        </span>
        {isCompact ? null : (
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-text-3" />
        )}
      </AriaButton>
    </MenuTrigger>
  );
}
