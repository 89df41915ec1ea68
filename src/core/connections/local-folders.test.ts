/** Workspaces on the local vault: each has its own folder, unless somebody wants otherwise. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FormValues } from '@shared/model/form-values';
import { all, startCore, startTestVault, TestCore } from '@test/support/core';
import { temporaryDirectory } from '@test/support/temporary-directory';

let core: TestCore;
let first: string;

beforeEach(async () => {
  core = await startCore();
  first = core.workspaceId;
});

async function createWorkspace(name: string) {
  const { id, localFolder } = await core.client.workspaces.create({ name });
  core.workspaceId = id;
  return { id, localFolder };
}

const useFolder = (workspaceId: string, folder: string, scope?: 'global' | 'workspace') =>
  core.client.connections.save({
    workspaceId,
    ...(scope && { scope }),
    provider: 'local-vault',
    values: { autoSync: true, folder },
    credentials: {},
  });

/** The paths that Pull All finds for a workspace. */
async function pulled(workspaceId: string): Promise<string[]> {
  core.workspaceId = workspaceId;
  const { created, existing } = await core.pullAll();
  return [...created, ...existing].toSorted();
}

async function folderIn(workspaceId: string): Promise<FormValues[string] | undefined> {
  const { providers } = await core.client.connections.settings({ workspaceId });
  return providers['local-vault'].values['folder'];
}

async function valueOf(workspaceId: string, name: string): Promise<Record<string, string>> {
  core.workspaceId = workspaceId;
  return core.values((await core.environment(name)).id);
}

describe('a new workspace', () => {
  it('is empty, whatever another one has in the local vault', async () => {
    await core.createSynced('production', { KEY: 'of-personal' });
    const { id, localFolder } = await createWorkspace('Zürich / Payments');
    expect(localFolder).toMatch(/^zurich-payments-[0-9a-f]{8}$/);
    expect(await pulled(id)).toEqual([]);
    await core.createSynced('production', { KEY: 'of-payments' });
    expect(await valueOf(id, 'production')).toEqual({ KEY: 'of-payments' });
    expect(await valueOf(first, 'production')).toEqual({ KEY: 'of-personal' });
    expect(await core.readLocalVault('production', localFolder)).toMatchObject({ version: 'v1' });
  });

  it('has a folder too if its name has no letters', async () => {
    expect((await createWorkspace('★')).localFolder).toMatch(/^workspace-[0-9a-f]{8}$/);
  });

  it('keeps its folder when it is renamed, overrides the defaults, or returns to them', async () => {
    const { id, localFolder } = await createWorkspace('Payments');
    await core.createSynced('production', { KEY: '1' });
    await core.client.workspaces.rename({ id, name: 'Billing' });
    expect(await pulled(id)).toEqual(['production']);
    await core.client.connections.override({ workspaceId: id });
    expect(await folderIn(id)).toBe('');
    expect(await pulled(id)).toEqual(['production']);
    await core.client.connections.useGlobal({ workspaceId: id });
    await core.restart();
    expect(await pulled(id)).toEqual(['production']);
    const { workspaces } = await core.client.workspaces.list();
    expect(workspaces.find((each) => each.id === id)?.localFolder).toBe(localFolder);
  });

  it('has values in memory that a change of another workspace’s folder does not touch', async () => {
    await core.createSynced('production', { KEY: '1' });
    const { id } = await createWorkspace('Payments');
    await core.createSynced('production', { KEY: '2' });
    await useFolder(id, 'elsewhere', 'workspace');
    expect((await core.environment('production')).state).toBe('not-loaded');
    expect(await valueOf(first, 'production')).toEqual({ KEY: '1' });
  });
});

describe('workspaces that name one folder', () => {
  it('share it, one by one or by the defaults', async () => {
    await createWorkspace('Payments');
    const { id: a } = await createWorkspace('A');
    const { id: b } = await createWorkspace('B');
    await useFolder(a, 'team', 'workspace');
    await useFolder(b, ' team ', 'workspace');
    core.workspaceId = a;
    await core.createSynced('production', { KEY: 'shared' });
    expect(await pulled(b)).toEqual(['production']);
    expect(await valueOf(b, 'production')).toEqual({ KEY: 'shared' });
    expect(await pulled(first)).toEqual([]);
    await useFolder(first, 'team', 'global');
    expect(await pulled(first)).toEqual(['production']);
  });

  it('can share the folder of the first', async () => {
    await core.createSynced('production', { KEY: 'of-personal' });
    const { id } = await createWorkspace('Payments');
    await useFolder(id, '/', 'workspace');
    expect(await pulled(id)).toEqual(['production']);
  });

  it('test the folder that the form names', async () => {
    await core.createSynced('production', { KEY: '1' });
    const { id, localFolder } = await createWorkspace('Payments');
    const keyStep = async (folder: string) => {
      const form = { workspaceId: id, provider: 'local-vault' as const, credentials: {} };
      const values = { autoSync: true, folder };
      const steps = await all(core.client.connections.test({ ...form, values }));
      return steps.findLast(({ id: step }) => step === 'key')?.detail;
    };
    expect(await keyStep('')).toBe(
      `0 secrets in the folder “${localFolder}”. Other folders: “/” (1 secret)`,
    );
    expect(await keyStep('/')).toBe('1 secret');
  });
});

