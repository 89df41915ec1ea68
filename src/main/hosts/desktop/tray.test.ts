import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { parseLink } from '@shared/model/place';
import { ElectronDouble, type ElectronDoubleOptions } from '@test/support/electron-double';
import { createTrayIcon, trayMenu } from './tray';
import type { TrayContents, TrayEnvironment } from './tray-contents';

const ID = '00000000-0000-4000-8000-000000000001';
const WORKSPACE = '00000000-0000-4000-8000-00000000000a';

const environment = (parts: Partial<TrayEnvironment> = {}): TrayEnvironment => ({
  id: ID,
  name: 'api/production',
  values: 'loaded',
  keys: [
    { key: 'API_KEY', isEmpty: false },
    { key: 'NOTHING', isEmpty: true },
  ],
  more: 0,
  ...parts,
});

const open = (parts: Partial<Extract<TrayContents, { isLocked: false }>> = {}): TrayContents => ({
  isLocked: false,
  workspaceId: WORKSPACE,
  favourites: [],
  recent: [environment()],
  first: [],
  ...parts,
});

function actions() {
  const done: unknown[][] = [];
  const record =
    (name: string) =>
    (...args: unknown[]): void =>
      void done.push([name, ...args]);
  return {
    done,
    actions: {
      show: record('show'),
      copy: record('copy'),
      load: record('load'),
      lock: record('lock'),
      quit: record('quit'),
    },
  };
}

type Items = readonly MenuItemConstructorOptions[];

const labels = (items: Items): (string | undefined)[] =>
  items.map(({ label, type }) => label ?? type);

const within = (items: Items, label: string): Items =>
  items.find((item) => item.label === label)?.submenu as Items;

const choose = (items: Items, label: string): void => {
  const { click } = items.find((item) => item.label === label)!;
  (click as () => void)();
};

describe('the menu', () => {
  it('leads from environments to the keys whose value is copied', () => {
    const { done, actions: run } = actions();
    const starred = environment({ name: 'web', keys: [], id: WORKSPACE });
    const menu = trayMenu(open({ favourites: [starred] }), run);
    expect(labels(menu)).toEqual([
      'Favourites',
      'web',
      'separator',
      'Recent',
      'api/production',
      'separator',
      'Open Strongroom',
      'Lock',
      'separator',
      'Quit Strongroom',
    ]);
    const keys = within(menu, 'api/production');
    expect(labels(keys)).toEqual([
      'Copy the value of',
      'API_KEY',
      'NOTHING',
      'separator',
      'Open in the window',
    ]);
    // There is nothing to copy.
    expect(keys.map(({ enabled }) => enabled)).toEqual([false, true, false, undefined, undefined]);
    expect(labels(within(menu, 'web'))[0]).toBe('No variables');
    choose(keys, 'API_KEY');
    for (const label of ['Open Strongroom', 'Lock', 'Quit Strongroom']) choose(menu, label);
    expect(done).toEqual([['copy', ID, 'API_KEY'], ['show'], ['lock'], ['quit']]);
  });

  it('says how many keys are left out, and leads to the environment in the window', () => {
    const { done, actions: run } = actions();
    const keys = within(
      trayMenu(open({ recent: [environment({ more: 170 })] }), run),
      'api/production',
    );
    choose(keys, '170 more in the window…');
    const [[, link] = []] = done;
    expect(parseLink(String(link))).toEqual({
      page: 'environment',
      environment: ID,
      workspace: WORKSPACE,
    });
  });

  it('offers to load values that are not in memory', () => {
    const { done, actions: run } = actions();
    const recent = [environment({ values: 'not-loaded', keys: [] })];
    const keys = within(trayMenu(open({ recent }), run), 'api/production');
    expect(labels(keys)).toEqual(['Load values', 'separator', 'Open in the window']);
    choose(keys, 'Load values');
    expect(done).toEqual([['load', ID]]);
  });

  it('only leads to the window if the values are unknown', () => {
    const { actions: run } = actions();
    const recent = [environment({ values: 'unknown', keys: [] })];
    const menu = trayMenu(open({ recent }), run);
    expect(labels(within(menu, 'api/production'))).toEqual(['Open in the window']);
  });

  it('has no name of anything while Strongroom is locked', () => {
    const { done, actions: run } = actions();
    const menu = trayMenu({ isLocked: true }, run);
    expect(labels(menu)).toEqual([
      'Strongroom is locked',
      'Unlock…',
      'separator',
      'Quit Strongroom',
    ]);
    choose(menu, 'Unlock…');
    expect(done).toEqual([['show']]);
  });

  it('has the first environments until one was opened, and says if there is none', () => {
    const { actions: run } = actions();
    const menu = (first: readonly TrayEnvironment[]): Items =>
      trayMenu(open({ recent: [], first }), run);
    expect(labels(menu([environment()])).slice(0, 2)).toEqual(['Environments', 'api/production']);
    expect(labels(menu([])).slice(0, 3)).toEqual([
      'No environments yet',
      'separator',
      'Open Strongroom',
    ]);
  });

  it('shows names as they are, and shortens long ones in the middle', () => {
    const { actions: run } = actions();
    const long = `${'a'.repeat(50)}${'b'.repeat(50)}`;
    const keys = [
      { key: 'SALT&PEPPER', isEmpty: false },
      { key: long, isEmpty: false },
    ];
    const menu = trayMenu(open({ recent: [environment({ keys })] }), run);
    expect(labels(within(menu, 'api/production')).slice(1, 3)).toEqual([
      'SALT&&PEPPER',
      `${'a'.repeat(30)}…${'b'.repeat(29)}`,
    ]);
  });
});

