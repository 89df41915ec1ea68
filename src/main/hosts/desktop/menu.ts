/** The menus that the system draws: the application menu and the context menu. */
import type { ContextMenuParams, MenuItemConstructorOptions, WebContents } from 'electron';
import { COMMAND_CHANNEL } from '@shared/bridge';
import { commandEntry, type CommandId } from '@shared/commands';
import type { Electron } from './electron';

type Item = MenuItemConstructorOptions;
type Template = Item[];

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Adds items for developing the app, which do not belong in a product. */
  readonly developerTools: boolean;
  readonly send: (command: CommandId) => void;
}

/** A separator between the commands of one menu. */
const LINE = 'line';
type Entry = CommandId | typeof LINE;

const FILE: readonly Entry[] = [
  'new-window',
  LINE,
  'new-environment',
  'import',
  'export',
  LINE,
  'save',
  'discard',
  LINE,
  'pull',
  'pull-all',
  'push-all',
  LINE,
  'new-workspace',
  'new-grant',
];
const VARIABLES: readonly Entry[] = ['add-variable', 'filter-variables', 'edit-as-text'];
const VIEW: readonly Entry[] = [
  'palette',
  LINE,
  'theme-system',
  'theme-light',
  'theme-dark',
  LINE,
  'lock',
];
const GO: readonly Entry[] = [
  'back',
  'forward',
  LINE,
  'go-to-environment',
  'search-environments',
  'previous-environment',
  'next-environment',
  LINE,
  'compare',
  'requests',
  'activity',
  'audit',
  LINE,
  'waiting-request',
];
const HELP: readonly Entry[] = ['help', 'search-guide', 'tour', 'shortcuts', 'test-connection'];

/**
 * A shortcut in Electron's notation: https://www.electronjs.org/docs/latest/tutorial/keyboard-shortcuts. A
 * shortcut without Ctrl or Command would be a character in a text field, so the menu has none.
 */
const acceleratorOf = (shortcut: string | undefined): string | undefined =>
  shortcut?.startsWith('Mod+') === true ? shortcut.replace('Mod', 'CmdOrCtrl') : undefined;

export function applicationMenu({ platform, developerTools, send }: MenuOptions): Template {
  const isMac = platform === 'darwin';
  const separator: Item = { type: 'separator' };

  const command = (id: CommandId, label = commandEntry(id).title): Item => {
    const accelerator = acceleratorOf(commandEntry(id).shortcut);
    return {
      id,
      label,
      click: () => {
        send(id);
      },
      // Only shown here: the window handles the key, because it knows what has the focus.
      ...(accelerator !== undefined && { accelerator, registerAccelerator: false }),
    };
  };
  const commands = (entries: readonly Entry[]): Template =>
    entries.map((entry) => (entry === LINE ? separator : command(entry)));

  const settings = command('settings', 'Settings…');
  const about = command('about', 'About Strongroom');
  const applicationItems: Template = [
    about,
    separator,
    settings,
    separator,
    { role: 'services' },
    separator,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    separator,
    { role: 'quit' },
  ];
  const developerItems: Template = [
    separator,
    { role: 'reload' },
    { role: 'forceReload' },
    { role: 'toggleDevTools' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu', submenu: applicationItems } satisfies Item] : []),
    {
      role: 'fileMenu',
      submenu: [
        ...commands(FILE),
        separator,
        ...(isMac
          ? [{ role: 'close' } satisfies Item]
          : [settings, separator, { role: 'quit' } satisfies Item]),
      ],
    },
    {
      role: 'editMenu',
      submenu: [
        command('undo'),
        command('redo'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        ...commands(VARIABLES),
      ],
    },
    {
      role: 'viewMenu',
      submenu: [
        ...commands(VIEW),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(developerTools ? developerItems : []),
      ],
    },
    { label: 'Go', submenu: commands(GO) },
    { role: 'windowMenu' },
    { role: 'help', submenu: [...commands(HELP), ...(isMac ? [] : [separator, about])] },
  ];
}

/** The commands that the field under the pointer allows now; empty if there are none. */
export function contextMenu({
  isEditable,
  selectionText,
  editFlags,
}: Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'editFlags'>): Template {
  if (isEditable) {
    return [
      { role: 'undo', enabled: editFlags.canUndo },
      { role: 'redo', enabled: editFlags.canRedo },
      { type: 'separator' },
      { role: 'cut', enabled: editFlags.canCut },
      { role: 'copy', enabled: editFlags.canCopy },
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ];
  }
  return selectionText === '' ? [] : [{ role: 'copy', enabled: editFlags.canCopy }];
}

export function installMenus({ Menu }: Pick<Electron, 'Menu'>, options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(options)));
}

export function offerContextMenu({ Menu }: Pick<Electron, 'Menu'>, contents: WebContents): void {
  contents.on('context-menu', (_event, params) => {
    const template = contextMenu(params);
    if (template.length > 0) Menu.buildFromTemplate(template).popup();
  });
}

export const sendCommand = (contents: WebContents | undefined, command: CommandId): void => {
  contents?.send(COMMAND_CHANNEL, command);
};
