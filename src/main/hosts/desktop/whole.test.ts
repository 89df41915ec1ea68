/**
 * The whole desktop app but its drawing: the bridge of the page, the preload, main and the real core,
 * with a double of Electron between them that carries real ports.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { MessagePort as NodePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOCKED_CHANNEL } from '@shared/bridge';
import { inCall } from '@core/call';
import { openCore, type Core } from '@core/core';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { connectEvent, ElectronDouble, MessagePortMainDouble } from '@test/support/electron-double';
import { runDesktopCore } from './core-side';
import { coreWithin } from './core-within';
import { adding } from '@test/support/core';
import { answeredBy, grantFor, service } from '@test/support/requests';
import { lockDirectory } from '../../lock-directory';
import { startDesktopHost } from './start';

// Variables, so that this file is compiled with neither the preload nor the window, which have a DOM.
const PRELOAD: string = '../../../preload/index.ts';
const BRIDGE: string = '../../../renderer/bridge/index.ts';

/** As much of the page's bridge as is used here. */
interface PageBridge {
  readonly host: string;
  readonly client: {
    readonly app: {
      info(): Promise<{ host: string; version: string; dataDirectory: string }>;
      savePreferences(changes: {
        readonly theme?: string;
        readonly showsTrayIcon?: boolean;
      }): Promise<void>;
    };
    readonly workspaces: { list(): Promise<{ currentId: string }> };
    readonly security: { lock(): Promise<void>; unlock(input: object): Promise<unknown> };
    readonly approvals: {
      watch(): Promise<AsyncIterableIterator<readonly { readonly id: string }[]>>;
      answer(input: { readonly id: string; readonly answer: string }): Promise<unknown>;
    };
  };
  onClosed(listener: (isLocked: boolean) => void): void;
  onCommand(listener: (command: string) => void): void;
}

const electron = vi.hoisted(() => ({
  toMain: (_channel: string, _ports: unknown[] | undefined): void => undefined,
  exposed: {} as Record<string, unknown>,
  listeners: new Map<string, (event: unknown, ...args: unknown[]) => void>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => {
      electron.exposed[name] = value;
    },
  },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) => {
      electron.listeners.set(channel, listener);
    },
    postMessage: (channel: string, _message: unknown, ports: unknown[]) => {
      electron.toMain(channel, ports);
    },
    send: (channel: string) => {
      electron.toMain(channel, undefined);
    },
  },
}));

/** As much of a window as bridge and preload see. */
class PageWindow extends EventTarget {
  readonly location = { origin: 'strongroom://app' };

  get strongroom(): unknown {
    return electron.exposed['strongroom'];
  }

  postMessage(data: unknown, targetOrigin: string, ports: unknown[]): void {
    if (targetOrigin !== this.location.origin) return;
    this.dispatchEvent(
      Object.assign(new Event('message'), { data, origin: targetOrigin, source: this, ports }),
    );
  }
}

const submenuOf = (
  menu: readonly MenuItemConstructorOptions[] | undefined,
  label: string,
): readonly MenuItemConstructorOptions[] => {
  const submenu = menu?.find((item) => item.label === label)?.submenu;
  return Array.isArray(submenu) ? submenu : [];
};

let directory: string;
let double: ElectronDouble;
let core: Core;
const lines: string[] = [];
const ports: NodePort[] = [];
const keychain = new MemoryKeychain();
const unlock: (() => void)[] = [];

/** Loads the page into the window that is open, as a fresh start or a reload would. */
async function loadPage(): Promise<PageBridge> {
  const { contents, sent } = double.windows[0]!.contents;
  electron.toMain = (channel, handed) => {
    if (handed === undefined) {
      double.ipcMain.emit(channel, { sender: contents });
      return;
    }
    ports.push(...(handed as NodePort[]));
    const received = handed.map((port) => new MessagePortMainDouble(port as NodePort));
    double.ipcMain.emit(channel, connectEvent(contents, received));
  };
  sent.length = 0;
  vi.stubGlobal('window', new PageWindow());
  vi.resetModules();
  await import(/* @vite-ignore */ PRELOAD);
  const { connect } = (await import(/* @vite-ignore */ BRIDGE)) as {
    connect: () => Promise<PageBridge>;
  };
  return connect();
}

