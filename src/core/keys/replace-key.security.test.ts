/** A new key in the place of the old one, and a crash at each step of that. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultPolicy } from '@shared/model/policy';
import { SealedCredentials } from '@core/storage/credentials';
import { Grants, GrantSealRows, SealedGrantSecrets } from '@core/storage/grants';
import { SealedDocuments } from '@core/storage/local-documents';
import { keepChecksums } from '@core/storage/checked-rows';
import { Database } from '@core/storage/database';
import { adding, startCore, startTestVault, TestCore } from '@test/support/core';
import { beforeDiskSteps } from '@test/support/disk-steps';
import { filesHolding } from '@test/support/files-holding';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { open } from './envelope';
import { gcmEnvelope } from './gcm-envelope';
import { createKeyStore } from './key-store';
import type { MasterKey } from './master-key';
import type * as passphrases from './passphrase';

// A key is derived for each crash.
vi.mock('./passphrase', async (original) => ({
  ...(await original<typeof passphrases>()),
  PASSPHRASE_COST: { N: 2 ** 14, r: 8, p: 1 },
}));

const PASSPHRASE = 'seven lamps and a heron';

let core: TestCore;
/** Of an environment at the provider, whose credential is stored; of one of this computer; of a grant. */
let ids: {
  readonly inVault: string;
  readonly there: string;
  readonly here: string;
  readonly grant: string;
};

/** A core with something of everything that is sealed. */
beforeEach(async () => {
  const server = await startTestVault();
  core = await startCore();
  const { id: workspaceId } = await core.client.workspaces.create({ name: 'Two' });
  await core.client.connections.save({
    workspaceId,
    scope: 'workspace',
    provider: 'local-vault',
    values: { autoSync: false },
    credentials: {},
  });
  const { id } = await core.client.environments.create({ workspaceId, name: 'in-vault' });
  await core.save(id, adding({ L: 'of the local vault' }));
  await core.client.environments.enableSync({ id, path: 'in-vault', resolution: 'push' });
  await core.useVault(server);
  ids = {
    inVault: id,
    there: await core.createSynced('there', { T: 'of the provider' }),
    here: await core.create('here', { H: 'of this computer' }),
    grant: (await grantOf(core, 'service')).id,
  };
});

const grantOf = (of: TestCore, name: string) =>
  of.core.grants.create(of.workspaceId, {
    name,
    settings: {
      type: 'bearer',
      hosts: ['api.example.com'],
      networks: [],
      rules: [],
      policy: defaultPolicy,
    },
    secrets: { token: { value: 'sk-of-the-grant' } },
  });

async function everything(of: TestCore): Promise<unknown> {
  const { grants } = of.core;
  const database = new Database(join(of.dataDirectory, 'strongroom.db'));
  const row = new Grants(database).find(ids.grant);
  database.close();
  if (row === undefined) throw new Error('The grant is gone');
  await grants.assertGenuine(grants.chain(row));
  for (const id of [ids.there, ids.inVault]) await of.client.environments.pull({ id });
  return {
    there: await of.values(ids.there),
    here: await of.values(ids.here),
    inVault: await of.values(ids.inVault),
    grant: (await grants.stored(row, 'token'))?.reveal(),
  };
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly opens: (key: MasterKey) => unknown;
}

/** What is sealed in the data directory of a closed core. */
function blobsIn(directory: string): Blob[] {
  const database = new Database(join(directory, 'strongroom.db'));
  onTestFinished(() => {
    database.close();
  });
  const cbc = (scope: string, bytes: Uint8Array): Blob => ({
    bytes,
    opens: (key) => open(key, scope, bytes),
  });
  const seal = new GrantSealRows(database).find(ids.grant) ?? new Uint8Array();
  const blobs = [
    ...new SealedCredentials(database)
      .all()
      .map(({ scope, provider, field, destination, sealed }) =>
        cbc(JSON.stringify(['credential', scope, provider, field, destination]), sealed),
      ),
    ...new SealedDocuments(database)
      .all()
      .map(({ environmentId, sealed }) => cbc(JSON.stringify(['document', environmentId]), sealed)),
    ...new SealedGrantSecrets(database).all().map(({ grantId, name, hosts, sealed }) => ({
      bytes: sealed,
      opens: (key: MasterKey) =>
        gcmEnvelope.open(key, JSON.stringify(['grant', grantId, name, hosts]), sealed),
    })),
    cbc('local-vault', readFileSync(join(directory, 'local-vault.enc'))),
  ];
  return [...blobs, { bytes: seal, opens: () => undefined }];
}

