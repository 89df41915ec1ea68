/** The app under test in a window of Electron. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { BrowserWindow } from 'electron';
import { chromium, expect, type CDPSession, type Page } from '@playwright/test';
import { isReady, root, StartedApp, type Download, type LaunchOptions } from './app';
import { MainProcess, type Electron } from './main-process';

/*
 * Not Playwright's own `_electron.launch`: it attaches to the window while the page begins to load. Now and
 * then it then waits for a navigation that is over, and never gives the window. Here the page has loaded
 * before Playwright comes. The sandbox of Chromium also stays on, which that function turns off.
 */

/** Whether Chromium's sandbox works here. The first start of a worker finds out. */
let isSandboxed = true;

/** Resolves when the page of the window has loaded. Runs in the main process. */
async function windowLoaded({ app, BrowserWindow }: Electron): Promise<void> {
  const window =
    BrowserWindow.getAllWindows()[0] ??
    (await new Promise<BrowserWindow>((resolve) => {
      app.once('browser-window-created', (_event, created) => {
        resolve(created);
      });
    }));
  const { webContents } = window;
  if (webContents.getURL() !== '' && !webContents.isLoading()) return;
  await new Promise<void>((resolve) => {
    webContents.once('did-finish-load', () => {
      resolve();
    });
  });
}

/** Puts a clipboard in memory in the place of the computer's, which is not the test's to use. */
function holdClipboard({ clipboard }: Electron): void {
  let held = '';
  clipboard.readText = async () => held;
  clipboard.writeText = async (text) => {
    held = text;
  };
}

/** Where `expectDownload` leaves what becomes of the download. */
interface Downloads {
  strongroomDownload?: Promise<{ readonly name: string; readonly state: string }>;
}

/** Keeps the next download at a path, without the dialog that would ask for one. */
function expectDownload({ session }: Electron, path: string): void {
  (globalThis as Downloads).strongroomDownload = new Promise((resolve) => {
    session.defaultSession.once('will-download', (_event, item) => {
      const name = item.getFilename();
      item.setSavePath(path);
      item.once('done', (_done, state) => {
        resolve({ name, state });
      });
    });
  });
}

const downloaded = (): Downloads['strongroomDownload'] =>
  (globalThis as Downloads).strongroomDownload;

/** Quits, and answers the question about unsaved edits: they are discarded. */
function quitApp({ app, dialog }: Electron): void {
  dialog.showMessageBoxSync = () => 0;
  app.quit();
}

/** Reports the errors of a page so far: DevTools says again what it said before it was listened to. */
async function reportErrorsSoFar(devTools: CDPSession, onFault: (fault: string) => void) {
  const onException = (event: { exceptionDetails: { text: string } }): void => {
    onFault(`uncaught before the start was over: ${event.exceptionDetails.text}`);
  };
  const onEntry = ({ entry }: { entry: { level: string; text: string } }): void => {
    if (entry.level === 'error') onFault(`console before the start was over: ${entry.text}`);
  };
  devTools.on('Runtime.exceptionThrown', onException);
  devTools.on('Log.entryAdded', onEntry);
  await devTools.send('Runtime.enable');
  await devTools.send('Log.enable');
  await devTools.send('Runtime.disable');
  await devTools.send('Log.disable');
}

export class DesktopApp extends StartedApp {
  readonly host = 'desktop';
  #process: ChildProcess | undefined;
  #main: MainProcess | undefined;
  /** Where DevTools listen. */
  #devTools = '';

  constructor(
    private readonly executable: string,
    options: LaunchOptions,
  ) {
    super(options);
  }

  get main(): MainProcess {
    if (this.#main === undefined) throw new Error('The app is not running.');
    return this.#main;
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error('The app is not running.');
    return this.#process.pid;
  }

  async start(): Promise<Page> {
    try {
      return await this.#launch();
    } catch (error) {
      // Containers often forbid what the sandbox needs, and Electron refuses to go on without.
      if (!isSandboxed || !/sandbox/i.test(this.output)) throw error;
      isSandboxed = false;
      return this.#launch();
    }
  }

  async #launch(): Promise<Page> {
    this.output = '';
    const child = spawn(
      this.executable,
      [
        ...(isSandboxed ? [] : ['--no-sandbox']),
        '--inspect=0',
        '--remote-debugging-port=0',
        '--lang=en-GB',
        '.',
        `--data-dir=${this.dataDirectory}`,
      ],
      { cwd: root, env: this.options.env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process = child;
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      this.output += `${line}\n`;
    });
    const [inspector, devTools] = await Promise.all([
      this.#announced(lines, /^Debugger listening on (ws:.*)$/),
      this.#announced(lines, /^DevTools listening on (ws:.*)$/),
    ]);
    this.#main = await MainProcess.connect(inspector);
    await this.#main.evaluate(holdClipboard);
    await this.#main.evaluate(windowLoaded);
    this.#devTools = devTools;
    const page = await this.#attach();
    await isReady(page);
    return page;
  }

  /** Playwright takes the end of the page’s process for a crash, and knows the page no more. */
  pageAfterLock(): Promise<Page> {
    return this.#attach();
  }

  /** What the app prints of itself as it starts. */
  #announced(lines: Interface, pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const [, url] = pattern.exec(line) ?? [];
        if (url !== undefined) resolve(url);
      });
      lines.once('close', () => {
        reject(new Error(`The app ended before it had a window:\n${this.output}`));
      });
    });
  }

  async #attach(): Promise<Page> {
    // Electron has none of what Playwright would set up in a browser, such as a folder for downloads.
    const browser = await chromium.connectOverCDP(this.#devTools, {
      isLocal: true,
      noDefaults: true,
    });
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The app has no window.');
    this.show(page);
    const session = await page.context().newCDPSession(page);
    await reportErrorsSoFar(session, this.options.onFault);
    // The page has the focus, whatever other windows do. It is so for as long as the session lives.
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    return page;
  }

  /** Which Electron this is, for the report. */
  async version(): Promise<string> {
    const version = await this.main.evaluate(() => process.versions.electron);
    return isSandboxed ? version : `${version} without Chromium’s sandbox`;
  }

  async quit(): Promise<void> {
    const child = this.#process;
    const main = this.#main;
    this.#process = undefined;
    this.#main = undefined;
    this.shown = undefined;
    if (child === undefined) return;
    if (main === undefined) {
      // It has no window yet that could be closed.
      child.kill('SIGKILL');
      return;
    }
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      await main.evaluate(quitApp).catch(() => undefined);
      main.close();
      await ended;
    }
    expect(child.exitCode, `The app did not end cleanly:\n${this.output}`).toBe(0);
  }

  async readClipboard(): Promise<string> {
    return this.main.evaluate(({ clipboard }) => clipboard.readText());
  }

  async download(start: () => Promise<void>): Promise<Download> {
    const path = join(tmpdir(), `strongroom-download-${randomUUID()}`);
    await this.main.evaluate(expectDownload, path);
    await start();
    const { name, state } = (await this.main.evaluate(downloaded)) ?? {};
    expect(state, 'How the download ended').toBe('completed');
    const text = await readFile(path, 'utf8');
    await rm(path);
    return { name: name ?? '', text };
  }
}
