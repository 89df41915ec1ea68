import { Eye, FileInput, FileOutput, ListChecks, Pencil, Plus, Trash2 } from 'lucide-react';
import { Fragment } from 'react';
import { commandEntry, type CommandId } from '@shared/commands';
import { useFeature, useStores } from '../../app/stores';
import { Menu, MenuItem, MenuLine, MenuSection, OpenedMenu } from '../../components/menu';
import type { MenuOpening } from '../../components/menu-trigger';

const actions = [
  { id: 'new-workspace', icon: Plus },
  { id: 'rename-workspace', icon: Pencil },
  { id: 'plain-rules', icon: Eye },
  { id: 'expected-variables', icon: ListChecks },
  { id: 'export-set-up', icon: FileOutput },
  { id: 'import-set-up', icon: FileInput },
  { id: 'delete-workspace', icon: Trash2 },
] as const satisfies readonly { id: CommandId; icon: unknown }[];

/** The workspaces to switch to, and what can be done with the current one. */
export function WorkspaceMenuItems({ opening }: { readonly opening: MenuOpening }) {
  const { workspaces, commands } = useStores();
  const { switchTo } = workspaces.getState();
  const list = useFeature('workspaces', (state) => state.list);
  const current = useFeature('workspaces', (state) => state.current);
  const isOnly = list.length === 1;
  return (
    <OpenedMenu opening={opening}>
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
    </OpenedMenu>
  );
}