function started(platform: NodeJS.Platform = 'linux', options: ElectronDoubleOptions = {}) {
  const double = new ElectronDouble(options);
  const lines: string[] = [];
  const { done, actions: run } = actions();
  const icon = createTrayIcon({
    electron: double.electron,
    platform,
    actions: run,
    report: (line) => lines.push(line),
  });
  return { double, icon, lines, done };
}

describe('the icon', () => {
  it('is there while the core says so, and forgets all names at once when it is locked', () => {
    const { double, icon } = started();
    icon.lock();
    expect(double.trays).toEqual([]);
    icon.hear({ kind: 'contents', contents: open() });
    icon.lock();
    expect(double.trays[0]?.menus.map((menu) => menu[0]?.label)).toEqual([
      'Recent',
      'Strongroom is locked',
    ]);
    icon.hear({ kind: 'contents', contents: undefined });
    expect(double.trays[0]?.isDestroyed).toBe(true);
    icon.hear({ kind: 'contents', contents: open() });
    expect(double.trays).toHaveLength(2);
  });

  it('is coloured by the bar of a Mac, and opens the window with a click on Windows', () => {
    const mac = started('darwin');
    mac.icon.hear({ kind: 'contents', contents: open() });
    expect(mac.double.trays[0]?.isTemplate).toBe(true);
    const windows = started('win32');
    windows.icon.hear({ kind: 'contents', contents: open() });
    expect(windows.double.trays[0]?.isTemplate).toBe(false);
    windows.double.trays[0]?.emitter.emit('click');
    expect(windows.done).toEqual([['show']]);
  });

  it('is no matter of life and death', () => {
    const { double, icon, lines } = started();
    double.electron.Menu.buildFromTemplate = () => {
      throw new Error('no place for icons');
    };
    icon.hear({ kind: 'contents', contents: open() });
    expect(lines).toEqual([expect.stringContaining('The icon could not be shown.')]);
  });
});

describe('something that was not done', () => {
  const failed = { kind: 'failed', isLocked: false } as const;

  it.each([
    ['copy', 'The value was not copied.'],
    ['load', 'The values were not loaded.'],
  ] as const)('shows a notification with no name and no reason: %s', (what, title) => {
    const { double, icon, done } = started();
    icon.hear({ ...failed, what });
    const [notification] = double.notifications;
    expect(notification?.options).toEqual({ title, body: 'Open Strongroom to see why.' });
    expect(done).toEqual([]);
    notification?.emitter.emit('click');
    expect(done).toEqual([['show']]);
  });

  it('brings the window forward if the system shows no notifications', () => {
    const { icon, done } = started('linux', { hasNotifications: false });
    icon.hear({ ...failed, what: 'copy' });
    expect(done).toEqual([['show']]);
  });

  it('opens the window if it has to be unlocked first', () => {
    const { double, icon, done } = started();
    icon.hear({ ...failed, what: 'copy', isLocked: true });
    expect(done).toEqual([['show']]);
    expect(double.notifications).toEqual([]);
  });
});
