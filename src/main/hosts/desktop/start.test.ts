import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND_CHANNEL, CONNECT_MESSAGE, LINK_CHANNEL, LOCKED_CHANNEL } from '@shared/bridge';
import { AppError } from '@shared/errors';
import { defaultPreferences, type Theme } from '@shared/model/preferences';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Core } from '@core/core';
import { deferred } from '@test/support/deferred';
import type { IpcMainInvokeEvent } from 'electron';
import {
  connectEvent,
  createContents,
  ElectronDouble,
  frameOf,
  MessagePortMainDouble,
  preventable,
  type WindowDouble,
} from '@test/support/electron-double';
import { MessageChannel } from 'node:worker_threads';
import { runDesktopCore, type DesktopCoreOptions } from './core-side';
import { coreWithin } from './core-within';
import { startDesktopHost, type DesktopHostOptions } from './start';
import { background } from './window';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'strongroom-desktop-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(root, { recursive: true });
});

interface Started {
  readonly double: ElectronDouble;
  readonly lines: string[];
  readonly opened: DesktopCoreOptions[];
  readonly closed: () => number;
  readonly done: Promise<void>;
}

/** A core whose services can be handed to a router, but do nothing. */
const coreDouble = (parts: Pick<Core, 'preferencesOfHost' | 'close'>): Core =>
  new Proxy(
    { ...parts, preferences: { get: () => ({ ...defaultPreferences, showsTrayIcon: false }) } },
    { get: (target, name) => Reflect.get(target, name) ?? {} },
  ) as Core;

/** Starts the host; Electron is ready at once. */
function start(
  options: Partial<DesktopHostOptions> & {
    readonly double?: ElectronDouble;
    readonly close?: () => Promise<void>;
    readonly theme?: Theme;
    /** Why the core does not open. */
    readonly failure?: Error;
  } = {},
): Started {
  const {
    double = new ElectronDouble(),
    close = async () => undefined,
    theme = 'system',
    failure,
    ...overrides
  } = options;
  const lines: string[] = [];
  const opened: DesktopCoreOptions[] = [];
  let closed = 0;
  const report = (line: string): void => void lines.push(line);
  const done = startDesktopHost({
    electron: double.electron,
    lockDirectory: async () => undefined,
    command: { path: '/app/bin/strongroom.js', isLasting: true },
    startCore: () =>
      coreWithin(runDesktopCore, {
        openCore: async (coreOptions) => {
          if (failure !== undefined) throw failure;
          opened.push(coreOptions);
          return coreDouble({
            preferencesOfHost: () => ({ ...defaultPreferences, theme }),
            close: async () => {
              closed += 1;
              await close();
            },
          });
        },
        report,
      }),
    rendererFiles: { respond: async () => ({ status: 200, headers: {}, body: new Uint8Array() }) },
    preload: '/app/preload/index.cjs',
    argv: ['electron', '.', '--data-dir', join(root, 'data'), '--inspect=0'],
    platform: 'linux',
    devServerUrl: undefined,
    isDebuggable: false,
    report,
    ...overrides,
  });
  double.becomeReady();
  return { double, lines, opened, closed: () => closed, done };
}

/** Clicks an item of the menu. */
function choose(double: ElectronDouble, label: string): void {
  const item = double.menus
    .flat()
    .flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
    .find((one) => one.label === label);
  (item!.click as () => void)();
}

