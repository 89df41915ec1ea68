/**
 * Several processes at one data directory: what they print, that none waits for ever, and that no write is
 * lost.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { childOfAll, type Child } from '@test/support/child-process';
import type { Order } from '@test/support/children/agent';
import { TestCore } from '@test/support/core';
import { temporaryDirectory } from '@test/support/temporary-directory';

/** There are neither sockets in folders nor all of these signals. */
const isWindows = process.platform === 'win32';

const FOREVER = 600_000;
const SAVES = 12;

const run = childOfAll(new URL('../../test/support/children/agent.ts', import.meta.url));

interface Scene {
  readonly dataDirectory: string;
  /** Whose core can be opened, if no other process has one. */
  readonly core: TestCore;
  start(order: Omit<Partial<Order>, 'dataDirectory' | 'keychain'>): Child;
}

/** A data directory with environments of these names in the local vault, which is one file. */
async function scene(...names: readonly string[]): Promise<Scene & { readonly ids: string[] }> {
  const dataDirectory = temporaryDirectory();
  const core = new TestCore(dataDirectory);
  await core.start();
  onTestFinished(() => core.close());
  await core.useLocal();
  const ids: string[] = [];
  for (const name of names) ids.push(await core.createSynced(name, { FIRST: '1' }));
  await core.close();
  const keychain = [...core.keychain.entries];
  return {
    dataDirectory,
    core,
    ids,
    start: (order) =>
      run([JSON.stringify({ as: 'command', keeps: 0, dataDirectory, keychain, ...order })]),
  };
}

/** All that a process says until it ends by itself. */
async function linesOf(child: Child): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await child.line().catch(() => undefined);
    if (line === undefined) break;
    lines.push(line);
  }
  expect(await child.ended).toBe(0);
  return lines;
}

/** The refusal that names who holds a data directory. */
const inUse = (dataDirectory: string, holder: string, { pid }: Child): RegExp =>
  new RegExp(
    `^DATA_DIRECTORY_IN_USE .* ${dataDirectory}: ${holder}, process ${String(pid)}, since [-0-9]+ [0-9:]+ UTC\\.`,
  );

/** The keys that all the saves of one process have left in an environment. */
const savedKeys = ['FIRST', ...Array.from({ length: SAVES }, (_, time) => `KEY_${String(time)}`)];

async function expectNothingLost({ core }: Scene, ids: readonly string[]): Promise<void> {
  await core.start();
  await core.pullAll();
  for (const id of ids) expect(Object.keys(await core.values(id))).toEqual(savedKeys);
}

describe.skipIf(isWindows)('a command alone', () => {
  it('opens its own core, serves nobody, and ends by itself', async () => {
    const { start, dataDirectory } = await scene();
    const child = start({ keeps: 200 });
    expect(await child.line()).toBe('own core');
    expect(existsSync(join(dataDirectory, 'core.sock'))).toBe(false);
    expect(JSON.parse(readFileSync(join(dataDirectory, 'holder.json'), 'utf8'))).toEqual({
      pid: child.pid,
      host: 'cli',
      startedAt: expect.any(Number) as number,
    });
    expect(await linesOf(child)).toEqual(['asked cli', 'closed']);
    expect(existsSync(join(dataDirectory, 'holder.json'))).toBe(false);
  });
});

