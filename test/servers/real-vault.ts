/**
 * A real Vault or OpenBao to compare the stand-in and the client with, if there is one: the server of
 * `VAULT_ADDR` and `VAULT_TOKEN`, else `bao` or `vault` on the PATH, started in development mode.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port';

export interface RunningVault {
  readonly url: string;
  /** A token that may do everything. */
  readonly token: string;
  readonly product: 'vault' | 'openbao';
  /** Whether it was started here and is thrown away, so that a test may seal it. */
  readonly disposable: boolean;
  stop(): Promise<void>;
}

export interface RealVault {
  /** For example `OpenBao v2.4.3`, for the name of a test suite. */
  readonly name: string;
  start(): Promise<RunningVault>;
}

const START_DEADLINE_MS = 30_000;
const ATTEMPTS = 3;

/** `undefined` if there is none. */
export async function findRealVault(): Promise<RealVault | undefined> {
  const { VAULT_ADDR: url, VAULT_TOKEN: token } = process.env;
  if (url !== undefined && token !== undefined) return configured(url.replace(/\/+$/, ''), token);
  for (const command of ['bao', 'vault']) {
    const path = await onPath(command);
    if (path !== undefined) return installed(path);
  }
  return undefined;
}

async function configured(url: string, token: string): Promise<RealVault> {
  const product = await productAt(url);
  return {
    name: `the server at ${url}`,
    start: () =>
      Promise.resolve({ url, token, product, disposable: false, stop: () => Promise.resolve() }),
  };
}

/** Vault's health says whether it is the Enterprise edition; OpenBao's does not. */
async function productAt(url: string): Promise<RunningVault['product']> {
  const health: unknown = await (await fetch(`${url}/v1/sys/health?standbyok=true`)).json();
  return typeof health === 'object' && health !== null && 'enterprise' in health
    ? 'vault'
    : 'openbao';
}

async function onPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, command);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && executable) return path;
  }
  return undefined;
}

async function installed(path: string): Promise<RealVault> {
  const { stdout } = await promisify(execFile)(path, ['version']);
  // "Vault v1.21.1 (…), built …" or "OpenBao v2.4.3 (…)"
  const name = stdout.split(/[\s,(]+/, 2).join(' ');
  const product = /openbao/i.test(name) ? 'openbao' : 'vault';
  return { name, start: () => startDevelopmentServer(path, product) };
}

/** Another process may take the free port before it is used: then tries again. */
async function startDevelopmentServer(
  path: string,
  product: RunningVault['product'],
): Promise<RunningVault> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await tryToStart(path, product, await freePort());
    if (server !== undefined) return server;
    if (attempt === ATTEMPTS) throw new Error(`${path} ended at once, ${String(ATTEMPTS)} times`);
  }
}

async function tryToStart(
  path: string,
  product: RunningVault['product'],
  port: number,
): Promise<RunningVault | undefined> {
  const home = await mkdtemp(join(tmpdir(), 'strongroom-vault-'));
  const token = `root-${randomBytes(12).toString('hex')}`;
  const address = `127.0.0.1:${String(port)}`;
  const child = spawn(
    path,
    [
      'server',
      '-dev',
      '-dev-no-store-token',
      `-dev-root-token-id=${token}`,
      `-dev-listen-address=${address}`,
    ],
    { stdio: 'ignore', env: { PATH: process.env['PATH'], HOME: home } },
  );
  const killWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    await end(child);
    await rm(home, { recursive: true, force: true });
  };
  const url = `http://${address}`;
  if (await becomesReady(child, url, token)) return { url, token, product, disposable: true, stop };
  await stop();
  return undefined;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** The server is ready when it knows our root token: another server may have the port. */
async function becomesReady(child: ChildProcess, url: string, token: string): Promise<boolean> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) return false;
    const status = await fetch(`${url}/v1/auth/token/lookup-self`, {
      headers: { 'X-Vault-Token': token },
    }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200 && child.exitCode === null) return true;
    await sleep(50);
  }
  await end(child);
  throw new Error(`${url} was not ready within ${String(START_DEADLINE_MS / 1000)} s`);
}
