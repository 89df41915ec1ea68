/** For tests: the command `strongroom` as processes, which share a data directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openCore, type Core, type CoreOptions } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { whileInUse } from '@core/storage/wait-for-lock';
import { startAgentHost } from '@main/hosts/agent/host';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { buildForChild } from './child-process';
import { TestCore } from './core';
import { temporaryDirectory } from './temporary-directory';

let start = '';

/** Builds the command once for a file of tests. */
export function withCommandProcesses(): void {
  const removals: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const file = new URL('children/command.ts', import.meta.url);
    const { href } = await buildForChild(file, { atEnd: (remove) => removals.push(remove) });
    start = `import(${JSON.stringify(href)}).then(({ main }) => main(process.argv.slice(1)))`;
  });
  afterAll(() => Promise.all(removals.map((remove) => remove())));
}

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  /** The number of the process. */
  readonly pid: number;
  /** Ends it without a chance to do anything. What it has started goes on. */
  kill(): Promise<void>;
  write(text: string): void;
  /** Resolves as soon as the text has come out of standard output. */
  until(text: string): Promise<void>;
  /** Standard output so far. */
  printed(): string;
  readonly ended: Promise<Result>;
}

export interface OpenedApp {
  readonly core: Core;
  readonly close: () => Promise<void>;
}

export class Scene {
  readonly dataDirectory = temporaryDirectory();
  readonly folder = temporaryDirectory();
  readonly core = new TestCore(this.dataDirectory);

  /** The words that start the command, for a process that is to start it too. */
  words(...args: readonly string[]): string[] {
    const keychain = JSON.stringify([...this.core.keychain.entries]);
    const module = ['--input-type=module', '-e', start];
    return [process.execPath, ...module, keychain, '--data-dir', this.dataDirectory, ...args];
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const [node = '', ...words] = this.words(...args);
    const child = spawn(node, words, {
      cwd: this.folder,
      env: { ...process.env, STRONGROOM_ENV: '', ...env },
      detached: true,
    });
    let [out, err] = ['', ''];
    const checks = new Set<() => void>();
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      for (const check of checks) check();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<Result>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === null) reject(new Error(`It was ended by ${String(signal)}: ${err}`));
        else resolve({ code, out, err });
      });
    });
    onTestFinished(async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended.catch(() => undefined);
    });
    return {
      pid: child.pid ?? 0,
      kill: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
      write: (text) => child.stdin.write(text),
      printed: () => out,
      until: (text) =>
        new Promise((resolve, reject) => {
          const check = (): void => {
            if (!out.includes(text)) return;
            checks.delete(check);
            resolve();
          };
          checks.add(check);
          check();
          ended.then(() => {
            reject(new Error(`“${text}” was not printed, but: ${out}${err}`));
          }, reject);
        }),
      ended,
    };
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result> {
    return this.start(args, env).ended;
  }

  /** Serves the data directory as the app does, until it is closed. */
  async openApp(
    options: Pick<CoreOptions, 'attention' | 'resolve' | 'runtime'> = {},
  ): Promise<OpenedApp> {
    const { dataDirectory } = this;
    const version = '0.0.0';
    const { keychain } = this.core;
    const { runtime = systemRuntime } = options;
    // A command may have the data directory for a moment.
    const core = await whileInUse(
      () => openCore({ host: 'desktop', version, dataDirectory, keychain, ...options }),
      { dataDirectory, runtime, endsSoon: () => true },
    );
    const host = await startAgentHost({
      router: createAgentRouter(core),
      version,
      host: 'desktop',
      dataDirectory,
      surroundings: systemSurroundings(process.env),
      runtime: systemRuntime,
      report: () => undefined,
    });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= host.close().then(() => core.close()));
    onTestFinished(close);
    return { core, close };
  }
}

type Environments = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Closed again; the first environment is the active one. */
export async function scene(environments: Environments): Promise<Scene> {
  const it = new Scene();
  const { core } = it;
  await core.start();
  for (const [index, [name, values]] of Object.entries(environments).entries()) {
    const id = await core.create(name, values);
    const { workspaceId } = core;
    if (index === 0) await core.client.environments.setActive({ workspaceId, id });
  }
  await core.close();
  return it;
}
