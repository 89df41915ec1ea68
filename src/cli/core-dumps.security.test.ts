/** What is in a core dump of the command, and in those of what it runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { systemCode } from '@core/storage/files';
import { buildForChild } from '@test/support/child-process';
import { TestCommand } from '@test/support/command';
import {
  abortWithCoreDump,
  coreDumpsIn,
  dumpedMemory,
  whyNoCoreDumps,
} from '@test/support/core-dumps';
import { filesHolding } from '@test/support/files-holding';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { textsInMemory } from '@test/support/process-memory';
import { temporaryDirectory } from '@test/support/temporary-directory';

const VALUE = 'value-that-nobody-may-see';
/** A program that goes on until it is ended. */
const WAITING = [process.execPath, '-e', 'console.log("ready"); setInterval(() => {}, 60_000)'];

const removals: (() => Promise<void>)[] = [];
let command: string;

beforeAll(async () => {
  const file = new URL('bin.ts', import.meta.url);
  command = fileURLToPath(await buildForChild(file, { atEnd: (done) => removals.push(done) }));
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

/** The words that run a program with an environment, which has the value. */
async function running(...program: readonly string[]): Promise<readonly string[]> {
  const folder = temporaryDirectory();
  const keychain = new MemoryKeychain();
  keychain.problem = 'There is none.';
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery');
  const env = { STRONGROOM_PASSPHRASE_FILE: passphrase };
  const dataDirectory = join(folder, 'data');
  const cli = new TestCommand({ keychain, env, dataDirectory, cwd: folder });
  await cli.ok(['env', 'create', 'production']);
  await cli.ok(['secret', 'create', 'KEY', '-e', 'production', '--value', '-'], { stdin: VALUE });
  const strongroom = [process.execPath, command, '--data-dir', dataDirectory];
  const run = ['run', '-e', 'production', '--', ...program];
  return ['env', `STRONGROOM_PASSPHRASE_FILE=${passphrase}`, ...strongroom, ...run];
}

/** Starts a program in an empty folder, and waits for its first line. */
async function started([program = '', ...args]: readonly string[]) {
  const folder = temporaryDirectory();
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn(program, args, { cwd: folder, stdio: [...stdio], detached: true });
  const ended = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} was not started.`);
  onTestFinished(async () => {
    try {
      // With what it has started, which can outlive it.
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if (systemCode(error) !== 'ESRCH') throw error;
    }
    await ended;
  });
  const [line = ''] = (await once(createInterface({ input: child.stdout }), 'line')) as string[];
  const dump = async (): Promise<string> => {
    abortWithCoreDump(pid);
    await ended;
    const [path = ''] = coreDumpsIn(folder);
    return path;
  };
  return { pid, folder, line, dump };
}

it('leaves its memory out of a core dump, which would hold values', async ({ skip }) => {
  const obstacle = whyNoCoreDumps();
  skip(obstacle !== undefined, obstacle);
  const other = await started([...WAITING, VALUE]);
  const whole = await other.dump();
  expect(await filesHolding(other.folder, Buffer.from(VALUE)), 'another program').toEqual([whole]);

  const own = await started(await running(...WAITING));
  expect(await textsInMemory(own.pid, [VALUE])).toEqual(new Set([VALUE]));
  expect(statSync(await own.dump()).size).toBeLessThan(statSync(whole).size / 10);
  expect(await filesHolding(own.folder, Buffer.from(VALUE))).toEqual([]);
});

it('changes nothing about the core dumps of the program that it runs', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux has a filter');
  const { line } = await started(await running('cat', '/proc/self/coredump_filter'));
  expect(line).toBe(dumpedMemory(process.pid));
});
