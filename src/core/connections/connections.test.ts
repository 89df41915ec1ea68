/** Connections with real settings and credentials, to providers that only tell what became of them. */
import { AppError } from '@shared/errors';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CredentialStore } from '@core/keys/credential-store';
import { createKeyStore } from '@core/keys/key-store';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { SealedCredentials } from '@core/storage/credentials';
import type { Database } from '@core/storage/database';
import { openDatabase } from '@core/storage/open';
import { ConnectionSettingsRows } from '@core/storage/connection-settings';
import { Workspaces } from '@core/storage/workspaces';
import type { CallOptions, ProviderSettings, SecretsProvider } from '@core/providers/provider';
import { Secret } from '@core/secrets/secret';
import { systemRuntime } from '@core/runtime';
import { failureOf } from '@test/support/failure-of';
import { registryOf } from '@test/support/provider-registry';
import { vaultForm } from '@test/support/forms';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { ChangeSignal } from './change-signal';
import { SettingsStore, GLOBAL_SCOPE, placeOf } from './settings-store';
import { Connections } from './connections';
import { ProviderStatuses } from './provider-statuses';
import { SignIns } from './sign-ins';
import { Reachability } from './reachability';

const PROVIDER = 'hashicorp-vault';
const [A, B] = ['10000000-0000-4000-8000-00000000000a', '10000000-0000-4000-8000-00000000000b'];
const LISTING = { secrets: [], unlisted: [] };

interface Opened {
  readonly token: string | undefined;
  readonly exchange: ProviderSettings<unknown>['exchange'];
  readonly dispose: () => void;
}

let database: Database;
let workspaces: Workspaces;
let settings: SettingsStore;
let credentials: CredentialStore;
let connections: Connections;
let statuses: ProviderStatuses;
let opened: Opened[];
/** What `list` of every provider does. */
let list: (options: CallOptions) => ReturnType<SecretsProvider['list']>;

beforeEach(async () => {
  const dataDirectory = temporaryDirectory();
  ({ database } = openDatabase(dataDirectory));
  const open = database;
  const keys = createKeyStore({ dataDirectory, keychain: new MemoryKeychain() });
  onTestFinished(() => {
    keys.close();
    open.close();
  });
  workspaces = new Workspaces(database);
  for (const id of [A, B]) workspaces.insert({ id, name: id, createdAt: 0, localFolder: id });
  credentials = new CredentialStore(new SealedCredentials(database), keys);
  settings = new SettingsStore(
    new ConnectionSettingsRows(database, systemRuntime),
    credentials,
    workspaces,
  );
  opened = [];
  list = () => Promise.resolve(LISTING);
  const create = ({
    credentials: { token },
    exchange,
  }: ProviderSettings<unknown>): SecretsProvider => {
    const provider = {
      exchange,
      token: token?.reveal(),
      dispose: vi.fn<() => void>(),
      list: (options: CallOptions) => list(options),
    };
    opened.push(provider);
    return provider as unknown as SecretsProvider;
  };
  const factory = { id: PROVIDER, create } as const;
  const changed = new ChangeSignal();
  statuses = new ProviderStatuses(systemRuntime, changed);
  const reachability = new Reachability({
    runtime: systemRuntime,
    changed,
    onLost: () => undefined,
    onFound: () => undefined,
  });
  const registry = registryOf(async () => factory);
  connections = new Connections({
    settings,
    credentials,
    registry,
    reachability,
    statuses,
    signIns: new SignIns({ record: () => undefined }),
    runtime: systemRuntime,
  });
  await save(GLOBAL_SCOPE, 'global-token');
});

async function save(scope: string, token: string): Promise<void> {
  const { values } = vaultForm(A, { url: 'http://127.0.0.1:8200' }, token);
  await credentials.update(placeOf(scope, PROVIDER, values), { token: new Secret(token) }, () => {
    settings.save(scope, PROVIDER, values, true);
  });
}

const never = new AbortController().signal;
const tokens = (): (string | undefined)[] => opened.map(({ token }) => token);
const disposed = (): number[] => opened.map(({ dispose }) => vi.mocked(dispose).mock.calls.length);

/** Holds the next credential that is read, until it is released. */
function holdCredentials(): { reached: Promise<void>; release: () => void } {
  let reach = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const get = credentials.get.bind(credentials);
  vi.spyOn(credentials, 'get').mockImplementationOnce(async (...address) => {
    const credential = await get(...address);
    reach();
    await released;
    return credential;
  });
  return { reached, release };
}

