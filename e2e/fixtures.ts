/** The start of every journey: the built app with an empty data directory. No error in a page is missed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  test as base,
  expect,
  type Browser,
  type ConsoleMessage,
  type Page,
} from '@playwright/test';
import { findElectronForTests } from '../scripts/lib/electron-runtime.mjs';
import { here, whyNotElectron } from '../scripts/lib/host.mjs';
import { BrowserApp, type AppUnderTest, type OpenContext } from './app';
import { DesktopApp } from './desktop-app';
import { missingForSessionBus, startSessionBus } from './session-bus';

export { expect } from '@playwright/test';
export type { AppUnderTest } from './app';

export interface JourneyOptions {
  /** The host of the app; a project of the configuration sets it. */
  host: 'browser' | 'desktop';
  /** `none`: the app finds no keychain. `unlocked`: a GNOME Keyring only for this test. */
  keychain: 'none' | 'unlocked';
  /** Environment variables for the app, in addition to those of this process. */
  appEnv: Record<string, string>;
}

export interface JourneyFixtures {
  dataDirectory: string;
  /** Where the browser keeps what it stores, as an ordinary window does. Default: like a private window, nowhere. */
  profile: string | undefined;
  openContext: OpenContext;
  /** The running app; its page can be used. */
  app: AppUnderTest;
  /** All errors in pages so far. A test that expects an error removes it. */
  faults: string[];
}

export interface WorkerFixtures {
  /** Gives the Chromium of this worker, and starts it if it is not there: the desktop host needs none. */
  startBrowser: () => Promise<Browser>;
}

/** Variables of this process that would change what a test sees. */
const stripped =
  /^(AWS_|VAULT_|BAO_|AZURE_|GOOGLE_|CLOUDSDK_|DBUS_SESSION_BUS_ADDRESS$|XDG_|ELECTRON_|NODE_OPTIONS$|.*_PROXY$)/i;

const cleanEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !stripped.test(entry[0]),
    ),
  );

/** Collects uncaught errors and error lines of the console, including refusals by the page's policy. */
function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('crash', () => faults.push('the page crashed'));
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
}

export const test = base.extend<JourneyOptions & JourneyFixtures, WorkerFixtures>({
  host: ['browser', { option: true }],
  keychain: ['none', { option: true }],
  appEnv: [{}, { option: true }],

  startBrowser: [
    async ({ playwright }, use) => {
      let browser: Promise<Browser> | undefined;
      await use(() => (browser ??= playwright.chromium.launch()));
      await (await browser)?.close();
    },
    { scope: 'worker' },
  ],

  dataDirectory: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'strongroom-e2e-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },

  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults, 'What went wrong in the page').toEqual([]);
  },

  profile: async ({}, use) => {
    await use(undefined);
  },

  openContext: async ({ playwright, launchOptions, startBrowser, profile }, use) => {
    await use(async (options) =>
      profile === undefined
        ? (await startBrowser()).newContext(options)
        : playwright.chromium.launchPersistentContext(profile, { ...launchOptions, ...options }),
    );
  },

  app: async ({ openContext, host, keychain, appEnv, dataDirectory, faults }, use, info) => {
    const missing = keychain === 'unlocked' ? missingForSessionBus() : [];
    info.skip(missing.length > 0, `A keychain needs ${missing.join(', ')}.`);
    const executable = host === 'desktop' ? findElectronForTests() : undefined;
    if (host === 'desktop') {
      const obstacle = whyNotElectron(here());
      info.skip(obstacle !== undefined, `No Electron: ${obstacle ?? ''}.`);
      info.skip(executable === undefined, 'Electron’s runtime is not here.');
    }

    const session = keychain === 'unlocked' ? await startSessionBus() : undefined;
    const options = {
      dataDirectory,
      // An address where nothing listens: without an address, libdbus would search for a bus.
      env: {
        ...cleanEnvironment(),
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
        ...session?.env,
        ...appEnv,
      },
      watch: (page: Page) => {
        watch(page, faults);
      },
      onFault: (fault: string) => {
        faults.push(fault);
      },
    };
    const app =
      executable === undefined
        ? new BrowserApp(openContext, options)
        : new DesktopApp(executable, options);
    try {
      await app.start();
      if (app instanceof DesktopApp) {
        info.annotations.push({ type: 'electron', description: await app.version() });
      }
      await use(app);
    } finally {
      await app.quit();
      await session?.stop();
    }
  },

  page: async ({ app }, use) => {
    await use(app.page);
  },
});
