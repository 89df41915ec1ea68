/** The menu “⋯” of an environment, and the dialogs it opens. */
import { environmentNameSchema, type Environment } from '@shared/model/environment';
import {
  ArrowDown,
  ArrowUp,
  Columns2,
  CopyPlus,
  Ellipsis,
  FolderInput,
  History,
  Settings2,
  Star,
  StarOff,
  TextCursor,
  Trash2,
} from 'lucide-react';
import { useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useCommand } from '@renderer/app/use-command';
import { shortcutOf } from '@renderer/app/shortcuts';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { IconButton } from '@renderer/components/button';
import { Menu, MenuItem, MenuLine } from '@renderer/components/menu';
import { NameDialog } from '@renderer/components/name-dialog';
import { DeleteDialog } from './delete-dialog';
import { SettingsDialog } from './settings-dialog';

type OpenDialog = 'rename' | 'duplicate' | 'delete' | 'settings';

const icon = 'size-3.5';

export function EnvironmentActions({ environment }: { readonly environment: Environment }) {
  const {
    environments,
    navigation,
    announcements,
    owners,
    references,
    environment: screen,
  } = useStores();
  const { id, name, active, synced } = environment;
  const [dialog, setDialog] = useState<OpenDialog>();
  const list = useFeature('environments', (state) => state.list);
  const at = list.findIndex((one) => one.id === id);
  const above = list[at - 1];
  const below = at === -1 ? undefined : list[at + 1];
  const close = (): void => setDialog(undefined);

  /** Announces the error of an action that has no other place to show it. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      announcements.getState().say(thrownLine(error), 'bad');
    }
  };

  const act = (command: string): void => {
    const { setActive, move } = environments.getState();
    switch (command) {
      case 'rename':
      case 'duplicate':
      case 'delete':
      case 'settings':
        return setDialog(command);
      case 'active':
        return void attempt(() => setActive(active ? null : id));
      case 'up':
        if (above !== undefined) void attempt(() => move(new Set([id]), above.id, 'before'));
        return undefined;
      case 'down':
        if (below !== undefined) void attempt(() => move(new Set([id]), below.id, 'after'));
        return undefined;
      case 'compare':
        return navigation.getState().go({ screen: 'compare' });
      case 'history':
        return navigation.getState().go({ screen: 'history', id });
      case 'migrate':
        return navigation.getState().go({ screen: 'migrate', id });
      default:
        return undefined;
    }
  };

  useCommand('rename', () => setDialog('rename'));
  useCommand('duplicate', () => setDialog('duplicate'));
  useCommand('delete', () => setDialog('delete'));
  useCommand('environment-settings', () => setDialog('settings'));
  useCommand(
    'history',
    synced ? () => navigation.getState().go({ screen: 'history', id }) : undefined,
  );
  useCommand(
    'migrate',
    synced ? () => navigation.getState().go({ screen: 'migrate', id }) : undefined,
  );

  const duplicateKeys = shortcutOf('duplicate');
  const renameKeys = shortcutOf('rename');
  const compareKeys = shortcutOf('compare');
  return (
    <>
      <MenuTrigger>
        <IconButton label="More actions">
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
        <Menu
          aria-label={`Actions for ${name}`}
          onAction={(command) => act(String(command))}
          disabledKeys={[
            ...(above === undefined ? ['up'] : []),
            ...(below === undefined ? ['down'] : []),
            ...(synced ? [] : ['history', 'migrate']),
            ...(list.length < 2 ? ['compare'] : []),
          ]}
        >
          <MenuItem
            id="rename"
            icon={<TextCursor aria-hidden className={icon} />}
            {...(renameKeys !== undefined && { keys: renameKeys })}
          >
            Rename…
          </MenuItem>
          <MenuItem
            id="duplicate"
            icon={<CopyPlus aria-hidden className={icon} />}
            {...(duplicateKeys !== undefined && { keys: duplicateKeys })}
          >
            Duplicate…
          </MenuItem>
          <MenuItem id="settings" icon={<Settings2 aria-hidden className={icon} />}>
            Settings…
          </MenuItem>
          <MenuItem
            id="active"
            icon={
              active ? (
                <StarOff aria-hidden className={icon} />
              ) : (
                <Star aria-hidden className={icon} />
              )
            }
          >
            {active ? 'Set inactive' : 'Set active'}
          </MenuItem>
          <MenuLine />
          <MenuItem id="up" icon={<ArrowUp aria-hidden className={icon} />}>
            Move up
          </MenuItem>
          <MenuItem id="down" icon={<ArrowDown aria-hidden className={icon} />}>
            Move down
          </MenuItem>
          <MenuLine />
          <MenuItem
            id="compare"
            icon={<Columns2 aria-hidden className={icon} />}
            {...(compareKeys !== undefined && { keys: compareKeys })}
          >
            Compare
          </MenuItem>
          <MenuItem id="history" icon={<History aria-hidden className={icon} />}>
            History
          </MenuItem>
          <MenuItem id="migrate" icon={<FolderInput aria-hidden className={icon} />}>
            Migrate…
          </MenuItem>
          <MenuLine />
          <MenuItem id="delete" icon={<Trash2 aria-hidden className={icon} />} destructive>
            Delete…
          </MenuItem>
        </Menu>
      </MenuTrigger>
      <NameDialog
        title={`Rename ${name}`}
        submitLabel="Rename"
        schema={environmentNameSchema}
        initial={name}
        {...(synced && { help: `Its path stays ${environment.path}. Migrate… changes it.` })}
        isOpen={dialog === 'rename'}
        onClose={close}
        onSubmit={async (typed) => {
          if (!(await owners.getState().mayChange(id))) return;
          const followed = await environments.getState().rename(id, typed);
          await screen.getState().refresh();
          close();
          await references.getState().follow(followed);
        }}
        issueOf={thrownLine}
      />
      <NameDialog
        title={`Duplicate ${name}`}
        submitLabel="Duplicate"
        schema={environmentNameSchema}
        initial={`${name} copy`}
        help="Copies what was last saved or pulled. The copy is on this computer, not synced."
        isOpen={dialog === 'duplicate'}
        onClose={close}
        onSubmit={async (typed) => {
          const copy = await environments.getState().duplicate(id, typed);
          close();
          navigation.getState().go({ screen: 'environment', id: copy.id });
        }}
        issueOf={thrownLine}
      />
      {dialog === 'settings' ? <SettingsDialog environment={environment} onClose={close} /> : null}
      {dialog === 'delete' ? <DeleteDialog environment={environment} onClose={close} /> : null}
    </>
  );
}
