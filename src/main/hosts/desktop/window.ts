/** One window of the app. */
import { LOCKED_CHANNEL } from '@shared/bridge';
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import type {
  BrowserWindow,
  BrowserWindowConstructorOptions,
  IpcMainEvent,
  WebContents,
} from 'electron';
import type { Electron } from './electron';
import { offerContextMenu } from './menu';
import { describeBug, type Report } from '../report';
import { WINDOW_MIN, type Placement } from './window-state';

export interface WindowOptions {
  /** Absolute path of the built preload. */
  readonly preload: string;
  readonly url: string;
  readonly developerTools: boolean;
  readonly placement: Placement;
  readonly report: Report;
}

/** The background of the page (`--panel` of styles.css), shown until the page is drawn. */
export const background = { light: '#fbfcfd', dark: '#171b22' } as const;

export const browserWindowOptions = (
  {
    preload,
    developerTools,
    placement,
  }: Pick<WindowOptions, 'preload' | 'developerTools' | 'placement'>,
  theme: keyof typeof background,
): BrowserWindowConstructorOptions => ({
  title: 'Strongroom',
  ...placement.bounds,
  minWidth: WINDOW_MIN.width,
  minHeight: WINDOW_MIN.height,
  show: false,
  autoHideMenuBar: true,
  backgroundColor: background[theme],
  webPreferences: {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    plugins: false,
    webgl: false,
    // A spell checker learns words and downloads dictionaries: it must not see values.
    spellcheck: false,
    devTools: developerTools,
  },
});

/** Offers to reload the page when its process has died; main and its data are not affected. */
async function recover(
  { app, dialog }: Pick<Electron, 'app' | 'dialog'>,
  window: BrowserWindow,
): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working.',
    detail: 'Unsaved changes are lost. Everything else is safe.',
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) window.webContents.reload();
  else app.quit();
}

/** Pages whose process was ended on purpose. */
const emptied = new WeakSet<WebContents>();

export function openWindow(
  electron: Pick<Electron, 'app' | 'BrowserWindow' | 'dialog' | 'Menu' | 'nativeTheme'>,
  options: WindowOptions,
): BrowserWindow {
  const theme = electron.nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
  const window = new electron.BrowserWindow(browserWindowOptions(options, theme));
  const { webContents } = window;
  const reportBug = (what: string) => (thrown: unknown) => {
    options.report(`${what} ${describeBug(thrown)}`);
  };

  window.once('ready-to-show', () => {
    if (options.placement.isMaximized) window.maximize();
    window.show();
  });
  offerContextMenu(electron, webContents);
  // Each process that the page gets. Chromium starts it, from one that began before the app could say so.
  webContents.on('dom-ready', () => {
    leaveMemoryOutOfCoreDumps(webContents.getOSProcessId());
  });
  webContents.on('preload-error', (_event, _path, error) => {
    reportBug('The preload failed.')(error);
  });
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    if (emptied.delete(webContents)) {
      webContents.reload();
      return;
    }
    options.report(`The page’s process is gone: ${reason}.`);
    recover(electron, window).catch(reportBug('The window could not be recovered.'));
  });
  // The page prevents unloading while it has unsaved edits; Electron itself shows no question.
  webContents.on('will-prevent-unload', (event) => {
    const leave = electron.dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Leave with unsaved edits?',
      detail: 'Unsaved edits to environments and unsaved forms are lost.',
      buttons: ['Discard edits', 'Stay'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    });
    if (leave === 0) event.preventDefault();
  });
  window.loadURL(options.url).catch(reportBug('The page could not be loaded.'));
  return window;
}

/** Milliseconds. A page that hangs forgets nothing, and loses its process all the same. */
const FORGETS_WITHIN_MS = 1000;

/** Gives the page of a window another process, which has seen nothing. */
export function emptyWindow({ ipcMain }: Pick<Electron, 'ipcMain'>, window: BrowserWindow): void {
  const { webContents } = window;
  const replace = (): void => {
    clearTimeout(timer);
    ipcMain.removeListener(LOCKED_CHANNEL, onForgotten);
    if (window.isDestroyed()) return;
    emptied.add(webContents);
    webContents.forcefullyCrashRenderer();
  };
  const onForgotten = ({ sender }: IpcMainEvent): void => {
    if (sender === webContents) replace();
  };
  const timer = setTimeout(replace, FORGETS_WITHIN_MS);
  ipcMain.on(LOCKED_CHANNEL, onForgotten);
  webContents.send(LOCKED_CHANNEL);
}

export function focusWindow(window: BrowserWindow | undefined): void {
  if (window === undefined || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
