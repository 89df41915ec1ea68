import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import { SealedCredentials } from '@core/storage/credentials';
import type { Database } from '@core/storage/database';
import { openDatabase } from '@core/storage/open';
import { PreferenceRows } from '@core/storage/preferences';
import { Secret } from '@core/secrets/secret';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { CredentialStore, type CredentialPlace } from './credential-store';
import { seal } from './envelope';
import { createKeyStore, type KeyStore } from './key-store';
import { SealedStore } from './sealed-store';
import { MemoryKeychain } from '@test/support/memory-keychain';

const VAULT = 'hashicorp-vault';
const PASSPHRASE = 'correct horse battery';
const HERE = '{"url":"https://vault.example"}';
const THERE = '{"url":"https://elsewhere.example"}';

const at = (
  scope: string,
  provider: CredentialPlace['provider'] = VAULT,
  destination = HERE,
): CredentialPlace => ({ scope, provider, destination });

let directory: string;
let keychain: MemoryKeychain;
let database: Database;
let rows: SealedCredentials;
let keys: KeyStore;
let store: CredentialStore;

/** Starts the app's part of it, again where it ran already. */
function start(): void {
  ({ database } = openDatabase(directory));
  const opened = database;
  onTestFinished(() => {
    opened.close();
  });
  rows = new SealedCredentials(database);
  keys = createKeyStore({
    dataDirectory: directory,
    keychain,
    passphraseCost: { N: 2 ** 14, r: 8, p: 1 },
  });
  store = new CredentialStore(rows, keys);
}

function restart(): void {
  database.close();
  start();
}

beforeEach(() => {
  directory = temporaryDirectory();
  keychain = new MemoryKeychain();
  start();
});

const get = async (field: string, scope = 'global'): Promise<string | undefined> =>
  (await store.get(at(scope), field))?.reveal();

const code = (expected: string): object => expect.objectContaining({ code: expected });

describe('credentials', () => {
  it('come back, after a restart too', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    await expect(get('token')).resolves.toBe('hvs.a');
    restart();
    await expect(get('token')).resolves.toBe('hvs.a');
  });

  it('of any text come back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        await store.update(at('global'), { token: new Secret(text) });
        await expect(get('token')).resolves.toBe(text);
      }),
    );
  });

  it('are kept apart by scope, provider and field', async () => {
    const workspace = randomUUID();
    await store.update(at('global'), { token: new Secret('global') });
    await store.update(at(workspace), { token: new Secret('workspace') });
    await store.update(at('global'), { secretId: new Secret('other field') });
    await store.update(at('global', 'aws-secrets-manager'), {
      token: new Secret('other provider'),
    });
    await expect(get('token')).resolves.toBe('global');
    await expect(get('token', workspace)).resolves.toBe('workspace');
    await expect(get('token', randomUUID())).resolves.toBeUndefined();
    expect(store.names(at('global'))).toEqual(['secretId', 'token']);
    store.removeScope(workspace);
    expect(store.names(at(workspace))).toEqual([]);
    await expect(get('token')).resolves.toBe('global');
  });

  it('that are not there need no key', async () => {
    await expect(get('token')).resolves.toBeUndefined();
    await store.update(at('global'), { token: null });
    expect(store.names(at('global'))).toEqual([]);
    expect((await keys.protection()).mode).toBe('undecided');
  });

  it('can be removed and named without a key', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    keychain.entries.clear();
    restart();
    expect(store.names(at('global'))).toEqual(['token']);
    await store.update(at('global'), { token: null });
    expect(store.names(at('global'))).toEqual([]);
  });

  it('change together, or not at all', async () => {
    const preferences = new PreferenceRows(database);
    await store.update(at('global'), { old: new Secret('1') });
    const updates = { old: null, token: new Secret('2') };
    const failing = store.update(at('global'), updates, () => {
      preferences.set('alongside', true);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(store.names(at('global'))).toEqual(['old']);
    expect(preferences.get('alongside', z.boolean())).toBeUndefined();

    await store.update(at('global'), updates, () => {
      preferences.set('alongside', true);
    });
    expect(store.names(at('global'))).toEqual(['token']);
    expect(preferences.get('alongside', z.boolean())).toBe(true);
  });

  it('moved to another place in the database cannot be read there', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    const sealed = rows.find({ ...at('global'), field: 'token' });
    const workspace = randomUUID();
    rows.put({ ...at(workspace), field: 'token', sealed: sealed ?? new Uint8Array() });
    await expect(get('token', workspace)).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
  });

  it('that cannot be read stay until they are replaced', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    keychain.entries.clear();
    restart();
    await expect(get('token')).rejects.toThrow(code('KEY_MISSING'));
    await keys.startOver({ mode: 'keychain' });
    await expect(get('token')).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
    expect(store.names(at('global'))).toEqual(['token']);
    await store.update(at('global'), { token: new Secret('hvs.b') });
    await expect(get('token')).resolves.toBe('hvs.b');
  });
});