describe('workspaces on the same settings', () => {
  it('share a provider, which closes when the last of them lets go', async () => {
    const [a, b] = await Promise.all([connections.connect(A), connections.connect(B)]);
    expect(a.id).toBe(b.id);
    expect(tokens()).toEqual(['global-token']);
    connections.end(A, new AppError('NO_SUCH_WORKSPACE'));
    expect(disposed()).toEqual([0]);
    expect([a.ended.aborted, b.ended.aborted]).toEqual([true, false]);
    await expect(b.provider.list({ signal: never })).resolves.toEqual(LISTING);
    connections.end(B, new AppError('NO_SUCH_WORKSPACE'));
    expect(disposed()).toEqual([1]);
  });

  it('part when one of them gets its own, and the other goes on', async () => {
    const [a, b] = await Promise.all([connections.connect(A), connections.connect(B)]);
    await save(B, 'token-of-b');
    connections.refresh();
    expect([a.ended.aborted, b.ended.aborted]).toEqual([false, true]);
    expect((await connections.connect(B)).id).not.toBe(a.id);
    expect(await connections.connect(A)).toBe(a);
    expect(tokens()).toEqual(['global-token', 'token-of-b']);
    expect(disposed()).toEqual([0, 0]);
  });

  it('are separate from those of another workspace with the same settings', async () => {
    await save(A, 'same');
    await save(B, 'same');
    expect((await connections.connect(A)).id).not.toBe((await connections.connect(B)).id);
  });
});

describe('what changes while a connection is opened', () => {
  it.each([
    ['the settings', () => save(GLOBAL_SCOPE, 'newer')],
    ['where they come from', () => save(A, 'newer')],
  ])('%s: it is opened with the new ones', async (_, change) => {
    const hold = holdCredentials();
    const connecting = connections.connect(A);
    await hold.reached;
    await change();
    connections.refresh();
    hold.release();
    expect((await connecting).id).toBe(connections.currentId(A));
    expect(tokens()).toEqual(['newer']);
  });

  it('the workspace goes: it is not opened', async () => {
    const hold = holdCredentials();
    const failure = failureOf(connections.connect(A));
    await hold.reached;
    workspaces.remove(A);
    hold.release();
    expect(await failure).toMatchObject({ code: 'NO_SUCH_WORKSPACE' });
    expect(opened).toEqual([]);
  });

  it('the app is locked: it is not opened', async () => {
    const hold = holdCredentials();
    const failure = failureOf(connections.connect(A));
    await hold.reached;
    connections.closeAll();
    hold.release();
    expect(await failure).toMatchObject({ code: 'INTERRUPTED' });
    expect(opened).toEqual([]);
  });
});