const openedBy = (key: MasterKey, blobs: readonly Blob[]): number =>
  blobs.filter(({ opens }) => {
    try {
      return opens(key) !== undefined;
    } catch {
      return false;
    }
  }).length;

/** The content of all files, as one text. */
const stateOf = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => name + readFileSync(join(parentPath, name), 'base64'))
    .join();

const backups = (): string[] =>
  readdirSync(core.dataDirectory).filter((name) => name === 'backups').length === 0
    ? []
    : readdirSync(join(core.dataDirectory, 'backups'));

describe.each(['keychain', 'passphrase', 'pin'] as const)('a key in %s mode', (mode) => {
  const current = mode !== 'keychain' ? { current: PASSPHRASE } : {};

  beforeEach(async () => {
    if (mode !== 'keychain') {
      await core.client.security.choose({ choice: { mode, passphrase: PASSPHRASE } });
    }
  });

  it('opens nothing after another took its place, and neither does a copy of its file', async () => {
    core.core.backups.make();
    await core.close();
    const old = readFileSync(join(core.dataDirectory, 'key.json'));
    const entries = [...core.keychain.entries];
    const oldBlobs = blobsIn(core.dataDirectory);
    writeFileSync(join(core.dataDirectory, 'strongroom.db.damaged-2026-01-01T00-00-00-000Z'), '?');
    await core.start();
    if (mode !== 'keychain') await core.client.security.unlock({ passphrase: PASSPHRASE });
    const before = await everything(core);

    await core.client.security.replaceKey(current);
    expect(await core.activity()).toEqual(['key-replaced done ']);
    expect(await everything(core)).toEqual(before);
    expect(backups()).toEqual([]);
    await core.close();
    expect(await filesHolding(core.dataDirectory, ...oldBlobs.map(({ bytes }) => bytes))).toEqual(
      [],
    );
    expect(readdirSync(core.dataDirectory).filter((name) => /damaged|resealed/.test(name))).toEqual(
      [],
    );

    const dataDirectory = temporaryDirectory();
    writeFileSync(join(dataDirectory, 'key.json'), old);
    const keychain = core.keychain;
    const now = [...keychain.entries];
    for (const [account, key] of entries) keychain.entries.set(account, key);
    const keys = createKeyStore({ dataDirectory, keychain });
    await keys.unlock(PASSPHRASE);
    const oldKey = await keys.key();
    expect(openedBy(oldKey, oldBlobs)).toBe(oldBlobs.length - 1);
    expect(openedBy(oldKey, blobsIn(core.dataDirectory))).toBe(0);
    keys.close();

    keychain.entries.clear();
    for (const [account, key] of now) keychain.entries.set(account, key);
    await core.start();
    if (mode !== 'keychain') await core.client.security.unlock({ passphrase: PASSPHRASE });
    expect(await everything(core)).toEqual(before);
    expect(keychain.entries.size).toBe(mode === 'passphrase' ? 0 : 1);
  });

  it(
    'or the next one opens everything after a crash at any step',
    { timeout: 120_000 },
    async () => {
      core.core.backups.make();
      const before = await everything(core);
      const crashes: { readonly directory: string; readonly entries: [string, string][] }[] = [];
      const directory = temporaryDirectory();
      let isCopying = false;
      let last = '';
      const stop = beforeDiskSteps(() => {
        if (isCopying) return;
        isCopying = true;
        const entries = [...core.keychain.entries];
        const state = stateOf(core.dataDirectory) + JSON.stringify(entries);
        const copy = join(directory, String(crashes.length));
        if (state !== last) {
          cpSync(core.dataDirectory, copy, { recursive: true });
          crashes.push({ directory: copy, entries });
        }
        last = state;
        isCopying = false;
      });
      await core.client.security.replaceKey(current).finally(stop);

      expect(crashes.length).toBeGreaterThan(10);

      const outcomes = new Set<string>();
      for (const crash of crashes) {
        const again = new TestCore(crash.directory);
        for (const [account, key] of crash.entries) again.keychain.entries.set(account, key);
        await again.start();
        try {
          if (mode !== 'keychain') await again.client.security.unlock({ passphrase: PASSPHRASE });
          expect(await everything(again)).toEqual(before);
          const isReplaced = again.core.backups.list().backups.length === 0;
          outcomes.add(isReplaced ? 'replaced' : 'kept');
          expect(again.keychain.entries.size).toBe(mode === 'passphrase' ? 0 : 1);
          const names = readdirSync(crash.directory);
          expect(names.filter((name) => name.endsWith('.resealed'))).toEqual([]);
        } finally {
          await again.close();
        }
      }
      expect(outcomes).toEqual(new Set(['kept', 'replaced']));
    },
  );
});