describe('a credential for another destination', () => {
  const there = at('global', VAULT, THERE);

  it.each(['keychain', 'session'] as const)('is as if there were none: %s', async (mode) => {
    await keys.choose({ mode });
    await store.update(at('global'), { token: new Secret('hvs.a') });
    await expect(store.get(there, 'token')).resolves.toBeUndefined();
    expect(store.names(there)).toEqual([]);
    expect(store.elsewhere(there)).toEqual(new Map([['token', HERE]]));
    expect(store.elsewhere(at('global'))).toEqual(new Map());

    await store.update(there, { token: new Secret('hvs.b') });
    await expect(get('token')).resolves.toBeUndefined();
    expect(store.names(at('global'))).toEqual([]);
    expect(store.elsewhere(at('global'))).toEqual(new Map([['token', THERE]]));
    await store.update(at('global'), { token: null });
    expect([store.names(there), store.elsewhere(there).size]).toEqual([[], 0]);
  });

  it('cannot be read when the database says that it is for this one', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    const sealed = rows.find({ ...at('global'), field: 'token' }) ?? new Uint8Array();
    rows.put({ ...there, field: 'token', sealed });
    await expect(store.get(there, 'token')).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
  });
});

describe('a credential that an older version stored', () => {
  it('belongs to the settings of the start, and is sealed for them when it is read', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    const older = seal(
      await keys.key(),
      JSON.stringify(['credential', 'global', VAULT, 'token']),
      'hvs.a',
    );
    database.run('UPDATE credentials SET destination = NULL, sealed = ?', older);
    store.bindOlder(() => HERE);
    await expect(store.get(at('global', VAULT, THERE), 'token')).resolves.toBeUndefined();
    await expect(get('token')).resolves.toBe('hvs.a');
    const sealed = rows.find({ ...at('global'), field: 'token' }) ?? new Uint8Array();
    rows.put({ ...at('global', VAULT, THERE), field: 'token', sealed });
    const moved = store.get(at('global', VAULT, THERE), 'token');
    await expect(moved).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
  });
});

describe('without a keychain', () => {
  beforeEach(() => {
    keychain.problem = 'There is none.';
  });

  it('nothing is stored before the choice', async () => {
    const setting = store.update(at('global'), { token: new Secret('hvs.a') });
    await expect(setting).rejects.toThrow(code('KEY_CHOICE_NEEDED'));
    expect(store.names(at('global'))).toEqual([]);
  });

  it('a passphrase keeps them', async () => {
    await keys.choose({ mode: 'passphrase', passphrase: PASSPHRASE });
    await store.update(at('global'), { token: new Secret('hvs.a') });
    restart();
    await expect(get('token')).rejects.toThrow(code('KEY_LOCKED'));
    expect(store.names(at('global'))).toEqual(['token']);
    await keys.unlock(PASSPHRASE);
    await expect(get('token')).resolves.toBe('hvs.a');
  });
});