describe('a connection that has ended', () => {
  const reason = new AppError('NO_SUCH_WORKSPACE');

  it('takes no call, and the next connection does', async () => {
    const connection = await connections.connect(A);
    connections.end(A, reason);
    await expect(connection.provider.list({ signal: never })).rejects.toBe(reason);
    const next = await connections.connect(A);
    await expect(next.provider.list({ signal: never })).resolves.toEqual(LISTING);
  });

  it.each([
    ['an answer', () => Promise.resolve(LISTING)],
    ['a failure', () => Promise.reject(new AppError('SERVER_ERROR'))],
  ])('lets nobody have %s that comes after all', async (_, answer) => {
    const connection = await connections.connect(A);
    list = async () => {
      connections.end(A, reason);
      return answer();
    };
    await expect(connection.provider.list({ signal: never })).rejects.toBe(reason);
  });

  it('aborts what its provider is doing', async () => {
    const connection = await connections.connect(A);
    list = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new AppError('CANCELLED'));
        });
        connections.end(A, reason);
      });
    await expect(connection.provider.list({ signal: never })).rejects.toBe(reason);
  });

  it('leaves a call that its caller cancelled as it is', async () => {
    const connection = await connections.connect(A);
    list = () => Promise.reject(new AppError('CANCELLED'));
    await expect(connection.provider.list({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('another provider that is set up in the same place', () => {
  it('is a connection of its own, which the choice of a provider does not end', async () => {
    await credentials.update(placeOf(GLOBAL_SCOPE, 'local-vault', {}), {}, () => {
      settings.save(GLOBAL_SCOPE, 'local-vault', { autoSync: false }, false);
    });
    const [current, other] = [await connections.connect(A), await connections.connect(A, PROVIDER)];
    expect([current.providerId, other.providerId]).toEqual(['local-vault', PROVIDER]);
    await save(GLOBAL_SCOPE, 'global-token-2');
    connections.refresh();
    expect([current.ended.aborted, other.ended.aborted]).toEqual([true, true]);
    const again = await connections.connect(A, PROVIDER);
    settings.save(GLOBAL_SCOPE, 'local-vault', { autoSync: false }, false);
    connections.refresh();
    expect(again.ended.aborted).toBe(false);
  });
});

describe('a credential that a connection renews', () => {
  const { values } = vaultForm(A, { url: 'http://127.0.0.1:8200' }, '');
  const place = placeOf(GLOBAL_SCOPE, PROVIDER, values);
  const stored = async (): Promise<string | undefined> =>
    (await credentials.get(place, 'token'))?.reveal();

  /** Renews with the connection that was opened last. `meanwhile` runs while the server is asked. */
  const renew = async (
    next: string,
    meanwhile: () => unknown = () => undefined,
  ): Promise<{ readonly used: string | undefined; readonly next: string | undefined }> => {
    let used: string | undefined;
    const renewed = await opened.at(-1)?.exchange?.('token', async (newest) => {
      used = newest?.reveal();
      await meanwhile();
      return new Secret(next);
    });
    return { used, next: renewed?.reveal() };
  };

  it('is stored, and is what the next renewal starts with', async () => {
    await connections.connect(A);
    expect(await renew('second')).toEqual({ used: 'global-token', next: 'second' });
    expect(await stored()).toBe('second');
    expect(await renew('third')).toEqual({ used: 'second', next: 'third' });
    expect(await stored()).toBe('third');
  });

  it.each([
    ['that is saved', 'theirs', () => save(GLOBAL_SCOPE, 'theirs')],
    ['that is removed', undefined, () => credentials.update(place, { token: null })],
    ['whose scope is removed', undefined, () => credentials.removeScope(GLOBAL_SCOPE)],
  ])('does not overwrite one %s meanwhile', async (_, expected, change) => {
    await connections.connect(A);
    await renew('late', change);
    expect(await stored()).toBe(expected);
  });

  it('does not replace one for another address', async () => {
    await connections.connect(A);
    const elsewhere = placeOf(GLOBAL_SCOPE, PROVIDER, { ...values, url: 'https://other.example' });
    await renew('late', () => credentials.update(elsewhere, { token: new Secret('theirs') }));
    expect((await credentials.get(elsewhere, 'token'))?.reveal()).toBe('theirs');
    expect(await stored()).toBeUndefined();
  });

  it('is not stored once the app was locked', async () => {
    await connections.connect(A);
    const late = renew('late', () => {
      connections.closeAll();
    });
    expect(await failureOf(late)).toMatchObject({ code: 'INTERRUPTED' });
    expect(await stored()).toBe('global-token');
    const asked = vi.spyOn(credentials, 'get');
    expect(await failureOf(renew('later'))).toMatchObject({ code: 'INTERRUPTED' });
    expect(asked).not.toHaveBeenCalled();
  });

  it('is used although it cannot be stored, and is stored with the next one', async () => {
    await connections.connect(A);
    database.execute('PRAGMA query_only = ON');
    expect(await renew('second')).toEqual({ used: 'global-token', next: 'second' });
    expect(await stored()).toBe('global-token');
    expect(await renew('third')).toEqual({ used: 'second', next: 'third' });
    database.execute('PRAGMA query_only = OFF');
    expect(await renew('fourth')).toEqual({ used: 'third', next: 'fourth' });
    expect(await stored()).toBe('fourth');
    expect(await renew('fifth')).toEqual({ used: 'fourth', next: 'fifth' });
  });

  it('is given up if another one is saved after it could not be stored', async () => {
    await connections.connect(A);
    database.execute('PRAGMA query_only = ON');
    await renew('second');
    database.execute('PRAGMA query_only = OFF');
    await save(GLOBAL_SCOPE, 'theirs');
    expect(await renew('third')).toEqual({ used: 'theirs', next: 'third' });
  });
});
