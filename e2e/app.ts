/** The app under test: the same journeys drive it in a browser and in Electron. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  _electron,
  expect,
  type Browser,
  type BrowserContext,
  type ElectronApplication,
  type Page,
} from '@playwright/test';

export interface AppUnderTest {
  readonly host: 'browser' | 'desktop';
  readonly dataDirectory: string;
  /** The page as it is now; another one after `restart`. */
  readonly page: Page;
  /** What the app's processes wrote, apart from launch links. */
  readonly output: string;
  /** Quits and starts again with the same data directory. Resolves with the page when it can be used. */
  restart(): Promise<Page>;
  /** Quits as a user would. */
  quit(): Promise<void>;
}

export interface LaunchOptions {
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with every page before anything runs in it. */
  readonly watch: (page: Page) => void;
}

const built = (path: string): string => fileURLToPath(new URL(`../out/${path}`, import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** The page carries this when it can be used. */
export const isReady = async (page: Page): Promise<void> => {
  await expect(page.locator('html')).toHaveAttribute('data-app-state', 'ready');
};

abstract class StartedApp implements AppUnderTest {
  abstract readonly host: 'browser' | 'desktop';
  output = '';
  /** The page, while the app runs. */
  protected shown: Page | undefined;

  constructor(protected readonly options: LaunchOptions) {}

  abstract start(): Promise<Page>;
  abstract quit(): Promise<void>;

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

class BrowserApp extends StartedApp {
  readonly host = 'browser';
  #process: ChildProcess | undefined;
  #context: BrowserContext | undefined;

  constructor(
    private readonly browser: Browser,
    options: LaunchOptions,
  ) {
    super(options);
  }

  async start(): Promise<Page> {
    const child = spawn(
      process.execPath,
      [built('main/browser.js'), '--port', '0', '--data-dir', this.dataDirectory],
      { cwd: root, env: this.options.env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    const url = await this.#launchUrl(child);
    // A new context, like a new private window.
    this.#context = await this.browser.newContext({ locale: 'en-GB' });
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

class DesktopApp extends StartedApp {
  readonly host = 'desktop';
  #electron: ElectronApplication | undefined;

  constructor(
    private readonly executablePath: string,
    options: LaunchOptions,
  ) {
    super(options);
  }

  async start(): Promise<Page> {
    this.#electron = await _electron.launch({
      executablePath: this.executablePath,
      args: ['.', `--data-dir=${this.dataDirectory}`],
      cwd: root,
      env: this.options.env,
      locale: 'en-GB',
    });
    this.#electron
      .process()
      .stderr?.setEncoding('utf8')
      .on('data', (text: string) => {
        this.output += text;
      });
    const page = await this.#electron.firstWindow();
    this.show(page);
    await isReady(page);
    return page;
  }

  async quit(): Promise<void> {
    const electron = this.#electron;
    this.#electron = undefined;
    this.shown = undefined;
    await electron?.close();
  }
}

export const createBrowserApp = (browser: Browser, options: LaunchOptions): StartedApp =>
  new BrowserApp(browser, options);

export const createDesktopApp = (executablePath: string, options: LaunchOptions): StartedApp =>
  new DesktopApp(executablePath, options);