describe('another key', () => {
  it('needs the current passphrase, and a key that is stored', async () => {
    const { security } = core.client;
    await security.choose({ choice: { mode: 'passphrase', passphrase: PASSPHRASE } });
    const before = await core.onDisk();
    for (const current of [{}, { current: 'a guess' }]) {
      await expect(security.replaceKey(current)).rejects.toMatchObject({
        code: 'WRONG_PASSPHRASE',
      });
    }
    const keys = (text: string) => /"wrapped": \{[^}]*\}/.exec(text)?.[0];
    expect(keys(await core.onDisk())).toBe(keys(before));
    const empty = await startCore();
    for (const choice of [undefined, { mode: 'session' }] as const) {
      if (choice !== undefined) await empty.client.security.choose({ choice });
      await expect(empty.client.security.replaceKey({})).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    }
  });

  it('is refused while a backup waits that only the present key opens', async () => {
    const before = await everything(core);
    const { name } = core.core.backups.make();
    await core.client.backups.restore({ name });
    const [entry] = core.keychain.entries;
    await expect(core.client.security.replaceKey({})).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect([...core.keychain.entries]).toEqual([entry]);
    await core.restart();
    expect(await everything(core)).toEqual(before);
    await core.client.security.replaceKey({});
    expect(await everything(core)).toEqual(before);
  });

  it('that the keychain does not take changes nothing', async () => {
    const before = await everything(core);
    const entries = [...core.keychain.entries];
    core.keychain.problem = 'The keyring is locked.';
    await expect(core.client.security.replaceKey({})).rejects.toThrow('The keyring is locked.');
    core.keychain.problem = undefined;
    expect(await everything(core)).toEqual(before);
    expect([...core.keychain.entries]).toEqual(entries);
    await core.restart();
    expect(await everything(core)).toEqual(before);
  });

  it('makes no grant genuine that somebody else wrote', async () => {
    const other = await grantOf(core, 'other');
    await core.close();
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    keepChecksums(database);
    database.run('UPDATE grants SET name = ? WHERE id = ?', 'changed', other.id);
    database.close();
    await core.start();
    await core.client.security.replaceKey({});
    const { grants } = core.core;
    await grants.setDisabled(ids.grant, true);
    await expect(grants.setDisabled(other.id, true)).rejects.toMatchObject({
      code: 'GRANT_CHANGED',
    });
  });

  it('seals what is written meanwhile', async () => {
    const { there, inVault } = ids;
    const replacing = core.client.security.replaceKey({});
    const [grant] = await Promise.all([
      grantOf(core, 'new'),
      core.save(ids.here, adding({ NEW: '1' })),
      core.save(inVault, adding({ NEW: '2' })),
      core.save(there, adding({ NEW: '3' })),
      replacing,
    ]);
    await core.core.grants.setDisabled(grant.id, true);
    await core.restart();
    await core.core.grants.setDisabled(grant.id, false);
    expect(await everything(core)).toMatchObject({
      here: { NEW: '1' },
      inVault: { NEW: '2' },
      there: { NEW: '3' },
    });
  });
});
