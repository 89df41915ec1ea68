/**
 * `npm run bench:run`: how long `strongroom run -- true` takes with the app open, and help and completion, against a
 * bare Node and, if `DOTENVX` names its script, `dotenvx run`. Build Strongroom first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { openCore } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { startAgentHost } from '@main/hosts/agent/host';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter, windowContext } from '@server/window/router';
import { MemoryKeychain } from '@test/support/memory-keychain';

/** Each command this often, in turns, so that a busy moment meets all of them. */
const TIMES = 25;
const VARIABLES = 20;

const command = fileURLToPath(new URL('../bin/strongroom.js', import.meta.url));
const values = Array.from({ length: VARIABLES }, (_, n) => ({
  key: `KEY_${String(n)}`,
  value: `value number ${String(n)}`,
}));

/** An app in this process; the commands are others. */
async function openApp(dataDirectory: string): Promise<() => Promise<void>> {
  const keychain = new MemoryKeychain();
  const core = await openCore({ host: 'desktop', version: '0', dataDirectory, keychain });
  const client = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId: workspaceId } = await client.workspaces.list();
  const { id } = await client.environments.create({ workspaceId, name: 'production' });
  await client.environments.setActive({ workspaceId, id });
  const { base = '' } = await client.environments.open({ id });
  await client.environments.save({ id, base, changes: { edits: [], additions: values } });
  const host = await startAgentHost({
    router: createAgentRouter(core),
    version: '0',
    host: 'desktop',
    dataDirectory,
    surroundings: systemSurroundings(process.env),
    runtime: systemRuntime,
    report: () => undefined,
  });
  return async () => {
    await host.close();
    await core.close();
  };
}

/** Milliseconds of one run. The output goes to a file descriptor that is thrown away, as in a script. */
async function time(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - startedAt;
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-bench-'));
  const dataDirectory = join(folder, 'data');
  writeFileSync(
    join(folder, '.env'),
    values.map(({ key, value }) => `${key}="${value}"\n`).join(''),
  );
  const close = await openApp(dataDirectory);
  const dotenvx = process.env['DOTENVX'] ?? '';
  const commands = [
    { what: 'node -e 0', args: ['-e', '0'] },
    { what: 'strongroom --version', args: [command, '--version'] },
    { what: 'strongroom --help', args: [command, '--help'] },
    { what: 'strongroom completion', args: [command, 'completion', 'bash'] },
    {
      what: 'strongroom run -- true',
      args: [command, '--data-dir', dataDirectory, 'run', '--', 'true'],
    },
    ...(dotenvx === ''
      ? []
      : [{ what: 'dotenvx run -- true', args: [dotenvx, 'run', '--', 'true'] }]),
  ].map((each) => ({ ...each, times: [] as number[] }));
  try {
    for (let round = 0; round < TIMES; round += 1) {
      for (const { args, times } of commands) times.push(await time(args, folder));
    }
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
  const bare = median(commands[0]?.times ?? []);
  for (const { what, times } of commands) {
    const factor = median(times) / bare;
    const [least, middle] = [Math.min(...times), median(times)].map((ms) => ms.toFixed(0));
    console.log(
      `${what.padEnd(24)} ${(middle ?? '').padStart(5)} ms  (least ${least ?? ''} ms), ${factor.toFixed(2)} × node -e 0`,
    );
  }
}