describe.skipIf(isWindows)('the app and a command', () => {
  it('share the core of the app; the command ends by itself', async () => {
    const { start } = await scene();
    const app = start({ as: 'app', keeps: FOREVER });
    expect(await app.line()).toBe('open');
    expect(await linesOf(start({}))).toEqual(['connected', 'asked browser', 'closed']);
  });

  it('lose no write', async () => {
    const it = await scene('production', 'staging');
    const [production = '', staging = ''] = it.ids;
    const app = it.start({
      as: 'open-app',
      saves: { id: production, times: SAVES },
      keeps: FOREVER,
    });
    expect(await app.line()).toBe('open');
    const lines = await linesOf(it.start({ saves: { id: staging, times: SAVES } }));
    expect(lines).toEqual([...Array.from({ length: SAVES }, () => 'connected'), 'closed']);
    expect(await app.line()).toBe('saved');
    app.kill('SIGKILL');
    await app.ended;
    await expectNothingLost(it, it.ids);
  });

  it.each([0, 100, 200])(
    'come together if both are started at once and the command keeps its core for %i ms',
    async (keeps) => {
      const { start } = await scene();
      const command = start({ keeps });
      const app = start({ as: 'app', keeps: FOREVER });
      const [first = '', ...others] = await linesOf(command);
      expect(['own core', 'connected']).toContain(first);
      expect(others).toEqual([`asked ${first === 'connected' ? 'browser' : 'cli'}`, 'closed']);
      expect(await app.line()).toBe('open');
      expect(await linesOf(start({}))).toContain('connected');
    },
  );

  it('go on after the app was killed, and find it again when it is back', async () => {
    const { start, dataDirectory } = await scene();
    const socket = join(dataDirectory, 'core.sock');
    for (let round = 0; round < 2; round += 1) {
      const app = start({ as: 'app', keeps: FOREVER });
      expect(await app.line()).toBe('open');
      expect(await linesOf(start({}))).toContain('connected');
      app.kill('SIGKILL');
      await app.ended;
      expect(existsSync(socket)).toBe(true);
      expect(await linesOf(start({}))).toEqual(['own core', 'asked cli', 'closed']);
    }
    const app = start({ as: 'app', keeps: 300 });
    expect(await linesOf(app)).toEqual(['open', 'closed']);
    expect(existsSync(socket)).toBe(false);
  });

  it('are told apart from the app of another data directory', async () => {
    const [one, two] = [await scene(), await scene()];
    expect(await one.start({ as: 'app', keeps: FOREVER }).line()).toBe('open');
    expect(await linesOf(two.start({}))).toContain('own core');
  });

  it('do not disturb each other if the command is killed, connected or with its own core', async () => {
    const { start } = await scene();
    const owner = start({ keeps: FOREVER });
    expect(await owner.line()).toBe('own core');
    const app = start({ as: 'app', keeps: FOREVER });
    owner.kill('SIGKILL');
    expect(await app.line()).toBe('open');
    const connected = start({ keeps: FOREVER });
    expect(await connected.line()).toBe('connected');
    expect(await connected.line()).toBe('asked browser');
    connected.kill('SIGKILL');
    await connected.ended;
    expect(await linesOf(start({}))).toContain('connected');
  });

  it('do not wait for each other if the data directory is that of another app', async () => {
    const { start, dataDirectory } = await scene();
    const first = start({ as: 'app', keeps: FOREVER });
    expect(await first.line()).toBe('open');
    const lines = await linesOf(start({ as: 'app' }));
    expect(lines).toEqual([
      expect.stringMatching(inUse(dataDirectory, 'the browser host', first)) as string,
    ]);
    expect(lines[0]).toMatch(/ Use the one that is running, or choose another directory with /);
  });

  it('are not kept apart by a process that says nothing', async () => {
    const { start, dataDirectory } = await scene();
    const app = start({ as: 'app', keeps: FOREVER });
    expect(await app.line()).toBe('open');
    app.kill('SIGSTOP');
    onTestFinished(() => app.kill('SIGCONT'));
    const lines = await linesOf(start({}));
    expect(lines).toEqual([
      expect.stringMatching(inUse(dataDirectory, 'the browser host', app)) as string,
    ]);
  });
});

describe.skipIf(isWindows)('two commands', () => {
  it('take turns, and lose no write', async () => {
    const it = await scene('production', 'staging');
    const commands = it.ids.map((id) => it.start({ saves: { id, times: SAVES } }));
    for (const lines of await Promise.all(commands.map(linesOf))) {
      expect(lines).toEqual([...Array.from({ length: SAVES }, () => 'own core'), 'closed']);
    }
    await expectNothingLost(it, it.ids);
  });

  it('and an app that is started meanwhile lose no write either', async () => {
    const it = await scene('production', 'staging', 'test');
    const [own = '', ...others] = it.ids;
    const commands = others.map((id) => it.start({ saves: { id, times: SAVES } }));
    expect(await commands[0]!.line()).toBe('own core');
    const app = it.start({ as: 'open-app', saves: { id: own, times: SAVES }, keeps: FOREVER });
    for (const lines of await Promise.all(commands.map(linesOf))) {
      expect(lines.slice(0, -1)).toContain('connected');
      expect(lines.at(-1)).toBe('closed');
    }
    expect(await app.line()).toBe('open');
    expect(await app.line()).toBe('saved');
    app.kill('SIGKILL');
    await app.ended;
    await expectNothingLost(it, it.ids);
  });

  it('wait for each other, but not for ever', async () => {
    const { start, dataDirectory } = await scene();
    const long = start({ keeps: FOREVER });
    expect(await long.line()).toBe('own core');
    const startedAt = performance.now();
    const [command, app] = await Promise.all([linesOf(start({})), linesOf(start({ as: 'app' }))]);
    expect(performance.now() - startedAt).toBeGreaterThan(4900);
    const message = inUse(dataDirectory, 'a command', long);
    expect([command, app]).toEqual([
      [expect.stringMatching(message)],
      [expect.stringMatching(message)],
    ]);
    expect(command[0]).toMatch(/did not answer within five seconds/);
    expect(app[0]).toMatch(/Wait for the command to end, or choose another directory/);
  });
});
