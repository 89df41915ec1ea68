import {
  ChevronsUpDown,
  Eye,
  ListChecks,
  FileInput,
  FileOutput,
  Pencil,
  Plus,
  Trash2,
} from 'lucide-react';
import { Fragment, useEffect, useId, useRef } from 'react';
import { Button as AriaButton, MenuTrigger } from 'react-aria-components';
import { commandEntry, type CommandId } from '@shared/commands';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { Mark } from '../../components/mark';
import { Menu, MenuItem, MenuLine, MenuSection } from '../../components/menu';
import { cx } from '../../lib/class-names';

const actions = [
  { id: 'new-workspace', icon: Plus },
  { id: 'rename-workspace', icon: Pencil },
  { id: 'plain-rules', icon: Eye },
  { id: 'expected-variables', icon: ListChecks },
  { id: 'export-set-up', icon: FileOutput },
  { id: 'import-set-up', icon: FileInput },
  { id: 'delete-workspace', icon: Trash2 },
] as const satisfies readonly { id: CommandId; icon: unknown }[];

/** The current workspace, and a menu of the others. */
export function WorkspaceMenu({ isCompact = false }: { readonly isCompact?: boolean }) {
  const { workspaces, commands, arrived } = useStores();
  const { openDialog, remove, switchTo } = workspaces.getState();
  const list = useFeature('workspaces', (state) => state.list);
  const current = useFeature('workspaces', (state) => state.current);
  const source = useFeature('connection', (state) => state.settings.source);
  const isOnly = list.length === 1;
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
    <MenuTrigger>
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
      <Menu
        aria-label="Workspace"
        placement="bottom start"
        onAction={(key) => {
          const action = actions.find((one) => one.id === key);
          if (action !== undefined) commands.getState().run(action.id);
        }}
        disabledKeys={isOnly ? ['delete-workspace'] : []}
      >
        <MenuSection
          title="Workspaces"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[current.id]}
          onSelectionChange={(keys) => {
            const [chosen] = keys === 'all' ? [] : keys;
            if (typeof chosen === 'string') void switchTo(chosen);
          }}
        >
          {list.map(({ id: workspaceId, name }) => (
            <MenuItem key={workspaceId} id={workspaceId}>
              {name}
            </MenuItem>
          ))}
        </MenuSection>
        <MenuLine />
        {actions.map(({ id: command, icon: Icon }) => (
          <Fragment key={command}>
            {command === 'delete-workspace' ? <MenuLine /> : null}
            <MenuItem
              id={command}
              icon={<Icon aria-hidden className="size-3.5" />}
              destructive={command === 'delete-workspace'}
            >
              {commandEntry(command).title}
            </MenuItem>
          </Fragment>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