/** Starts the app, as far as it gets. */
async function start(started: ElectronDouble): Promise<void> {
  const done = startDesktopHost({
    electron: started.electron,
    lockDirectory: async (path) => {
      unlock.push(await lockDirectory(path, 'desktop'));
    },
    command: { path: '/app/bin/strongroom.js', isLasting: true },
    startCore: () =>
      coreWithin(runDesktopCore, {
        openCore: async (options) => (core = await openCore({ ...options, keychain })),
        report: (line) => lines.push(line),
      }),
    rendererFiles: { respond: async () => ({ status: 200, headers: {}, body: new Uint8Array() }) },
    preload: '/app/preload/index.cjs',
    argv: ['strongroom', `--data-dir=${directory}`],
    platform: 'linux',
    devServerUrl: undefined,
    isDebuggable: false,
    report: (line) => lines.push(line),
  });
  started.becomeReady();
  await done;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strongroom-whole-'));
  double = new ElectronDouble();
  lines.length = 0;
  await start(double);
});

afterEach(async () => {
  double.electron.app.quit();
  await double.exited;
  for (const port of ports.splice(0)) port.close();
  for (const release of unlock.splice(0)) release();
  vi.unstubAllGlobals();
  await rm(directory, { recursive: true });
});

test('the page reaches the core through the preload', async () => {
  const page = await loadPage();
  expect(page.host).toBe('desktop');
  expect(await page.client.app.info()).toMatchObject({
    host: 'desktop',
    version: '1.2.3',
    dataDirectory: directory,
  });
  expect(lines).toEqual([]);
});

test('a reloaded page finds the same core', async () => {
  const first = await loadPage();
  const { currentId } = await first.client.workspaces.list();
  ports.splice(0).forEach((port) => {
    port.close();
  });
  const second = await loadPage();
  expect((await second.client.workspaces.list()).currentId).toBe(currentId);
});

test('a theme that the page keeps is what Electron draws around it', async () => {
  const page = await loadPage();
  const { nativeTheme } = double.electron;
  expect(nativeTheme.themeSource).toBe('system');
  await page.client.app.savePreferences({ theme: 'dark' });
  await vi.waitFor(() => {
    expect(nativeTheme.themeSource).toBe('dark');
  });
});

test('Lock ends the core, and gives the page another process and another core', async () => {
  const page = await loadPage();
  const closed: boolean[] = [];
  page.onClosed((isLocked) => closed.push(isLocked));
  const { contents } = double.windows[0]!;
  await page.client.security.lock();
  await vi.waitFor(() => {
    expect(contents.sent.map(({ channel }) => channel)).toContain(LOCKED_CHANNEL);
  });
  expect(contents.ended).toBe(0);
  electron.listeners.get(LOCKED_CHANNEL)?.({});
  expect(closed).toEqual([true]);
  expect([contents.ended, contents.reloads]).toEqual([1, 1]);
  // No report says that the window stopped working.
  expect(lines).toEqual([]);

  const next = await loadPage();
  await expect(next.client.workspaces.list()).rejects.toMatchObject({ code: 'LOCKED' });
  await next.client.security.unlock({});
  expect((await next.client.workspaces.list()).currentId).not.toBe('');
});

test('the menu reaches the page', async () => {
  const page = await loadPage();
  const heard: string[] = [];
  page.onCommand((command) => heard.push(command));
  const settings = double.menus
    .flat()
    .flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
    .find(({ label }) => label === 'Settings…');
  (settings!.click as () => void)();
  for (const { channel, args } of double.windows[0]!.contents.sent) {
    electron.listeners.get(channel)?.({}, ...args);
  }
  expect(heard).toEqual(['settings']);
});

test('a request that waits is announced, leads to the banner, and is answered in the page', async () => {
  const server = await service(answeredBy('ok'));
  const page = await loadPage();
  const heard: string[] = [];
  page.onCommand((command) => heard.push(command));
  const { currentId: workspaceId } = await page.client.workspaces.list();
  const grant = await grantFor({ core, workspaceId }, server, { token: 'sk-live-4242424242' });
  const lists = await page.client.approvals.watch();
  expect((await lists.next()).value).toEqual([]);
  const caller = { kind: 'mcp', process: { pid: 7, name: 'agent' } } as const;
  const answered = inCall({ caller }, async () => {
    const types: string[] = [];
    const request = { method: 'GET', url: server.url, headers: [] };
    const events = core.requests.send({ grant: grant.id }, request, new AbortController().signal);
    for await (const { type } of events) types.push(type);
    return types;
  });
  const { value } = await lists.next();
  const [question] = value as readonly { readonly id: string }[];
  await vi.waitFor(() => {
    expect(double.badgeCounts).toEqual([1]);
  });
  expect(double.notifications).toHaveLength(1);
  double.notifications[0]?.emitter.emit('click');
  for (const { channel, args } of double.windows[0]!.contents.sent) {
    electron.listeners.get(channel)?.({}, ...args);
  }
  expect(heard).toEqual(['waiting-request']);
  await page.client.approvals.answer({ id: question?.id ?? '', answer: 'once' });
  expect(await answered).toEqual(['waiting', 'head', 'chunk', 'end']);
  await vi.waitFor(() => {
    expect(double.badgeCounts).toEqual([1, 0]);
  });
  expect(double.notifications[0]?.calls).toEqual(['show', 'close']);
});

