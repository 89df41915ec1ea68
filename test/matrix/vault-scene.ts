/** The cells of Vault. Each has its own stand-in, which injects the fault. */
import { hashicorpVaultSchema } from '@shared/providers/hashicorp-vault';
import { isDeepStrictEqual } from 'node:util';
import type { Effect } from '../servers/faults';
import { startVaultServer, type KvHandle } from '../servers/vault/server';
import { Secret } from '@core/secrets/secret';
import { createHashicorpVaultFactory } from '@core/providers/hashicorp-vault/factory';
import type { KvVersion } from '@core/providers/hashicorp-vault/mounts';
import type { SecretsProvider } from '@core/providers/provider';
import { passes, type Cell, type Row, type Scene, type Store } from './matrix';
import {
  content,
  markers,
  newContent,
  oldContent,
  run,
  secrets,
  type Operation,
} from './operations';

export interface VaultRow extends Row {
  readonly effect: Effect;
  /** The paths of the requests that meet the fault. Default: all. */
  readonly path?: RegExp;
  /** Default: both. */
  readonly version?: KvVersion;
}

const MOUNT = 'secret';
const TOKEN = `hvs.${markers.credential}`;

/** Milliseconds for one request. */
const SHORT = 1500;
const LONG = 30_000;

const { signal } = new AbortController();

export const connectVault = (
  url: string,
  deadlineMs: number,
  more: Readonly<Record<string, unknown>> = {},
  credentials: Readonly<Record<string, Secret>> = {},
): SecretsProvider =>
  createHashicorpVaultFactory({ deadlineMs }).create({
    values: hashicorpVaultSchema.parse({
      url,
      authentication: 'token',
      roleId: '',
      namespace: '',
      enginePath: MOUNT,
      verifySsl: true,
      autoSync: false,
      ...more,
    }),
    credentials: { token: new Secret(TOKEN), ...credentials },
  });

const lookAt = (kv: KvHandle): Store =>
  Object.fromEntries(
    kv.paths().map((path) => [path, { now: kv.read(path), versions: kv.versions(path) }]),
  );

function hasHappened(kv: KvHandle, operation: Operation, before: Store): boolean {
  const { app, gone } = secrets;
  const changed = operation === 'undelete' ? gone : app;
  const others = (store: Store): Store =>
    Object.fromEntries(Object.entries(store).filter(([path]) => path !== changed));
  if (!isDeepStrictEqual(others(lookAt(kv)), others(before))) return false;
  const states = kv.versions(changed).map(({ data, state }) => [JSON.stringify(data), state]);
  const expected = {
    write: [
      [oldContent, 'alive'],
      [content, 'alive'],
      [newContent, 'alive'],
    ],
    remove: [
      [oldContent, 'alive'],
      [content, 'deleted'],
    ],
    undelete: [[content, 'alive']],
  };
  if (states.length > 0) return isDeepStrictEqual(states, expected[operation as 'write']);
  const left = kv.read(changed);
  if (operation === 'remove') return left === undefined;
  return JSON.stringify(left) === (operation === 'write' ? newContent : content);
}

export const openVault =
  (version: KvVersion) =>
  async ({ effect, path, isSlow = false }: VaultRow, { moment }: Cell): Promise<Scene> => {
    const server = await startVaultServer({ rootToken: TOKEN });
    server.unmount(MOUNT);
    server.mount(MOUNT, { version });
    const kv = server.kv(MOUNT);
    kv.put(secrets.app, oldContent);
    kv.put(secrets.app, content);
    kv.put(secrets.inFolder, content);
    kv.put(secrets.gone, content);
    if (version === 2) kv.delete(secrets.gone);

    const warm = connectVault(server.url, isSlow ? SHORT : LONG);
    const { revision } = await warm.read(secrets.app, { signal });
    const cold = connectVault(server.url, isSlow ? SHORT : LONG);
    const skip = passes(moment);
    const provider = moment === 'cold' ? cold : warm;
    return {
      run: (operation) => run(provider, operation, revision),
      look: () => lookAt(kv),
      strike: () => {
        server.faults.add({ effect, skip, ...(path !== undefined && { match: { path } }) });
      },
      repair: () => {
        server.faults.clear();
      },
      hasHappened: (operation, before) => hasHappened(kv, operation, before),
      close: async () => {
        warm.dispose();
        cold.dispose();
        await server.close();
      },
    };
  };