it('deleting a workspace leaves its secrets, and says where', async () => {
  const { id, localFolder } = await createWorkspace('Payments');
  await core.createSynced('production', { KEY: 'kept' });
  await core.client.workspaces.remove({ id });
  core.workspaceId = first;
  const [{ detail } = {}] = await core.client.activity.list({ workspaceId: first, limit: 1 });
  expect(detail).toBe(
    `Payments, with 1 environment. Secrets in the local vault stay in the folder “${localFolder}”`,
  );
  const { id: again } = await createWorkspace('Payments');
  expect(await pulled(again)).toEqual([]);
  await useFolder(again, localFolder, 'workspace');
  expect(await pulled(again)).toEqual(['production']);
  expect(await valueOf(again, 'production')).toEqual({ KEY: 'kept' });
});

it('Migrate moves to the workspace’s own folder, and back from it', async () => {
  const vault = await startTestVault();
  await core.createSynced('production', { KEY: 'of-personal' });
  const { localFolder } = await createWorkspace('Payments');
  await core.useVault(vault);
  const environmentId = await core.createSynced('production', { KEY: 'of-payments' });
  const migrate = (provider: 'local-vault' | 'hashicorp-vault') =>
    all(core.client.migrations.run({ environmentId, provider, toPath: 'production' }));
  const locally = async (folder?: string) =>
    (await core.readLocalVault('production', folder))?.document;

  await migrate('local-vault');
  expect(vault.kv('secret').read('production')).toBeUndefined();
  expect(await locally(localFolder)).toBeDefined();

  await core.useLocal();
  await migrate('hashicorp-vault');
  expect(vault.kv('secret').read('production')).toEqual({ KEY: 'of-payments' });
  expect(await locally(localFolder)).toBeUndefined();
  expect(await locally()).toBeDefined();
});

/** A data directory that the last version without folders left, with the two workspaces it had. */
describe('a data directory from before folders', () => {
  const fixture = join('test', 'fixtures', 'one-folder');

  async function openFixture(): Promise<TestCore> {
    const directory = temporaryDirectory();
    cpSync(fixture, directory, { recursive: true });
    const opened = new TestCore(directory);
    const entries = JSON.parse(readFileSync(join(fixture, 'keychain.json'), 'utf8')) as object;
    for (const [account, key] of Object.entries(entries)) opened.keychain.entries.set(account, key);
    await opened.start();
    onTestFinished(() => opened.close());
    return opened;
  }

  it('keeps every secret where it was, for both workspaces', async () => {
    core = await openFixture();
    const before = readFileSync(join(core.dataDirectory, 'local-vault.enc'));
    const { workspaces } = await core.client.workspaces.list();
    expect(workspaces.map(({ name, localFolder }) => [name, localFolder])).toEqual([
      ['Personal', '/'],
      ['Second', '/'],
    ]);
    for (const { id } of workspaces) {
      expect(await pulled(id)).toEqual(['app/production', 'app/staging']);
      const [environment] = await core.environments();
      expect(await core.values(environment!.id)).toMatchObject({ DB_HOST: /prod/ });
    }
    expect(readFileSync(join(core.dataDirectory, 'local-vault.enc')).equals(before)).toBe(true);
  });

  it('gives a new workspace its own folder, and writes both', async () => {
    core = await openFixture();
    const [old] = (await core.client.workspaces.list()).workspaces;
    const { id } = await createWorkspace('Third');
    expect(await pulled(id)).toEqual([]);
    await core.createSynced('production', { KEY: 'third' }, 'app/production');
    await core.restart();
    expect(await pulled(id)).toEqual(['app/production']);
    expect(await pulled(old!.id)).toEqual(['app/production', 'app/staging']);
  });

  it('finds the secrets again after the database was lost', async () => {
    core = await openFixture();
    await core.close();
    writeFileSync(join(core.dataDirectory, 'strongroom.db'), 'damaged');
    await core.start();
    expect(await pulled(core.workspaceId)).toEqual(['app/production', 'app/staging']);
  });
});