test('the icon copies one value without the page, as the window does', async () => {
  const page = await loadPage();
  const { currentId: workspaceId } = await page.client.workspaces.list();
  const { id } = core.environments.create(workspaceId, 'production');
  const { base = '' } = await core.environments.open(id);
  const added = adding({ API_KEY: 'sk-live-4242424242' });
  await core.editing.save(id, base, added, new AbortController().signal);
  // Any answer to a page has the menu read again.
  await page.client.app.info();
  const keyItem = (): MenuItemConstructorOptions | undefined =>
    submenuOf(double.trays[0]?.menus.at(-1), 'production').find(({ label }) => label === 'API_KEY');
  await vi.waitFor(() => {
    expect(keyItem()).toBeDefined();
  });
  (keyItem()!.click as () => void)();
  await vi.waitFor(() => {
    expect(double.clipboardText).toBe('sk-live-4242424242');
  });
  expect(double.clipboardFormats).toHaveLength(2);
  const [entry] = core.activity.list({ workspaceId, limit: 1 });
  expect(entry).toMatchObject({ action: 'copied', environment: 'production', detail: 'API_KEY' });
  expect(JSON.stringify(double.trays[0]?.menus)).not.toContain('sk-live');

  // The item of a menu that is still open when Strongroom is locked.
  const old = keyItem()!;
  double.clipboardText = '';
  await page.client.security.lock();
  await vi.waitFor(() => {
    expect(double.trays[0]?.menus.at(-1)?.[0]?.label).toBe('Strongroom is locked');
  });
  const { calls } = double.windows[0]!;
  calls.length = 0;
  (old.click as () => void)();
  expect(calls).toEqual(['show', 'focus']);
  expect(double.clipboardText).toBe('');
});

test('Lock of the icon lets the page ask, in sight, and locks without a page', async () => {
  const page = await loadPage();
  const heard: string[] = [];
  page.onCommand((command) => heard.push(command));
  const lock = (): void => {
    const item = double.trays[0]?.menus.at(-1)?.find(({ label }) => label === 'Lock');
    (item!.click as () => void)();
  };
  await vi.waitFor(() => {
    expect(double.trays).toHaveLength(1);
  });
  const { calls, contents } = double.windows[0]!;
  lock();
  expect(calls).toEqual(['show', 'focus']);
  for (const { channel, args } of contents.sent) electron.listeners.get(channel)?.({}, ...args);
  expect(heard).toEqual(['lock']);
  expect(core.security.isLocked()).toBe(false);

  contents.emitter.emit('render-process-gone', {}, { reason: 'crashed' });
  contents.sent.length = 0;
  lock();
  expect(contents.sent).toEqual([]);
  expect(calls).toEqual(['show', 'focus', 'show', 'focus']);
  await vi.waitFor(() => {
    expect(double.trays[0]?.menus.at(-1)?.[0]?.label).toBe('Strongroom is locked');
  });
});

test('the icon goes with its setting', async () => {
  const page = await loadPage();
  await vi.waitFor(() => {
    expect(double.trays[0]?.isDestroyed).toBe(false);
  });
  await page.client.app.savePreferences({ showsTrayIcon: false });
  await vi.waitFor(() => {
    expect(double.trays[0]?.isDestroyed).toBe(true);
  });
});

test('a second start with the same directory says that this one runs', async () => {
  const second = new ElectronDouble();
  await start(second);
  expect(second.errorBoxes[0]?.content).toContain('Strongroom is already running');
  expect(second.exitCodes).toEqual([2]);
  expect(second.windows).toEqual([]);
});
