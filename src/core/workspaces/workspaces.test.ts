/** Workspaces through the router, with a stand-in for Vault behind them. */
import { join } from 'node:path';
import type { ErrorCode } from '@shared/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultServer } from '@test/servers/vault/server';
import { Database } from '@core/storage/database';
import { all, startCore, startTestVault, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { vaultForm } from '@test/support/forms';

let core: TestCore;
let client: TestCore['client'];
/** The one that a fresh install has. */
let first: string;

beforeEach(async () => {
  core = await startCore();
  client = core.client;
  first = (await client.workspaces.list()).currentId;
});

const create = async (name: string): Promise<string> =>
  (await client.workspaces.create({ name })).id;

const names = async (): Promise<string[]> =>
  (await client.workspaces.list()).workspaces.map(({ name }) => name);

const environmentNames = async (workspaceId: string): Promise<string[]> =>
  (await client.environments.list({ workspaceId })).map(({ name }) => name);

const code = (expected: ErrorCode) => ({ code: expected });

describe('a workspace', () => {
  it('is created on the global defaults, renamed, and put in order', async () => {
    const created = await client.workspaces.create({ name: ' Payments ' });
    expect(created).toEqual({
      id: expect.any(String),
      name: 'Payments',
      ownConfiguration: false,
      localFolder: expect.stringMatching(/^payments-[0-9a-f]{8}$/),
    });
    await client.workspaces.rename({ id: created.id, name: 'Billing' });
    expect(await names()).toEqual(['Personal', 'Billing']);
    await client.workspaces.reorder({ ids: [created.id] });
    expect(await names()).toEqual(['Billing', 'Personal']);
    await core.restart();
    client = core.client;
    expect(await names()).toEqual(['Billing', 'Personal']);
  });

  it('has a name of its own, whatever its case', async () => {
    const id = await create('Payments');
    await expect(create('PAYMENTS')).rejects.toMatchObject({
      ...code('NAME_TAKEN'),
      message: 'There is already a workspace “PAYMENTS”.',
    });
    await expect(client.workspaces.rename({ id: first, name: 'payments' })).rejects.toMatchObject(
      code('NAME_TAKEN'),
    );
    expect(await client.workspaces.rename({ id, name: 'PAYMENTS' })).toMatchObject({
      name: 'PAYMENTS',
    });
    await expect(create('  ')).rejects.toMatchObject(code('INVALID_INPUT'));
  });

  it('is the one to start with once it was switched to', async () => {
    const id = await create('Payments');
    expect((await client.workspaces.list()).currentId).toBe(first);
    await client.workspaces.switchTo({ id });
    await core.restart();
    client = core.client;
    expect((await client.workspaces.list()).currentId).toBe(id);
  });

  it('has its own environments', async () => {
    const second = await create('Payments');
    await client.environments.create({ workspaceId: first, name: 'production' });
    await client.environments.create({ workspaceId: second, name: 'production' });
    await client.environments.create({ workspaceId: second, name: 'staging' });
    expect(await environmentNames(first)).toEqual(['production']);
    expect(await environmentNames(second)).toEqual(['production', 'staging']);
  });

  it('is recorded in the log', async () => {
    const id = await create('Payments');
    await client.workspaces.rename({ id, name: 'Billing' });
    await client.workspaces.rename({ id, name: 'Billing' });
    await client.environments.create({ workspaceId: id, name: 'production' });
    const logged = async (workspaceId: string) =>
      (await client.activity.list({ workspaceId, limit: 10 })).map(({ action, detail }) => [
        action,
        detail,
      ]);
    expect(await logged(id)).toEqual([
      ['environment-created', undefined],
      ['workspace-renamed', 'Billing'],
      ['workspace-created', 'Payments'],
    ]);
    await client.workspaces.remove({ id });
    expect(await logged(first)).toEqual([
      [
        'workspace-deleted',
        expect.stringMatching(
          /^Billing, with 1 environment. Secrets in the local vault stay in the folder “payments-.{8}”$/,
        ),
      ],
    ]);
  });
});

describe('deleting a workspace', () => {
  it('is refused for the last one', async () => {
    await expect(client.workspaces.remove({ id: first })).rejects.toMatchObject({
      ...code('INVALID_INPUT'),
      message: 'The last workspace cannot be deleted.',
    });
    expect(await names()).toEqual(['Personal']);
  });

  it('shows its neighbour, where it was in use', async () => {
    const second = await create('Second');
    const third = await create('Third');
    await client.workspaces.switchTo({ id: second });
    expect(await client.workspaces.remove({ id: third })).toEqual({ currentId: second });
    expect(await client.workspaces.remove({ id: second })).toEqual({ currentId: first });
    expect((await client.workspaces.list()).currentId).toBe(first);
  });

  it('leaves nothing of it on this computer, and all of it at the provider', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { API_KEY: 'sk-live-1' });
    const second = await create('Payments');
    await client.connections.save(
      vaultForm(second, vault, vault.rootToken, { scope: 'workspace' }),
    );
    await all(client.transfer.pullAll({ workspaceId: second }));
    const local = await client.environments.create({ workspaceId: second, name: 'local' });
    const { base = '' } = await client.environments.open({ id: local.id });
    const changes = { edits: [], additions: [{ key: 'A', value: '1', disabled: true }] };
    await client.environments.save({ id: local.id, base, changes });

    await client.workspaces.remove({ id: second });
    await expect(client.environments.open({ id: local.id })).rejects.toMatchObject(
      code('NO_SUCH_ENVIRONMENT'),
    );
    expect(vault.kv('secret').read('production')).toEqual({ API_KEY: 'sk-live-1' });
    await core.close();
    expect(rowsThatName([second, local.id])).toEqual([]);
  });

  it('leaves the others alone', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { API_KEY: 'sk-live-1' });
    await client.connections.save(vaultForm(first, vault, vault.rootToken));
    const second = await create('Payments');
    for (const workspaceId of [first, second]) await all(client.transfer.pullAll({ workspaceId }));
    await client.workspaces.remove({ id: second });
    const [environment] = await client.environments.list({ workspaceId: first });
    expect(environment?.state).toBe('loaded');
    await client.environments.pull({ id: environment?.id ?? '' });
  });

  it('makes every later call for it say so', async () => {
    const id = await create('Payments');
    await client.workspaces.remove({ id });
    const form = vaultForm(id, { url: 'http://127.0.0.1:9' }, 'token');
    const calls = [
      client.workspaces.rename({ id, name: 'Other' }),
      client.workspaces.switchTo({ id }),
      client.workspaces.remove({ id }),
      client.environments.list({ workspaceId: id }),
      client.environments.create({ workspaceId: id, name: 'production' }),
      client.connections.settings({ workspaceId: id }),
      client.connections.save({ ...form, scope: 'workspace' }),
      client.connections.save({ ...form, scope: 'global' }),
      client.connections.override({ workspaceId: id }),
      client.connections.useGlobal({ workspaceId: id }),
      client.connections.status({ workspaceId: id }),
      all(client.connections.test(form)),
      all(client.transfer.pullAll({ workspaceId: id })),
      all(client.transfer.autoSync({ workspaceId: id })),
      client.activity.export({ workspaceId: id }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ reason: code('NO_SUCH_WORKSPACE') });
    }
  });
});

