import { startTestVault, startCore } from '@test/support/core';
import { expect, it } from 'vitest';

it('makes environments of all sorts, in the local vault and on this computer', async () => {
  const core = await startCore();
  const made = await core.client.environments.createSamples({ workspaceId: core.workspaceId });
  expect(made.map(({ name, state, path }) => [name, state, path])).toEqual([
    ['development', 'local', 'development'],
    ['staging', 'loaded', 'samples/staging'],
    ['production', 'loaded', 'samples/production'],
  ]);
  expect(await core.environments()).toEqual(made);
  const [, , production] = made;
  const { variables } = await core.client.environments.open({ id: production!.id });
  expect(variables.find(({ key }) => key === 'LOG_LEVEL')).toMatchObject({ literal: 'warn' });
  expect(variables.find(({ key }) => key === 'DATABASE_URL')).toMatchObject({ secret: true });
  expect(await core.readLocalVault('samples/production')).toBeDefined();
  expect(await core.onDisk()).not.toContain('sample-session-secret');

  await core.restart();
  await core.pullAll();
  expect((await core.values(production!.id))['DB_POOL_SIZE']).toBe('20');
});

it('is deleted like anything else, and can be made again', async () => {
  const core = await startCore();
  const { workspaceId, client } = core;
  for (const { id, state } of await client.environments.createSamples({ workspaceId })) {
    await client.environments.remove({ id, onServer: state === 'loaded' });
  }
  expect(await core.environments()).toEqual([]);
  expect(await core.readLocalVault('samples/staging')).toBeUndefined();

  // Deleted here alone, they are still in the vault: there they are found again.
  for (const { id } of await client.environments.createSamples({ workspaceId })) {
    await client.environments.remove({ id, onServer: false });
  }
  const again = await client.environments.createSamples({ workspaceId });
  expect(again.map(({ state }) => state)).toEqual(['local', 'loaded', 'loaded']);
});

it('leaves another provider alone: the workspace has the local vault of its own then', async () => {
  const server = await startTestVault();
  const core = await startCore();
  const { workspaceId, client } = core;
  await core.useVault(server);
  await client.environments.createSamples({ workspaceId });
  expect(server.requests).toEqual([]);
  expect(await client.connections.settings({ workspaceId })).toMatchObject({
    source: 'workspace',
    provider: 'local-vault',
  });
  const other = await client.workspaces.create({ name: 'Payments' });
  expect(await client.connections.settings({ workspaceId: other.id })).toMatchObject({
    source: 'global',
    provider: 'hashicorp-vault',
  });
});

it('leaves nothing behind where it fails', async () => {
  const core = await startCore();
  const { workspaceId, client } = core;
  await core.create('production');
  await expect(client.environments.createSamples({ workspaceId })).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  });
  expect((await core.environments()).map(({ name }) => name)).toEqual(['production']);
});

it('asks for the key before anything is made', async () => {
  const core = await startCore();
  const { workspaceId, client } = core;
  core.keychain.problem = 'The keychain is locked.';
  await expect(client.environments.createSamples({ workspaceId })).rejects.toMatchObject({
    code: 'KEY_CHOICE_NEEDED',
  });
  expect(await core.environments()).toEqual([]);
});

it('has a workspace of its own, which is found again, and leaves nothing behind', async () => {
  const core = await startCore();
  const { client } = core;
  const server = await startTestVault();
  await core.useVault(server);
  const made = await client.workspaces.createSample();
  expect(made).toMatchObject({ name: 'Sample shop', sample: true, ownConfiguration: true });
  expect(await client.workspaces.createSample()).toEqual(made);
  const { workspaces } = await client.workspaces.list();
  expect(workspaces.map(({ name, sample }) => [name, sample])).toEqual([
    ['Personal', undefined],
    ['Sample shop', true],
  ]);
  const environments = await client.environments.list({ workspaceId: made.id });
  expect(environments.map(({ name }) => name)).toEqual(['development', 'staging', 'production']);
  expect(await core.readLocalVault('samples/production', made.localFolder)).toBeDefined();
  // A removed one is in the bin of the vault.
  const [, staging] = environments;
  await client.environments.remove({ id: staging!.id, onServer: true });

  await client.workspaces.remove({ id: made.id });
  expect(await core.readLocalVault('samples/production', made.localFolder)).toBeUndefined();
  expect((await client.workspaces.list()).workspaces).toHaveLength(1);
  expect(server.requests).toEqual([]);
  const again = await client.workspaces.createSample();
  expect(again.id).not.toBe(made.id);
  expect(await client.environments.list({ workspaceId: again.id })).toHaveLength(3);
});

it('takes another name for it if the name is taken, and removes only its own folder', async () => {
  const core = await startCore();
  const { client } = core;
  await client.environments.createSamples({ workspaceId: core.workspaceId });
  await client.workspaces.create({ name: 'SAMPLE SHOP' });
  const { id, name } = await client.workspaces.createSample();
  expect(name).toBe('Sample shop 2');
  await client.workspaces.remove({ id });
  expect(await core.readLocalVault('samples/production')).toBeDefined();
});

it('makes no workspace for them without the key', async () => {
  const core = await startCore();
  core.keychain.problem = 'The keychain is locked.';
  await expect(core.client.workspaces.createSample()).rejects.toMatchObject({
    code: 'KEY_CHOICE_NEEDED',
  });
  expect((await core.client.workspaces.list()).workspaces).toHaveLength(1);
});
