/** The menus the system draws: the application menu, and the one under the right mouse button. */
import type { ContextMenuParams, MenuItemConstructorOptions, WebContents } from 'electron';
import { COMMAND_CHANNEL, type WindowCommand } from '@shared/bridge';
import type { Electron } from './electron';

type Template = MenuItemConstructorOptions[];

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Adds what helps to build the app and has no place in a product. */
  readonly developerTools: boolean;
  readonly send: (command: WindowCommand) => void;
}

export function applicationMenu({ platform, developerTools, send }: MenuOptions): Template {
  const isMac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => {
      send('open-settings');
    },
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const applicationItems: Template = [
    { role: 'about' },
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
    isMac
      ? { role: 'appMenu', submenu: applicationItems }
      : { role: 'fileMenu', submenu: [settings, separator, { role: 'quit' }] },
    { role: 'editMenu' },
    {
      role: 'viewMenu',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(developerTools ? developerItems : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}

/** Offers what the editor under the pointer can do now; empty where there is nothing to do. */
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

export const sendCommand = (contents: WebContents | undefined, command: WindowCommand): void => {
  contents?.send(COMMAND_CHANNEL, command);
};