describe('the start', () => {
  test('does what has to be done before Electron is ready, in time', async () => {
    const { double, done } = start();
    await done;
    expect(double.log).toEqual([
      'registerSchemesAsPrivileged',
      'enableSandbox',
      'setPath userData',
      'setPath sessionData',
      'appendSwitch disable-http-cache',
      'appendSwitch disable-gpu-shader-disk-cache',
      'requestSingleInstanceLock',
      'whenReady',
      'handle strongroom',
    ]);
  });

  test.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk'])(
    'is refused with --%s, unless it is a package for tests',
    async (name) => {
      const { double, lines, opened, done } = start({
        double: new ElectronDouble({ switches: [name] }),
      });
      await done;
      expect(double.log).toEqual(['exit 2']);
      expect(lines).toEqual([expect.stringContaining(`--${name}`)]);
      expect(opened).toEqual([]);
      const debuggable = start({
        double: new ElectronDouble({ switches: [name] }),
        isDebuggable: true,
      });
      await debuggable.done;
      expect(debuggable.opened).toHaveLength(1);
    },
  );

  test('is the app of the installer on Windows, whose notifications need that', async () => {
    const { double, done } = start({ platform: 'win32' });
    await done;
    const installer = readFileSync(
      new URL('../../../../electron-builder.yml', import.meta.url),
      'utf8',
    );
    const [, appId = 'none'] = /^appId: (.+)$/m.exec(installer) ?? [];
    expect(double.log).toContain(`setAppUserModelId ${appId}`);
  });

  test('keeps everything in the data directory, closed to others', async () => {
    const { double, opened, done } = start();
    await done;
    const directory = join(root, 'data');
    expect(double.paths.get('userData')).toBe(directory);
    expect(double.paths.get('sessionData')).toBe(join(directory, 'window'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(opened).toMatchObject([{ host: 'desktop', version: '1.2.3', dataDirectory: directory }]);
  });

  test('leaves nothing of the page on the disk, also after a crash', async () => {
    const session = join(root, 'data', 'window');
    const write = async (name: string): Promise<void> => {
      await mkdir(join(session, 'Session Storage'), { recursive: true });
      await writeFile(join(session, 'Session Storage', name), 'sk-of-the-page');
    };
    await write('of-a-crash.log');
    const { double, done } = start();
    await done;
    expect(await readdir(session)).toEqual([]);
    await write('000003.log');
    double.app.emit('will-quit', preventable({}));
    await double.exited;
    expect(await readdir(session)).toEqual([]);
  });

  test('has Electron draw around the page in the theme that is chosen', async () => {
    const { double, opened, done } = start({ theme: 'light' });
    await done;
    const { nativeTheme } = double.electron;
    expect(nativeTheme.themeSource).toBe('light');
    expect(double.windows[0]?.options.backgroundColor).toBe(background.light);
    expect(double.windows[0]?.protections).toEqual([false]);
    opened[0]?.onPreferences?.({ ...defaultPreferences, theme: 'dark', protectsContent: true });
    await vi.waitFor(() => {
      expect(nativeTheme.themeSource).toBe('dark');
      expect(double.windows[0]?.protections).toEqual([false, true]);
    });
  });

  test('gives the core the proxy of the system', async () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, '');
    }
    const { double, opened, done } = start();
    await done;
    const { systemProxy } = opened[0]!;
    const target = new URL('https://vault.example.com:8200');
    expect(await systemProxy?.(target)).toBeUndefined();
    double.session.proxy = 'PROXY proxy.example.com:3128; DIRECT';
    expect((await systemProxy?.(target))?.url.href).toBe('http://proxy.example.com:3128/');
    vi.unstubAllEnvs();
  });

  test('gives the core the clipboard of the system', async () => {
    const { double, opened, done } = start();
    await done;
    const { clipboard } = opened[0]!;
    await clipboard?.writeText('a value');
    expect(double.clipboardText).toBe('a value');
    expect(await clipboard?.readText()).toBe('a value');
    expect(double.clipboardFormats).toEqual([]);
    expect(await clipboard?.writeSecret('a secret')).toEqual({ isConcealed: true });
    expect(double.clipboardText).toBe('a secret');
    expect(double.clipboardFormats).toHaveLength(2);
  });

  test('opens the window on the page, confined', async () => {
    const { double, done } = start();
    await done;
    expect(double.windows).toHaveLength(1);
    const { contents, loaded, options } = double.windows[0]!;
    expect(loaded).toEqual(['strongroom://app/']);
    expect(options.webPreferences?.devTools).toBe(false);
    expect(contents.openWindow('https://evil.example/')).toEqual({ action: 'deny' });
    expect(double.session.isBlocked('https://evil.example/')).toBe(true);
  });

  test('refuses a page of another origin', async () => {
    const { double, lines, done } = start();
    await done;
    const { contents } = double.windows[0]!.contents;
    const frame = frameOf({ origin: 'http://localhost:5173' });
    double.ipcMain.emit(CONNECT_MESSAGE, connectEvent(contents, [], frame));
    expect(lines).toEqual(['Refused a connection from the origin http://localhost:5173.']);
  });

  test('sends what the menu asks for to the window', async () => {
    const { double, done } = start();
    await done;
    choose(double, 'Settings…');
    expect(double.windows[0]!.contents.sent).toEqual([
      { channel: COMMAND_CHANNEL, args: ['settings'] },
    ]);
  });

  test('opens another window beside the first, on the same page, and gives it the core', async () => {
    const { double, lines, done } = start();
    await done;
    const first = double.windows[0]!;
    first.contents.url = 'strongroom://app/#/settings/audit';
    choose(double, 'New window');
    first.contents.openWindow('strongroom://app/#/vault/of/gold');
    expect(double.windows.map(({ loaded }) => loaded)).toEqual([
      ['strongroom://app/'],
      ['strongroom://app/#/settings/audit'],
      ['strongroom://app/'],
    ]);
    const second = double.windows[1]!;
    expect(second.options).toMatchObject({ x: 28, y: 28, width: 1180, height: 780 });
    const { port1 } = new MessageChannel();
    const port = new MessagePortMainDouble(port1);
    double.ipcMain.emit(CONNECT_MESSAGE, connectEvent(second.contents.contents, [port]));
    port.close();
    expect(lines).toEqual([]);

    // Commands go to the window that had the focus last, and to none that is gone.
    first.emitter.emit('focus');
    choose(double, 'Settings…');
    first.isDestroyed = true;
    first.emitter.emit('closed');
    second.emitter.emit('focus');
    choose(double, 'Settings…');
    expect(first.contents.sent).toHaveLength(1);
    expect(second.contents.sent).toHaveLength(1);
  });

  test('leaves all windows out of screenshots, and empties all when it is locked', async () => {
    const { double, opened, done } = start();
    await done;
    choose(double, 'New window');
    opened[0]?.onPreferences?.({ ...defaultPreferences, protectsContent: true });
    await vi.waitFor(() => {
      expect(double.windows.map(({ protections }) => protections.at(-1))).toEqual([true, true]);
    });
    opened[0]?.onShut?.(true);
    await vi.waitFor(() => {
      expect(double.windows.map(({ contents }) => contents.sent.at(-1)?.channel)).toEqual([
        LOCKED_CHANNEL,
        LOCKED_CHANNEL,
      ]);
    });
  });

  test('a second start brings the window to the front and ends', async () => {
    const { double, done } = start();
    await done;
    double.app.emit('second-instance', preventable({}), ['strongroom']);
    expect(double.windows[0]!.calls).toEqual(['show', 'focus']);

    const second = start({ double: new ElectronDouble({ isOnlyInstance: false }) });
    await second.done;
    expect(second.double.exitCodes).toEqual([0]);
    expect(second.opened).toEqual([]);
    expect(second.double.windows).toEqual([]);
  });
});

