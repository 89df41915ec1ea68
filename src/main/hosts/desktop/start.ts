/** The desktop host: the app in a window of Electron, over a port that the preload hands over. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, isAppError, toErrorReport } from '@shared/errors';
import { defaultPreferences, type HostPreferences } from '@shared/model/preferences';
import { dataDirectoryFrom } from '@core/storage/data-directory';
import { exitCodeOfClosing } from '../closing';
import { CoreKeeper } from '../core-process/keeper';
import type { RendererFiles } from '../renderer-files';
import { describeBug, type Report } from '../report';
import { createAttention } from './attention';
import { openSignInPage } from './external-links';
import { desktopClipboard } from './clipboard';
import { takeConnections } from './connection';
import { debuggingSwitch } from './debugging';
import { desktopServices, type DesktopCommand, type DesktopCoreProcess } from './core-process';
import type { Electron } from './electron';
import { endAfterFault } from './faults';
import { lockWhileAway } from './lock-while-away';
import { confineContents, confineSession } from './lockdown';
import { installMenus, sendCommand } from './menu';
import { APP_ORIGIN, APP_URL, registerAppScheme, serveAppScheme } from './scheme';
import { linkIn, passLinks, registerForLinks } from './links';
import { createTrayIcon } from './tray';
import { emptyWindow, focusWindow } from './window';
import { WindowMemory } from './window-state';
import { AppWindows } from './windows';

export interface DesktopHostOptions {
  readonly electron: Electron;
  /** Locks the data directory for as long as this process runs. Throws `AppError`. */
  readonly lockDirectory: (dataDirectory: string) => Promise<unknown>;
  readonly startCore: () => DesktopCoreProcess;
  /** The command that the core can link. */
  readonly command: DesktopCommand;
  readonly rendererFiles: RendererFiles;
  /** Absolute path of the built preload. */
  readonly preload: string;
  /** As in `process`. */
  readonly argv: readonly string[];
  readonly platform: NodeJS.Platform;
  /** Address of a dev server that serves the renderer; a packaged app ignores it. */
  readonly devServerUrl: string | undefined;
  /** Whether other programs may debug it. A package that people install is closed to them. */
  readonly isDebuggable: boolean;
  readonly report: Report;
}

/** That of the installer (electron-builder.yml). Windows shows the notifications of no app without one. */
const APP_ID = 'dev.strongroom.app';

/** Exit code: the app has shown the user why it does not start. */
const REFUSED = 2;

const dataDirectory = (argv: readonly string[]): string => {
  // Not strict: Electron and Chromium have arguments too.
  const { values } = parseArgs({
    args: argv.slice(1),
    options: { 'data-dir': { type: 'string' } },
    strict: false,
  });
  const typed = values['data-dir'];
  return dataDirectoryFrom(typeof typed === 'string' ? typed : undefined, process.env);
};

function refuseToStart({ electron, report }: DesktopHostOptions, error: unknown): void {
  if (!isAppError(error)) report(`The app could not start. ${describeBug(error)}`);
  const { message, hint } = toErrorReport(error);
  electron.dialog.showErrorBox('Strongroom cannot start', `${message}\n\n${hint}`);
  electron.app.exit(REFUSED);
}

/** Gives the core time to empty its memory and close its files before the process ends. */
function closeOnQuit(
  app: Electron['app'],
  core: { close(): Promise<void> },
  forget: () => void,
  report: Report,
): void {
  let isClosing = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    // Another quit() would be ignored; exit() ends the process without asking.
    void exitCodeOfClosing(core.close(), report).then((code) => {
      forget();
      app.exit(code);
    });
  });
}

/** The steps before Electron is ready. Returns the data directory; `undefined` if the app must not go on. */
function prepare(options: DesktopHostOptions): string | undefined {
  const { app } = options.electron;
  // Now: Chromium listens for a debugger as soon as this module has been evaluated.
  const debugging = options.isDebuggable ? undefined : debuggingSwitch(app);
  if (debugging !== undefined) {
    options.report(
      `Strongroom does not start with --${debugging}: it would let others read values.`,
    );
    app.exit(REFUSED);
    return undefined;
  }
  registerAppScheme(options.electron);
  app.enableSandbox();
  if (options.platform === 'win32') app.setAppUserModelId(APP_ID);
  const directory = dataDirectory(options.argv);
  try {
    mkdirSync(sessionDirectory(directory), { recursive: true, mode: 0o700 });
  } catch (error) {
    refuseToStart(options, new AppError('STORAGE_FAILED', { cause: error }));
    return undefined;
  }
  app.setPath('userData', directory);
  app.setPath('sessionData', sessionDirectory(directory));
  // Nothing of the page is worth a place on the disk: it comes from a file of the app each time.
  app.commandLine.appendSwitch('disable-http-cache');
  app.commandLine.appendSwitch('disable-gpu-shader-disk-cache');
  // The lock belongs to the user data directory: with another directory it is another app.
  if (!app.requestSingleInstanceLock()) {
    // The app that runs gets the arguments, and the link among them.
    app.exit(0);
    return undefined;
  }
  // What a crash left. Chromium opens its files once the app is ready.
  forgetSession(directory);
  registerForLinks(options.electron, options.platform);
  return directory;
}

/** What Chromium writes for the page. Nothing in it is ours, and it lasts only as long as the app runs. */
const sessionDirectory = (directory: string): string => join(directory, 'window');