describe('only for this session', () => {
  beforeEach(async () => {
    await keys.choose({ mode: 'session' });
  });

  it('they work as ever, and are gone after a restart', async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    await store.update(at('global'), { secretId: new Secret('b'), other: new Secret('c') });
    await store.update(at('global'), { other: null });
    await store.update(at('global'), { secretId: null });
    expect(store.names(at('global'))).toEqual(['token']);
    await expect(get('token')).resolves.toBe('hvs.a');
    expect(rows.all()).toEqual([]);
    restart();
    expect(store.names(at('global'))).toEqual([]);
    await expect(get('token')).resolves.toBeUndefined();
  });

  it('one is replaced only if it is still what was read', async () => {
    await store.update(at('global'), { token: new Secret('a') });
    const from = new Secret('a');
    await store.replace(at('global'), 'token', { from, to: new Secret('b') });
    expect(await get('token')).toBe('b');
    await store.replace(at('global'), 'token', { from, to: new Secret('c') });
    await store.replace(at('a'), 'token', { from, to: new Secret('c') });
    expect([await get('token'), await get('token', 'a')]).toEqual(['b', undefined]);
    expect(rows.all()).toEqual([]);
  });

  it('a scope is forgotten as a whole', async () => {
    await store.update(at('global'), { token: new Secret('a') });
    await store.update(at('workspace'), { token: new Secret('b') });
    store.removeScope('workspace');
    expect(store.names(at('workspace'))).toEqual([]);
    expect(store.names(at('global'))).toEqual(['token']);
  });

  it('what a crash left on the disk is gone with the next start', () => {
    rows.put({ ...at('global'), field: 'token', sealed: Uint8Array.of(1) });
    restart();
    expect(rows.all()).toEqual([]);
    expect(keys.notices).toMatchObject([{ title: 'Stored credentials were removed' }]);
  });

  it('what is the only copy stays, and is not called removed', () => {
    rows.put({ ...at('global'), field: 'token', sealed: Uint8Array.of(1) });
    const sealed = rows.all();
    const again = createKeyStore({ dataDirectory: directory, keychain });
    const only = new SealedStore(rows, again, {
      scopeOf: (address) => JSON.stringify(address),
      inSession: { refuse: () => new AppError('INVALID_INPUT') },
    });
    expect(only.holdsAny()).toBe(true);
    expect(rows.all()).toEqual(sealed);
    expect(again.notices).toMatchObject([{ title: 'Stored variables cannot be read' }]);
  });
});

describe('another choice of protection', () => {
  beforeEach(async () => {
    await store.update(at('global'), { token: new Secret('hvs.a') });
    await store.update(at('workspace'), { token: new Secret('hvs.b') });
  });

  it('takes them into memory and off the disk, and back', async () => {
    await keys.choose({ mode: 'session' });
    expect(rows.all()).toEqual([]);
    await expect(get('token')).resolves.toBe('hvs.a');
    await expect(get('token', 'workspace')).resolves.toBe('hvs.b');

    await keys.choose({ mode: 'keychain' });
    expect(rows.all()).toHaveLength(2);
    restart();
    await expect(get('token')).resolves.toBe('hvs.a');
    await expect(get('token', 'workspace')).resolves.toBe('hvs.b');
  });

  it('carries over what can be read, when something cannot', async () => {
    rows.put({ ...at('global'), field: 'secretId', sealed: Uint8Array.of(1, 2) });
    await keys.choose({ mode: 'session' });
    expect(store.names(at('global'))).toEqual(['token']);
    expect(rows.all()).toEqual([]);
  });

  it('changes nothing where it fails on the way into memory', async () => {
    keys.attach({
      holdsAny: () => false,
      prepare: () => {
        throw new Error('refused');
      },
      replaceKey: () => ({ apply: () => undefined, release: () => undefined }),
    });
    await expect(keys.choose({ mode: 'session' })).rejects.toThrow('refused');
    await expect(get('token')).resolves.toBe('hvs.a');
    expect(rows.all()).toHaveLength(2);
  });

  it('changes nothing where it fails on the way to the disk', async () => {
    await keys.choose({ mode: 'session' });
    keychain.problem = 'locked';
    await expect(keys.choose({ mode: 'keychain' })).rejects.toThrow('locked');
    await expect(get('token')).resolves.toBe('hvs.a');
    expect(rows.all()).toEqual([]);
  });

  it('loses nothing that is stored meanwhile', async () => {
    const choosing = keys.choose({ mode: 'session' });
    const setting = store.update(at('global'), { secretId: new Secret('meanwhile') });
    await Promise.all([choosing, setting]);
    await expect(get('secretId')).resolves.toBe('meanwhile');
    const back = keys.choose({ mode: 'keychain' });
    await Promise.all([
      back,
      store.update(at('global'), { roleId: new Secret('on the way back') }),
    ]);
    restart();
    expect(store.names(at('global'))).toEqual(['roleId', 'secretId', 'token']);
    await expect(get('secretId')).resolves.toBe('meanwhile');
    await expect(get('roleId')).resolves.toBe('on the way back');
  });
});
