/** The icon in the menu bar or the notification area. It copies one value while the window is out of sight. */
import type { MenuItemConstructorOptions, Tray } from 'electron';
import { linkTo } from '@shared/model/place';
import type { Electron } from './electron';
import type { TrayContents, TrayEnvironment, TrayNote, TrayOpen, TrayTask } from './tray-contents';
import { trayIcon } from './tray-icon';
import { describeBug, type Report } from '../report';

type Item = MenuItemConstructorOptions;

export interface TrayActions {
  /** Shows the window; with a link, on the page that it leads to. */
  readonly show: (link?: string) => void;
  readonly copy: (id: string, key: string) => void;
  /** Reads the values of an environment from its provider. */
  readonly load: (id: string) => void;
  readonly lock: () => void;
  readonly quit: () => void;
}

const LINE: Item = { type: 'separator' };

const LABEL_MAX = 60;

/** An ampersand marks a letter of the keyboard in a menu, unless it is doubled. */
function labelOf(name: string): string {
  const letters = Array.from(name);
  const half = LABEL_MAX / 2;
  const short =
    letters.length <= LABEL_MAX
      ? name
      : `${letters.slice(0, half).join('')}…${letters.slice(-half + 1).join('')}`;
  return short.replaceAll('&', '&&');
}

/** The whole menu. */
export function trayMenu(contents: TrayContents, actions: TrayActions): Item[] {
  const { show, lock, quit } = actions;
  const quitItem: Item = { label: 'Quit Strongroom', click: () => quit() };
  if (contents.isLocked) {
    return [
      { label: 'Strongroom is locked', enabled: false },
      { label: 'Unlock…', click: () => show() },
      LINE,
      quitItem,
    ];
  }
  const { favourites, recent, first } = contents;
  const groups: readonly (readonly [string, readonly TrayEnvironment[]])[] = [
    ['Favourites', favourites],
    ['Recent', recent],
    ['Environments', first],
  ];
  const shown = groups
    .filter(([, list]) => list.length > 0)
    .flatMap(([title, list]): Item[] => [
      { label: title, enabled: false },
      ...list.map((one) => environmentItem(contents, one, actions)),
      LINE,
    ]);
  return [
    ...(shown.length > 0 ? shown : [{ label: 'No environments yet', enabled: false }, LINE]),
    { label: 'Open Strongroom', click: () => show() },
    { label: 'Lock', click: () => lock() },
    LINE,
    quitItem,
  ];
}

function environmentItem(
  { workspaceId }: TrayOpen,
  { id, name, values, keys, more }: TrayEnvironment,
  { show, copy, load }: TrayActions,
): Item {
  const link = linkTo({ page: 'environment', environment: id, workspace: workspaceId });
  const open: Item = {
    label: more > 0 ? `${String(more)} more in the window…` : 'Open in the window',
    click: () => show(link),
  };
  const shown: Readonly<Record<typeof values, () => Item[]>> = {
    loaded: () => [
      { label: keys.length > 0 ? 'Copy the value of' : 'No variables', enabled: false },
      ...keys.map(({ key, isEmpty }) => ({
        label: labelOf(key),
        enabled: !isEmpty,
        click: () => copy(id, key),
      })),
      LINE,
    ],
    'not-loaded': () => [{ label: 'Load values', click: () => load(id) }, LINE],
    unknown: () => [],
  };
  return { label: labelOf(name), submenu: [...shown[values](), open] };
}

export interface TrayIconOptions {
  readonly electron: Pick<Electron, 'Tray' | 'Menu' | 'Notification' | 'nativeImage'>;
  readonly platform: NodeJS.Platform;
  readonly actions: TrayActions;
  readonly report: Report;
}

export interface TrayIcon {
  hear(note: TrayNote): void;
  /** The core was locked: its names go at once. */
  lock(): void;
}

export function createTrayIcon(options: TrayIconOptions): TrayIcon {
  const { electron, platform, actions, report } = options;
  let tray: Tray | undefined;
  let isLocked = false;
  // The menu can be open while Strongroom is locked.
  const unlessLocked =
    <Args extends readonly unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      if (isLocked) actions.show();
      else work(...args);
    };
  const guarded: TrayActions = {
    ...actions,
    copy: unlessLocked(actions.copy),
    load: unlessLocked(actions.load),
  };

  const draw = (contents: TrayContents | undefined): void => {
    if (contents === undefined) {
      tray?.destroy();
      tray = undefined;
      return;
    }
    if (tray === undefined) {
      tray = new electron.Tray(trayIcon(electron, platform));
      tray.setToolTip('Strongroom');
      // Elsewhere a click opens the menu.
      if (platform === 'win32') tray.on('click', () => actions.show());
    }
    ({ isLocked } = contents);
    tray.setContextMenu(electron.Menu.buildFromTemplate(trayMenu(contents, guarded)));
  };

  const drawIfPossible = (contents: TrayContents | undefined): void => {
    // A desktop without a place for icons must not end the app.
    try {
      draw(contents);
    } catch (error) {
      report(`The icon could not be shown. ${describeBug(error)}`);
    }
  };

  return {
    hear: (note) => {
      if (note.kind === 'contents') drawIfPossible(note.contents);
      else if (note.kind === 'failed') tell(options, note.what, note.isLocked);
    },
    lock: () => {
      if (tray !== undefined) drawIfPossible({ isLocked: true });
    },
  };
}

const NOT_DONE: Readonly<Record<TrayTask, string>> = {
  copy: 'The value was not copied.',
  load: 'The values were not loaded.',
};

/**
 * Notifies a person who may not see the window that a task failed. Names and reasons are left to the window: other
 * people may see the screen, even while it is locked.
 */
function tell(
  { electron: { Notification }, actions }: TrayIconOptions,
  what: TrayTask,
  isLocked: boolean,
): void {
  if (isLocked || !Notification.isSupported()) return actions.show();
  const notification = new Notification({
    title: NOT_DONE[what],
    body: 'Open Strongroom to see why.',
  });
  notification.on('click', () => actions.show());
  notification.show();
}