/** Removes what Chromium wrote. Files that Windows holds open go at the next start. */
function forgetSession(directory: string): void {
  const entries = readdirSync(sessionDirectory(directory));
  for (const entry of entries) {
    try {
      rmSync(join(sessionDirectory(directory), entry), { recursive: true, force: true });
    } catch {
      // It is open, or another program has it.
    }
  }
}

async function run(options: DesktopHostOptions, directory: string): Promise<void> {
  const { electron, platform, report } = options;
  const { app, screen, session } = electron;
  const developerTools = !app.isPackaged;
  const devServer =
    options.devServerUrl === undefined || app.isPackaged
      ? undefined
      : new URL(options.devServerUrl);
  const pageUrl = devServer?.href ?? APP_URL;
  let preferences: HostPreferences = defaultPreferences;
  const windows = new AppWindows(electron, {
    preload: options.preload,
    url: pageUrl,
    developerTools,
    memory: new WindowMemory(join(directory, 'window-place.json'), () => {
      const primary = screen.getPrimaryDisplay();
      return [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)];
    }),
    protectsContent: () => preferences.protectsContent,
    report,
  });
  const pass = passLinks(electron, (contents) => windows.owns(contents));
  /** A link that came before there was a window. */
  let early = linkIn(options.argv);
  const comeForward = (link?: string): void => {
    const { current } = windows;
    focusWindow(current);
    if (link !== undefined && current !== undefined) pass(current, link);
    else early = link ?? early;
  };

  app.on('web-contents-created', (_event, created) => {
    confineContents(electron, created, pageUrl, (address) => windows.open(address), report);
  });
  app.on('second-instance', (_event, argv) => {
    comeForward(linkIn(argv));
  });
  // How macOS gives a link to an app, also to one that starts because of it.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    comeForward(link);
  });
  // On macOS too, so that no values stay in memory after the window was closed.
  app.on('window-all-closed', () => {
    app.quit();
  });

  await app.whenReady();
  confineSession(session.defaultSession, { network: devServer !== undefined });

  const attention = createAttention({
    electron,
    platform,
    window: () => windows.current,
    focusRequest: () => {
      sendCommand(windows.current?.webContents, 'waiting-request');
    },
    report,
  });
  const tray = createTrayIcon({
    electron,
    platform,
    actions: {
      show: comeForward,
      copy: (id, key) => {
        keeper.note({ kind: 'copy', id, key });
      },
      load: (id) => {
        keeper.note({ kind: 'load', id });
      },
      lock: () => {
        // The page may ask first, and a question in a window that is out of sight is one that nobody answers.
        comeForward();
        const contents = windows.current?.webContents;
        if (contents !== undefined && isConnected(contents)) sendCommand(contents, 'lock');
        else keeper.lock();
      },
      quit: () => {
        app.quit();
      },
    },
    report,
  });
  const keeper = new CoreKeeper({
    start: options.startCore,
    settings: () => ({
      version: app.getVersion(),
      dataDirectory: directory,
      command: options.command,
    }),
    services: desktopServices({
      clipboard: desktopClipboard(electron, platform),
      attention,
      // The default session exists before any window, and belongs to no page.
      resolveProxy: (url) => session.defaultSession.resolveProxy(url),
      openAddress: (address) => openSignInPage(electron, address, report),
    }),
    onPreferences: (now) => {
      preferences = now;
      // The title bar, the menus and the page's media query follow it.
      electron.nativeTheme.themeSource = now.theme;
      for (const window of windows.all) window.setContentProtection(now.protectsContent);
    },
    onNote: tray.hear,
    onLocked: () => {
      // Its questions ended with the core.
      attention.pending([]);
      tray.lock();
      for (const window of windows.all) emptyWindow(electron, window);
    },
    onGone: (error) => {
      report(`There is no core any more. ${describeBug(error)}`);
      endAfterFault(electron);
    },
    drop: (port) => {
      port.close();
    },
    report,
  });
  const forget = (): void => {
    forgetSession(directory);
  };
  closeOnQuit(app, keeper, forget, report);
  await keeper.open(() => options.lockDirectory(directory));
  serveAppScheme(electron, options.rendererFiles, () => preferences);

  lockWhileAway(electron.powerMonitor, {
    minutes: () => preferences.lockAfterMinutes,
    lock: () => {
      keeper.lock();
    },
  });
  const isConnected = takeConnections(electron, {
    accept: (port) => {
      keeper.hand(port);
    },
    owns: (contents) => windows.owns(contents),
    origin: devServer?.origin ?? APP_ORIGIN,
    report,
  });
  installMenus(electron, {
    platform,
    developerTools,
    send: (command) => {
      const contents = windows.current?.webContents;
      if (command === 'new-window') windows.open(contents?.getURL());
      else sendCommand(contents, command);
    },
  });
  const first = windows.open();
  if (early !== undefined) pass(first, early);
}

/**
 * Starts the app, or shows in a dialog why it cannot start, and exits. Everything up to the first `await`
 * happens before Electron is ready, as Electron requires. Never rejects.
 */
export async function startDesktopHost(options: DesktopHostOptions): Promise<void> {
  const directory = prepare(options);
  if (directory === undefined) return;
  try {
    await run(options, directory);
  } catch (error) {
    refuseToStart(options, error);
  }
}