describe('a link', () => {
  const link = 'strongroom://open/compare';

  /** What main answers when a page asks for its link. */
  const asked = (double: ElectronDouble, window: WindowDouble, frame = frameOf()): unknown =>
    double.answers.get(LINK_CHANNEL)?.({
      sender: window.contents.contents,
      senderFrame: frame,
    } as IpcMainInvokeEvent);

  test('of the command line waits for the page, and is given once', async () => {
    const { double, done } = start({
      argv: ['strongroom', '--data-dir', join(root, 'data'), '--', link],
    });
    await done;
    const [window] = double.windows;
    expect(asked(double, window!, frameOf({ parent: frameOf() }))).toBeUndefined();
    expect(asked(double, window!)).toBe(link);
    expect(asked(double, window!)).toBeUndefined();
  });

  test('of a second start goes to the window that had the focus last', async () => {
    const { double, done } = start();
    await done;
    choose(double, 'New window');
    const [first, second] = double.windows;
    first!.emitter.emit('focus');
    double.app.emit('second-instance', preventable({}), ['strongroom', '.', link]);
    expect(first!.calls).toEqual(['show', 'focus']);
    expect(first!.contents.sent).toEqual([{ channel: LINK_CHANNEL, args: [] }]);
    expect(asked(double, second!)).toBeUndefined();
    expect(asked(double, first!)).toBe(link);
  });

  test('of macOS may come before the window', async () => {
    const double = new ElectronDouble();
    const { done } = start({ double, platform: 'darwin' });
    const event = preventable({});
    double.app.emit('open-url', event, link);
    expect(event.defaultPrevented).toBe(true);
    await done;
    expect(asked(double, double.windows[0]!)).toBe(link);
  });

  test('is given to no contents but those of a window', async () => {
    const { double, done } = start({ argv: ['strongroom', link] });
    await done;
    const stranger = createContents();
    const event = { sender: stranger.contents, senderFrame: frameOf() } as IpcMainInvokeEvent;
    expect(double.answers.get(LINK_CHANNEL)?.(event)).toBeUndefined();
  });

  test.each([
    ['win32', [['strongroom', ['--']]]],
    ['darwin', [['strongroom', []]]],
    ['linux', []],
  ] as const)('makes the packaged app its program: %s', async (platform, clients) => {
    const { double, done } = start({ platform });
    await done;
    expect(double.clients).toEqual(clients);
    const bare = start({ platform, double: new ElectronDouble({ isPackaged: false }) });
    await bare.done;
    expect(bare.double.clients).toEqual([]);
    const installer = readFileSync(
      new URL('../../../../electron-builder.yml', import.meta.url),
      'utf8',
    );
    expect(installer).toMatch(
      /^protocols:\n {2}- name: Strongroom\n {4}schemes:\n {6}- strongroom$/m,
    );
  });
});

