/** `npm start` as scripts and people use it, on a machine without a display. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReady } from '../app';
import { expect, test } from '../fixtures';

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const link = /^http:\/\/127\.0\.0\.1:\d+\/#launch=[\w-]{43}$/;

interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

const running = new Set<ChildProcess>();

function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, stdout: () => stdout, stderr: () => stderr };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
  const ended = once(child, 'close');
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}

test.beforeEach(({ host }) => {
  test.skip(host === 'desktop', 'It starts the browser host.');
});

test.afterEach(async () => {
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) await stop(child, 'SIGKILL');
  }
  running.clear();
});

test('prints one line, the address, when it can be opened', async ({ browser, dataDirectory }) => {
  const args = ['--browser', '--no-open', '--port', '0', '--data-dir', dataDirectory];
  const { child, stdout } = start(args);
  await expect.poll(stdout).toMatch(/\n/);
  expect(stdout().trimEnd()).toMatch(link);
  const page = await browser.newPage();
  await page.goto(stdout().trimEnd());
  await isReady(page);
  // The token is gone from the address as soon as it has been used.
  expect(page.url()).not.toContain('launch');
  await page.close();
  expect(await stop(child)).toBe(0);
  expect(stdout().trimEnd().split('\n')).toHaveLength(1);
});

for (const [signal, exitCode, size] of [
  ['SIGINT', 0, ''],
  ['SIGTERM', 0, ' @whole'],
  ['SIGKILL', null, ''],
] as const) {
  test(`${signal} ends the app with it, and cleanly${size}`, async ({ dataDirectory }) => {
    const args = ['--no-open', '--data-dir', dataDirectory];
    const first = start(args);
    await expect.poll(first.stdout).toMatch(/\n/);
    expect(await stop(first.child, signal)).toBe(exitCode);
    // Nothing is left that holds the data directory.
    const second = start(args);
    await expect.poll(second.stdout).toMatch(/\n/);
  });
}

test('ends with npm, whose shell passes no signal on', async ({ dataDirectory }) => {
  test.skip(process.platform === 'win32', 'There are no such signals on Windows.');
  const child = spawn(
    'npm',
    ['start', '--silent', '--', '--no-open', '--data-dir', dataDirectory],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  running.add(child);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await expect.poll(() => stdout).toMatch(/\n/);
  expect(stdout.trimEnd()).toMatch(link);
  // The pipe closes when the last process that holds it has ended.
  await stop(child);
  const next = start(['--no-open', '--data-dir', dataDirectory]);
  await expect.poll(next.stdout).toMatch(/\n/);
});

test('says in one line why there is no Electron window, and goes on @whole', async ({
  dataDirectory,
}) => {
  const { stdout, stderr } = start(['--data-dir', dataDirectory]);
  await expect.poll(stdout).toMatch(/\n/);
  expect(stdout().trimEnd()).toMatch(link);
  const reasons = stderr()
    .split('\n')
    .filter((line) => line.includes('Electron'));
  expect(reasons).toEqual([
    'Not in an Electron window: there is no display. Using the browser instead.',
  ]);
});

test('says so when the data directory is in use', async ({ dataDirectory }) => {
  const args = ['--no-open', '--data-dir', dataDirectory];
  const first = start(args);
  await expect.poll(first.stdout).toMatch(/\n/);
  const second = start(args);
  await once(second.child, 'close');
  expect(second.child.exitCode).not.toBe(0);
  expect(second.stdout()).toBe('');
  expect(second.stderr()).toContain('Strongroom is already running with');
});

test('opens an app window without its token in the arguments @whole', async ({ dataDirectory }) => {
  test.skip(process.platform !== 'linux', 'The browser it opens is a shell script.');
  const browser = join(dataDirectory, 'browser');
  await writeFile(browser, '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.args"\n');
  await chmod(browser, 0o700);
  const { stdout, child } = start(['--browser', '--data-dir', dataDirectory], {
    DISPLAY: ':99',
    CHROMIUM_PATH: browser,
  });
  const args = async (): Promise<string> =>
    readFile(`${browser}.args`, 'utf8').catch(() => 'not opened yet');
  await expect.poll(args).toContain('--app=file:');
  expect(await args()).not.toContain('launch');
  const file = fileURLToPath(/--app=(\S+)/.exec(await args())?.[1] ?? '');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toMatch(/http:\/\/127\.0\.0\.1:\d+\/#launch=/);
  expect(stdout()).toBe('');
  expect(await stop(child)).toBe(0);
  await expect(stat(file)).rejects.toThrow('ENOENT');
});

test('tells what it understands @whole', async () => {
  const { child, stdout } = start(['--help']);
  await once(child, 'close');
  for (const flag of ['--browser', '--no-open', '--port', '--data-dir']) {
    expect(stdout()).toContain(flag);
  }
  expect(child.exitCode).toBe(0);
});

test('refuses what it does not understand', async () => {
  const { child, stdout, stderr } = start(['--brwoser']);
  await once(child, 'close');
  expect(stderr()).toContain('--brwoser');
  expect(stdout()).toBe('');
  expect(child.exitCode).toBe(1);
});
