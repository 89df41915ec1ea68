/** How long programs take to start: the core, and commands. Each against a bare Node, in turns. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FromCore } from '@main/hosts/core-process/messages';
import { missingForSessionBus, startSessionBus } from '../e2e/session-bus';
import { startApp } from './app';
import { atMost, median, note } from './note';

const ROUNDS = 21;

const command = resolve('bin/strongroom.js');

interface Program {
  readonly what: string;
  /** Milliseconds of one start. */
  readonly start: () => Promise<number>;
}

/** The median of each, in milliseconds. In turns, so that a busy moment meets all of them. */
async function medians(programs: readonly Program[]): Promise<readonly number[]> {
  const times = programs.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { start }] of programs.entries()) times[index]?.push(await start());
  }
  return programs.map(({ what }, index) => {
    const all = times[index] ?? [];
    console.log(
      `${what}: median ${median(all).toFixed(0)} ms, least ${Math.min(...all).toFixed(0)} ms`,
    );
    return median(all);
  });
}

/** Starts a program with a channel, and ends it when it is ready. */
async function untilReady(
  file: string,
  isReady: (message: unknown) => boolean,
  first?: unknown,
): Promise<number> {
  const startedAt = performance.now();
  const child = fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  if (first !== undefined) child.send(first as object);
  for (;;) {
    const [message] = (await once(child, 'message')) as [unknown];
    if (isReady(message)) break;
  }
  const took = performance.now() - startedAt;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return took;
}

export async function benchCore(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const open = {
    kind: 'open',
    settings: { dataDirectory, port: 0, known: { launchTokens: [], sessions: [] } },
    startsShut: false,
  };
  const [bare = 1, core = 0] = await medians([
    {
      what: 'A bare Node server',
      start: () => untilReady(resolve('bench/requests/service.mjs'), () => true),
    },
    {
      what: 'The core, from its start until it serves windows',
      start: () =>
        untilReady(
          resolve('out/main/browser-core.js'),
          (message) => {
            const { kind } = message as FromCore<never>;
            if (kind === 'refused') throw new Error('The core did not open');
            return kind === 'ready';
          },
          open,
        ),
    },
  ]);
  note({
    what: 'Start of the core',
    against: 'start of a bare Node server',
    figure: core / bare,
    target: atMost(2.5),
  });
  await rm(dataDirectory, { recursive: true });
}

/** Milliseconds of one run, to its end. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - startedAt;
}

/**
 * A data directory with one secret, which no app has open, and the variables with which a command can read it. The key
 * is in a keyring, or, on a computer without one, made from a passphrase, which takes long on purpose.
 */
async function closedVault(folder: string) {
  const dataDirectory = join(folder, 'closed');
  const hasKeyring = missingForSessionBus().length === 0;
  const bus = hasKeyring ? await startSessionBus() : undefined;
  const passphraseFile = join(folder, 'passphrase');
  await writeFile(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
  const env = {
    ...process.env,
    ...(bus?.env ?? { STRONGROOM_PASSPHRASE_FILE: passphraseFile }),
  };
  const strongroom = [command, '--data-dir', dataDirectory, '--no-input'];
  if (!hasKeyring) await run([...strongroom, 'unlock', '--set-up'], env);
  await run([...strongroom, 'env', 'create', 'production'], env);
  await run(
    [...strongroom, 'secret', 'create', 'KEY', '-e', 'production', '--value', 'value'],
    env,
  );
  return {
    get: () => run([...strongroom, 'secret', 'get', 'KEY', '-e', 'production'], env),
    key: hasKeyring ? 'key in a keyring' : 'key from a passphrase',
    stop: async () => bus?.stop(),
  };
}

export async function benchCommands(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const dataDirectory = join(folder, 'open');
  const close = await startApp(dataDirectory);
  const vault = await closedVault(folder);
  const rows = [
    { what: 'node -e 0', start: () => run(['-e', '0']) },
    { what: 'strongroom --help', start: () => run([command, '--help']), target: 2 },
    {
      what: 'strongroom run -- true, with the app open',
      start: () => run([command, '--data-dir', dataDirectory, 'run', '--', 'true']),
      target: 3,
    },
    {
      what: `strongroom secret get, without the app (${vault.key})`,
      start: vault.get,
      target: 5,
    },
  ];
  try {
    const [bare = 1, ...commands] = await medians(rows);
    note(
      ...rows.slice(1).map(({ what, target = 0 }, index) => ({
        what,
        against: 'node -e 0',
        figure: (commands[index] ?? Infinity) / bare,
        target: atMost(target),
      })),
    );
  } finally {
    await close();
    await vault.stop();
    await rm(folder, { recursive: true });
  }
}
