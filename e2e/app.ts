/** The app under test: the same journeys drive it in a browser and in Electron. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  expect,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import type { MainProcess } from './main-process';

/** A file that a page let the person keep. */
export interface Download {
  readonly name: string;
  readonly text: string;
}

export interface AppUnderTest {
  readonly host: 'browser' | 'desktop';
  readonly dataDirectory: string;
  /** The page as it is now; another one after `restart`. */
  readonly page: Page;
  /** What the app's processes wrote, apart from launch links. */
  readonly output: string;
  /** Quits and starts again with the same data directory. Resolves with the page when it can be used. */
  restart(): Promise<Page>;
  /** The page after Lock: in the desktop app, it has another process. */
  pageAfterLock(): Promise<Page>;
  /** Quits as a user would who wants no edits kept. */
  quit(): Promise<void>;
  /** The text on the clipboard, as another program would read it. */
  readClipboard(): Promise<string>;
  /** The file that the page offers after `start`. */
  download(start: () => Promise<void>): Promise<Download>;
  /** Electron's main process; the browser host has none. */
  readonly main: MainProcess | undefined;
  /** The process that was started; the others are below it. */
  readonly pid: number;
}

export interface LaunchOptions {
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with every page as soon as there is one. */
  readonly watch: (page: Page) => void;
  /** Called with what went wrong in a page before it could be watched. */
  readonly onFault: (fault: string) => void;
}

const built = (path: string): string => fileURLToPath(new URL(`../out/${path}`, import.meta.url));
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The page carries this when it can be used. */
export const isReady = async (page: Page): Promise<void> => {
  await expect(page.locator('html')).toHaveAttribute('data-app-state', 'ready');
};

export abstract class StartedApp implements AppUnderTest {
  abstract readonly host: 'browser' | 'desktop';
  abstract readonly main: MainProcess | undefined;
  abstract readonly pid: number;
  output = '';
  /** The page, while the app runs. */
  protected shown: Page | undefined;

  constructor(protected readonly options: LaunchOptions) {}

  abstract start(): Promise<Page>;
  abstract pageAfterLock(): Promise<Page>;
  abstract quit(): Promise<void>;
  abstract readClipboard(): Promise<string>;
  abstract download(start: () => Promise<void>): Promise<Download>;

  get dataDirectory(): string {
    return this.options.dataDirectory;
  }

  get page(): Page {
    if (this.shown === undefined) throw new Error('The app is not running.');
    return this.shown;
  }

  async restart(): Promise<Page> {
    await this.quit();
    return this.start();
  }

  protected show(page: Page): void {
    this.shown = page;
    this.options.watch(page);
  }
}

/** Opens what is like a window of a browser. */
export type OpenContext = (options: BrowserContextOptions) => Promise<BrowserContext>;

export class BrowserApp extends StartedApp {
  readonly host = 'browser';
  readonly main = undefined;
  #process: ChildProcess | undefined;
  #context: BrowserContext | undefined;

  constructor(
    private readonly openContext: OpenContext,
    options: LaunchOptions,
  ) {
    super(options);
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error('The app is not running.');
    return this.#process.pid;
  }

  async start(): Promise<Page> {
    const child = spawn(
      process.execPath,
      [built('main/browser.js'), '--port', '0', '--data-dir', this.dataDirectory],
      {
        // Whatever it leaves where it runs, such as a core dump, is searched with the rest.
        cwd: this.dataDirectory,
        env: this.options.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    const url = await this.#launchUrl(child);
    this.#context = await this.openContext({
      locale: 'en-GB',
      // A browser with a window lets a page write after a click; without one nobody answers the question.
      permissions: ['clipboard-write'],
    });
    const page = await this.#context.newPage();
    this.show(page);
    await page.goto(url);
    await isReady(page);
    return page;
  }

  async #launchUrl(child: ChildProcess): Promise<string> {
    if (child.stdout === null) throw new Error('The app has no standard output.');
    for await (const line of createInterface({ input: child.stdout })) {
      if (/^http:\/\/127\.0\.0\.1:\d+\//.test(line)) return line;
    }
    throw new Error(`The app ended before it printed its address:\n${this.output}`);
  }

  async pageAfterLock(): Promise<Page> {
    return this.page;
  }

  async quit(): Promise<void> {
    const context = this.#context;
    const child = this.#process;
    this.#context = undefined;
    this.shown = undefined;
    this.#process = undefined;
    try {
      await context?.close();
    } finally {
      await this.#end(child);
    }
  }

  async readClipboard(): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  async download(start: () => Promise<void>): Promise<Download> {
    const downloading = this.page.waitForEvent('download');
    await start();
    const file = await downloading;
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
  }

  async #end(child: ChildProcess | undefined): Promise<void> {
    if (child === undefined) return;
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    expect(child.exitCode, `The app did not end cleanly:\n${this.output}`).toBe(0);
  }
}
