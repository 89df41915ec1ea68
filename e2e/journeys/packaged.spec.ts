/** The packaged app, which `npm run package` starts: it pulls and shows a secret, and its fuses hold. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { startVaultServer } from '@test/servers/vault/server';
import { isReady } from '../app';
import { test as base, expect } from '../fixtures';
import { AppPage } from '../pages/app';
import { vaultPeer } from './peers';

/** A package that may be debugged, and the one for people. */
const executable = process.env['STRONGROOM_PACKAGED'] ?? '';
const release = process.env['STRONGROOM_RELEASE'] ?? '';

/** The command beside the app, on Linux and Windows and on macOS. */
const command = ['resources', '../Resources']
  .map((resources) => join(dirname(executable), resources, 'command', 'bin', 'strongroom'))
  .map((file) => (process.platform === 'win32' ? `${file}.cmd` : file))
  .find((file) => existsSync(file));

interface Packaged {
  readonly ended: Promise<unknown>;
  readonly devTools: string;
  readonly output: () => string;
}

const test = base.extend<{ launch: (more?: readonly string[]) => Promise<Packaged> }>({
  launch: async ({ dataDirectory }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    const start = async (more: readonly string[]): Promise<Packaged> => {
      const child = spawn(
        executable,
        ['--remote-debugging-port=0', '--lang=en-GB', `--data-dir=${dataDirectory}`, ...more],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      const ended = once(child, 'exit');
      ends.push(async () => {
        child.kill('SIGKILL');
        await ended;
      });
      let output = '';
      const devTools = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stderr })
          .on('line', (line) => {
            output += `${line}\n`;
            const [, url] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
            if (url !== undefined) resolve(url);
          })
          .once('close', () => {
            reject(new Error(`The app ended before it had a window:\n${output}`));
          });
      });
      return { ended, devTools, output: () => output };
    };
    await use(async (more = []) => {
      try {
        return await start(more);
      } catch (error) {
        // Containers often forbid what the sandbox needs, and Electron refuses to go on without.
        if (!/sandbox/i.test(String(error))) throw error;
        return start([...more, '--no-sandbox']);
      }
    });
    for (const end of ends) await end();
  },
});

/** Attaches when the page has loaded: before that, Playwright can wait for a navigation that is over. */
async function pageOf({ devTools }: Packaged) {
  const list = new URL('/json/list', devTools.replace(/^ws:/, 'http:'));
  await expect
    .poll(async () => JSON.stringify(await (await fetch(list)).json()))
    .toContain('"title":"Strongroom');
  const browser = await chromium.connectOverCDP(devTools, { isLocal: true, noDefaults: true });
  const [page] = browser.contexts()[0]?.pages() ?? [];
  if (page === undefined) throw new Error('The app has no window.');
  await isReady(page);
  return page;
}

test('pulls and shows a secret, and ends with its window', async ({ launch }) => {
  const vault = await startVaultServer({ rootToken: 'hvs.root-token-of-the-journeys' });
  try {
    const app = await launch();
    const page = await pageOf(app);
    const ui = new AppPage(page);
    const peer = vaultPeer(vault);
    peer.put('production', { API_KEY: 'sk-live' });
    await ui.welcome.providerDoor.click();
    await peer.setUp(ui.settings.connection);
    await ui.settings.connection.pullAllButton.click();
    await expect(ui.settings.connection.pullOutcome).toContainText('1 secret pulled');
    await ui.openEnvironment('production');
    await ui.environment.revealButton('API_KEY').click();
    await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
    await page.evaluate(() => {
      window.close();
    });
    expect(await app.ended, app.output()).toEqual([0, null]);
  } finally {
    await vault.close();
  }
});

test('opens no inspector of its main process', async ({ launch }) => {
  const app = await launch(['--inspect=0']);
  await pageOf(app);
  expect(app.output()).not.toContain('Debugger listening');
});

test('is closed to debuggers as people get it', async ({ dataDirectory }) => {
  for (const door of ['--remote-debugging-port=0', '--remote-debugging-pipe', '--inspect=0']) {
    const child = spawn(release, [door, '--no-sandbox', `--data-dir=${dataDirectory}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(output).toContain(`Strongroom does not start with ${door.replace('=0', '')}`);
    expect(output).not.toContain('listening on');
    expect(code).toBe(2);
  }
});

test('has the command beside it, which uses the core of the app or its own', async ({
  launch,
  dataDirectory,
}, { outputDir }) => {
  const strongroom = async (data: string, ...args: string[]) => {
    const { stdout } = await promisify(execFile)(
      command ?? 'the package has no command',
      [...args, `--data-dir=${data}`],
      {
        shell: process.platform === 'win32',
        env: {
          ...process.env,
          DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
          STRONGROOM_PASSPHRASE_FILE: passphrase,
        },
      },
    );
    return stdout;
  };
  await mkdir(outputDir, { recursive: true });
  const passphrase = join(outputDir, 'passphrase');
  await writeFile(passphrase, 'correct horse battery');
  const app = await launch();
  const page = await pageOf(app);
  expect(JSON.parse(await strongroom(dataDirectory, 'status', '--json'))).toMatchObject({
    running: true,
    host: 'desktop',
  });
  expect(JSON.parse(await strongroom(dataDirectory, 'open', '--json'))).toEqual({
    opened: false,
    running: true,
  });
  const other = join(outputDir, 'data');
  await strongroom(other, 'env', 'create', 'one');
  await strongroom(other, 'secret', 'create', 'KEY', '-e', 'one', '--value', 'sk-live');
  expect(await strongroom(other, 'secret', 'get', 'KEY', '-e', 'one')).toBe('sk-live');
  const ui = new AppPage(page);
  await ui.openSettings('General');
  await expect(page.getByRole('region', { name: 'Command line' })).not.toContainText(
    'This Strongroom cannot link its command.',
  );
});