describe('deleting a workspace while something runs for it', () => {
  const deleted = {
    code: 'NO_SUCH_WORKSPACE',
    message: 'The workspace “Payments” was deleted while this was running.',
  };
  let vault: VaultServer;
  let second: string;

  beforeEach(async () => {
    vault = await startTestVault();
    for (const path of ['production', 'staging']) vault.kv('secret').put(path, { A: '1' });
    await client.connections.save(vaultForm(first, vault, vault.rootToken));
    second = await create('Payments');
  });

  it('ends Pull All, and the one of a workspace on the same settings goes on', async () => {
    const gate = vault.faults.gate({ method: 'GET', path: 'secret/data/*' });
    const mine = all(client.transfer.pullAll({ workspaceId: first }));
    const theirs = failureOf(all(client.transfer.pullAll({ workspaceId: second })));
    await gate.reached;
    await client.workspaces.remove({ id: second });
    expect(await theirs).toMatchObject(deleted);
    gate.open();
    expect((await mine).at(-1)).toMatchObject({ created: ['production', 'staging'] });
    expect(await environmentNames(first)).toEqual(['production', 'staging']);
  });

  it('ends a Pull of one environment', async () => {
    const id = await pulled('production');
    const gate = vault.faults.gate({ method: 'GET', path: 'secret/data/*' });
    const pull = failureOf(client.environments.pull({ id }));
    await gate.reached;
    await client.workspaces.remove({ id: second });
    expect(await pull).toMatchObject(deleted);
    gate.open();
  });

  it('ends a save, and removes nothing at the provider', async () => {
    const id = await pulled('production');
    const { base = '' } = await client.environments.open({ id });
    const gate = vault.faults.gate({ method: 'POST' });
    const changes = { edits: [{ key: 'A', value: '2' }], additions: [] };
    const save = failureOf(client.environments.save({ id, base, changes }));
    await gate.reached;
    await client.workspaces.remove({ id: second });
    expect(await save).toMatchObject(deleted);
    gate.open();
    expect(vault.kv('secret').paths()).toEqual(['production', 'staging']);
    expect(vault.kv('secret').read('staging')).toEqual({ A: '1' });
  });

  it('ends Test Connection', async () => {
    const gate = vault.faults.gate();
    const test = failureOf(all(client.connections.test(vaultForm(second, vault, vault.rootToken))));
    await gate.reached;
    await client.workspaces.remove({ id: second });
    expect(await test).toMatchObject(deleted);
    gate.open();
  });

  it('ends switching sync on, and keeps no link', async () => {
    const { id } = await client.environments.create({ workspaceId: second, name: 'local' });
    const { base = '' } = await client.environments.open({ id });
    const changes = { edits: [], additions: [{ key: 'A', value: '1' }] };
    await client.environments.save({ id, base, changes });
    const gate = vault.faults.gate({ method: 'POST' });
    const enable = failureOf(
      client.environments.enableSync({ id, path: 'local', resolution: 'push' }),
    );
    await gate.reached;
    await client.workspaces.remove({ id: second });
    expect(await enable).toMatchObject(deleted);
    gate.open();
  });

  it('ends a save on this computer', async () => {
    const { id } = await client.environments.create({ workspaceId: second, name: 'local' });
    const { base = '' } = await client.environments.open({ id });
    const changes = { edits: [], additions: [{ key: 'A', value: '1' }] };
    const save = failureOf(client.environments.save({ id, base, changes }));
    await client.workspaces.remove({ id: second });
    expect(await save).toMatchObject(code('NO_SUCH_ENVIRONMENT'));
  });

  it('tells nobody of it in the log of a workspace that is gone', async () => {
    const gate = vault.faults.gate({ method: 'GET', path: 'secret/data/*' });
    const pull = all(client.transfer.pullAll({ workspaceId: second })).catch(() => undefined);
    await gate.reached;
    await client.workspaces.remove({ id: second });
    await pull;
    gate.open();
    await core.close();
    expect(rowsThatName([second])).toEqual([]);
  });

  /** Pulls into the second workspace, and gives the environment's id. */
  async function pulled(name: string): Promise<string> {
    await all(client.transfer.pullAll({ workspaceId: second }));
    const environments = await client.environments.list({ workspaceId: second });
    return environments.find((each) => each.name === name)?.id ?? '';
  }
});

/** Rows of the closed database in which one of these ids occurs, by table. */
function rowsThatName(ids: readonly string[]): string[] {
  const database = new Database(join(core.dataDirectory, 'strongroom.db'));
  try {
    const tables = database
      .all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .map(({ name }) => String(name));
    expect(tables).toContain('credentials');
    return tables.flatMap((table) =>
      database
        .all(`SELECT * FROM "${table}"`)
        .filter((row) => ids.some((id) => JSON.stringify(row).includes(id)))
        .map((row) => `${table}: ${JSON.stringify(row)}`),
    );
  } finally {
    database.close();
  }
}