describe('a dev server', () => {
  const devServerUrl = 'http://localhost:5173';

  test('serves the page of an app that is not packaged', async () => {
    const { double, lines, done } = start({
      double: new ElectronDouble({ isPackaged: false }),
      devServerUrl,
    });
    await done;
    const { contents, loaded, options } = double.windows[0]!;
    expect(loaded).toEqual(['http://localhost:5173/']);
    expect(options.webPreferences?.devTools).toBe(true);
    const frame = frameOf({ origin: 'strongroom://app' });
    double.ipcMain.emit(CONNECT_MESSAGE, connectEvent(contents.contents, [], frame));
    expect(lines).toEqual(['Refused a connection from the origin strongroom://app.']);
  });

  test('is not heeded by a packaged app', async () => {
    const { double, done } = start({ devServerUrl });
    await done;
    expect(double.windows[0]!.loaded).toEqual(['strongroom://app/']);
    expect(double.session.isBlocked('http://localhost:5173/')).toBe(true);
  });
});

describe('an app that cannot start', () => {
  test.each(['DATA_DIRECTORY_IN_USE', 'STORAGE_FAILED'] as const)(
    'says why (%s) and exits',
    async (code) => {
      const error = new AppError(code);
      const { double, done } = start({ failure: error });
      await done;
      expect(double.errorBoxes).toEqual([
        { title: 'Strongroom cannot start', content: `${error.message}\n\n${error.hint}` },
      ]);
      expect(double.exitCodes).toEqual([2]);
      expect(double.windows).toEqual([]);
    },
  );

  test('says nothing of the insides of a bug', async () => {
    const { double, lines, done } = start({ failure: new TypeError('hunter2') });
    await done;
    expect(double.errorBoxes[0]?.content).toContain('Something went wrong inside Strongroom.');
    expect(JSON.stringify([double.errorBoxes, lines])).not.toContain('hunter2');
    expect(lines[0]).toContain('TypeError');
    expect(double.exitCodes).toEqual([2]);
  });

  test('says so when its directory cannot be made', async () => {
    await writeFile(join(root, 'file'), '');
    const { double, done } = start({ argv: ['electron', '.', `--data-dir=${root}/file/data`] });
    await done;
    expect(double.errorBoxes[0]?.content).toContain('The data directory cannot be written.');
    expect(double.log).not.toContain('whenReady');
    expect(double.exitCodes).toEqual([2]);
  });
});

describe('quitting', () => {
  test('closes the core first, once, then exits', async () => {
    const closing = deferred();
    const { double, closed, done } = start({ close: () => closing.promise });
    await done;
    const first = preventable({});
    const second = preventable({});
    double.app.emit('will-quit', first);
    double.app.emit('will-quit', second);
    expect(first.defaultPrevented).toBe(true);
    expect(second.defaultPrevented).toBe(true);
    await vi.waitFor(() => {
      expect(closed()).toBe(1);
    });
    expect(double.exitCodes).toEqual([]);
    closing.resolve();
    expect(await double.exited).toBe(0);
    expect(closed()).toBe(1);
  });

  test('follows when the window is closed, on every system', async () => {
    const { double, closed, done } = start({ platform: 'darwin' });
    await done;
    double.app.emit('window-all-closed');
    expect(await double.exited).toBe(0);
    expect(closed()).toBe(1);
  });

  test('is not held up by a core that does not close', async () => {
    vi.useFakeTimers();
    const { double, lines, done } = start({ close: () => new Promise(() => undefined) });
    await done;
    double.app.emit('will-quit', preventable({}));
    await vi.advanceTimersByTimeAsync(4999);
    expect(double.exitCodes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(double.exitCodes).toEqual([1]);
    expect(lines[0]).toContain('Closing failed.');
  });

  test('says so when closing failed', async () => {
    const { double, lines, done } = start({ close: () => Promise.reject(new Error('hunter2')) });
    await done;
    double.app.emit('will-quit', preventable({}));
    expect(await double.exited).toBe(1);
    expect(lines[0]).toContain('Closing failed. Error');
    expect(lines[0]).not.toContain('hunter2');
  });
});
