import { defineConfig } from '@playwright/test';
import { findBrowser } from '../scripts/ensure-browser.mjs';
import { memoryFolder } from '../scripts/lib/memory-folder.mjs';
import type { JourneyOptions } from './fixtures';

const isRoot = process.getuid?.() === 0;
const results = process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'];
const executablePath = await findBrowser();

const folder = memoryFolder();
if (folder !== undefined) process.env['TMPDIR'] ??= folder;

export default defineConfig<JourneyOptions>({
  testDir: 'journeys',
  globalSetup: './global-setup.ts',
  outputDir: '../test-results/e2e',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ...(results === undefined ? [] : [['json'] as const])],
  use: {
    ...(executablePath !== undefined && {
      launchOptions: {
        executablePath,
        // Drawing without a GPU is cheaper when it is not emulated. Chromium refuses to sandbox what root runs.
        args: ['--disable-gpu', ...(isRoot ? ['--no-sandbox'] : [])],
      },
    }),
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    viewport: { width: 1180, height: 780 },
    // Recording one costs as much as the journey itself: add `--trace on` to look into a failure.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    // A window of Electron is what `window.spec.ts` is about.
    {
      name: 'browser',
      use: { host: 'browser' },
      testIgnore: ['window.spec.ts', 'packaged.spec.ts'],
    },
    // The gallery is a separate page, and the same in both hosts.
    {
      name: 'desktop',
      use: { host: 'desktop' },
      testIgnore: ['gallery.spec.ts', 'packaged.spec.ts'],
    },
    // `npm run package` runs it, and says which app it is.
    { name: 'packaged', testMatch: 'packaged.spec.ts' },
  ],
});
