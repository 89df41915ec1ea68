/**
 * The part `desktop` of `npm run bench`: how soon the window can be used, and how much memory the app takes with 1,000
 * environments, each against an empty app of the same Electron. Without an Electron, or a display, it measures nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';
import { WebSocket } from 'ws';
import { AppPage } from '../../e2e/pages/app';
import { startVaultServer } from '@test/servers/vault/server';
import { processTree } from '@test/support/process-memory';
import { findElectronForTests, versionOf } from '../../scripts/lib/electron-runtime.mjs';
import { here, whyNotElectron } from '../../scripts/lib/host.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { atMost, median, note } from '../note';

const ROUNDS = 7;
const ENVIRONMENTS = 1000;

/** A virtual display has no graphics card. */
const FLAGS = ['--remote-debugging-port=0', '--disable-gpu', '--in-process-gpu'];

interface Program {
  readonly executable: string;
  readonly args: readonly string[];
  /** An expression of the page, true when a person can use it. */
  readonly isUsable: string;
}

interface Running {
  readonly process: ChildProcess;
  /** Milliseconds from the start of the process until the window could be used. */
  readonly took: number;
  /** Where DevTools listen. */
  readonly devTools: string;
}

/** Resolves when DevTools have a page, with its address. */
async function pageOf(devTools: string): Promise<string> {
  const { host } = new URL(devTools);
  for (;;) {
    const answer = await fetch(`http://${host}/json/list`);
    const targets = (await answer.json()) as { type: string; webSocketDebuggerUrl: string }[];
    const page = targets.find(({ type }) => type === 'page');
    if (page !== undefined) return page.webSocketDebuggerUrl;
  }
}

/** Milliseconds since 1970 at which the page could be used. */
async function usableAt(devTools: string, isUsable: string): Promise<number> {
  const socket = new WebSocket(await pageOf(devTools), { perMessageDeflate: false });
  await once(socket, 'open');
  const expression = `new Promise((resolve) => {
    const look = () => ${isUsable}
      ? resolve(performance.timeOrigin + performance.now())
      : requestAnimationFrame(look);
    look();
  })`;
  for (let id = 1; ; id += 1) {
    const params = { expression, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    const { result } = JSON.parse(data.toString()) as { result?: { result: { value?: unknown } } };
    // The window first has an empty page, and a question to it gets no answer when the app’s page replaces it.
    if (typeof result?.result.value !== 'number') continue;
    socket.close();
    return result.result.value;
  }
}

async function start({ executable, args, isUsable }: Program): Promise<Running> {
  const startedAt = performance.timeOrigin + performance.now();
  const child = spawn(executable, [...FLAGS, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const devTools = await new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      const [, url] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    lines.once('close', () => {
      reject(new Error(`${executable} ended before it had a window.`));
    });
  });
  return { process: child, took: (await usableAt(devTools, isUsable)) - startedAt, devTools };
}

async function stop({ process: child }: Running): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/** Megabytes resident in all processes of a program. */
async function memoryOf({ process: child }: Running): Promise<number> {
  let sum = 0;
  for (const pid of await processTree(child.pid ?? 0)) {
    // A process that has ended meanwhile has none.
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
    sum += Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  }
  return sum;
}

/** An app of the same Electron with one window and one line of text, from a copy of Electron: what is in its folder starts first. */
async function emptyApp(executable: string): Promise<Program & { readonly folder: string }> {
  const runtime = dirname(executable);
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-empty-app-'));
  const copy = join(folder, basename(executable));
  for (const name of await readdir(runtime)) {
    if (name === 'resources' || name === basename(executable)) continue;
    await symlink(join(runtime, name), join(folder, name));
  }
  await copyFile(executable, copy, constants.COPYFILE_FICLONE);
  const app = join(folder, 'resources', 'app');
  await mkdir(app, { recursive: true });
  await writeFile(join(app, 'package.json'), '{ "name": "empty", "main": "main.cjs" }');
  await writeFile(join(app, 'index.html'), '<!doctype html><title>Empty</title><p>Empty</p>');
  await writeFile(
    join(app, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
     app.whenReady().then(() => new BrowserWindow({ width: 1180, height: 780 }).loadFile('index.html'));
     app.on('window-all-closed', () => app.quit());`,
  );
  return {
    folder,
    executable: copy,
    args: [`--user-data-dir=${join(folder, 'data')}`],
    isUsable: `document.readyState === 'complete' && document.title === 'Empty'`,
  };
}

async function pulled(running: Running): Promise<void> {
  const vault = await startVaultServer();
  const kv = vault.kv('secret');
  for (let index = 0; index < ENVIRONMENTS; index += 1) {
    const variables = Array.from({ length: 20 }, (_, n) => [
      `KEY_${String(n)}`,
      `value ${String(n)}`,
    ]);
    kv.put(`env-${String(index)}`, Object.fromEntries(variables));
  }
  const browser = await chromium.connectOverCDP(running.devTools, {
    isLocal: true,
    noDefaults: true,
  });
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The app has no window.');
  const ui = new AppPage(page);
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await tab.pullOutcome.filter({ hasText: /pulled/ }).waitFor({ timeout: 60_000 });
  await browser.close();
  await vault.close();
}

export async function main(): Promise<void> {
  const executable = findElectronForTests();
  const reason =
    executable === undefined ? 'there is no Electron for the journeys' : whyNotElectron(here());
  if (executable === undefined || reason !== undefined) {
    console.log(`Not measured: ${reason ?? ''}.`);
    process.disconnect();
    return;
  }
  console.log(`Electron ${await versionOf(executable)}`);
  const empty = await emptyApp(executable);
  const directory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const app: Program = {
    executable,
    args: ['.', `--data-dir=${directory}`],
    isUsable: `document.documentElement?.dataset.appState === 'ready'`,
  };
  try {
    const [bareTimes, times]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [program, into] of [
        [empty, bareTimes],
        [app, times],
      ] as const) {
        const running = await start(program);
        into.push(running.took);
        await stop(running);
      }
    }
    console.log(
      `An empty app: ${median(bareTimes).toFixed(0)} ms; Strongroom: ${median(times).toFixed(0)} ms`,
    );
    const [bare, full] = [await start(empty), await start(app)];
    await pulled(full);
    const [bareMemory, memory] = [await memoryOf(bare), await memoryOf(full)];
    console.log(`An empty app: ${bareMemory.toFixed(0)} MB; Strongroom: ${memory.toFixed(0)} MB`);
    await stop(bare);
    await stop(full);
    note(
      {
        what: 'Desktop: from the start to a window that can be used',
        against: 'an empty app of the same Electron',
        figure: median(times) / median(bareTimes),
        target: atMost(1.5),
      },
      {
        what: 'Desktop: memory with 1,000 environments pulled',
        against: 'an empty app of the same Electron',
        figure: memory / bareMemory,
        target: atMost(1.3),
      },
    );
  } finally {
    await rm(empty.folder, { recursive: true });
    await rm(directory, { recursive: true, force: true });
  }
  // The channel to the parent would keep this process.
  process.disconnect();
}
