/** Compare through the router: environments here, and linked to stand-ins. */
import { beforeEach, describe, expect, it } from 'vitest';
import { startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';

let core: TestCore;
let client: TestCore['client'];

beforeEach(async () => {
  core = await startCore();
  client = core.client;
});

describe('environments side by side', () => {
  it('are compared in the order they were asked for, here or linked', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { API_KEY: 'a', PORT: 5432 });
    await core.useVault(vault);
    await core.pullAll();
    const here = await core.create('local', { API_KEY: 'a', PORT: '5432' });
    const { id: there } = await core.environment('production');
    const comparison = await client.compare.environments({ ids: [there, here] });
    expect(comparison).toEqual({
      environments: [
        { id: there, name: 'production', loaded: true, base: await core.base(there) },
        { id: here, name: 'local', loaded: true, base: await core.base(here) },
      ],
      rows: [
        {
          key: 'API_KEY',
          outcome: 'equal',
          cells: [
            { state: 'present', kind: 'text', group: 0 },
            { state: 'present', kind: 'text', group: 0 },
          ],
        },
        {
          key: 'PORT',
          outcome: 'different',
          cells: [
            { state: 'present', kind: 'number', group: 0 },
            { state: 'present', kind: 'text', group: 1 },
          ],
        },
      ],
    });
  });

  it('name the one that is not in memory, and ask no server', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { API_KEY: 'a' });
    await core.useVault(vault);
    await core.pullAll();
    const here = await core.create('local', { API_KEY: 'a' });
    await core.restart();
    client = core.client;
    vault.clearRequests();
    const { id: there } = await core.environment('production');
    const { environments, rows } = await client.compare.environments({ ids: [there, here] });
    expect(environments.map(({ name, loaded }) => [name, loaded])).toEqual([
      ['production', false],
      ['local', true],
    ]);
    expect(rows.map(({ cells }) => cells.map(({ state }) => state))).toEqual([
      ['unknown', 'present'],
    ]);
    expect(vault.requests).toEqual([]);
  });

  it('are refused where they are too few, the same, of two workspaces or not there', async () => {
    const a = await core.create('a');
    const { id: workspaceId } = await client.workspaces.create({ name: 'Payments' });
    const { id: foreign } = await client.environments.create({ workspaceId, name: 'b' });
    const refused = { code: 'INVALID_INPUT' };
    await expect(client.compare.environments({ ids: [a] })).rejects.toMatchObject(refused);
    await expect(client.compare.environments({ ids: [a, a] })).rejects.toMatchObject(refused);
    await expect(client.compare.environments({ ids: [a, foreign] })).rejects.toMatchObject({
      ...refused,
      message: 'These environments belong to different workspaces.',
    });
    await expect(
      client.compare.environments({ ids: [a, crypto.randomUUID()] }),
    ).rejects.toMatchObject({ code: 'NO_SUCH_ENVIRONMENT' });
  });
});

describe('copying a variable', () => {
  it('keeps kind and content, at Vault', async () => {
    const vault = await startTestVault();
    const limits = '{"on":[true,null],"rate":0.5}';
    vault.kv('secret').put('production', `{"PORT":5432,"LIMITS":${limits},"ON":true,"NOPE":null}`);
    vault.kv('secret').put('staging', '{"PORT":"old","KEPT":"1"}');
    await core.useVault(vault);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    for (const key of ['PORT', 'LIMITS', 'ON', 'NOPE']) {
      await client.compare.copyVariable({ fromId, toId, key, base: await core.base(toId) });
    }
    const { rows } = await client.compare.environments({ ids: [fromId, toId] });
    expect(rows.map(({ key, outcome }) => [key, outcome])).toEqual(
      expect.arrayContaining([
        ['PORT', 'equal'],
        ['LIMITS', 'equal'],
        ['ON', 'equal'],
        ['NOPE', 'equal'],
        ['KEPT', 'missing'],
      ]),
    );
    await client.environments.pull({ id: toId });
    expect(await core.values(toId)).toEqual({
      PORT: '5432',
      LIMITS: limits,
      ON: 'true',
      NOPE: 'null',
      KEPT: '1',
    });
    expect(vault.kv('secret').currentVersion('staging')).toBe(5);
    expect(vault.kv('secret').currentVersion('production')).toBe(1);
  });

  it('keeps kind and content, at AWS', async () => {
    const aws = await startTestAws();
    aws.put('production', '{"BIG":12345678901234567890}');
    aws.put('staging', '{"A":"1"}');
    await core.useAws(aws);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    const base = await core.base(toId);
    await client.compare.copyVariable({ fromId, toId, key: 'BIG', base });
    expect(aws.secret('staging')?.current?.value).toBe('{"A":"1","BIG":12345678901234567890}');
  });

  it('takes marks along for a variable that is new, and leaves those of one that is there', async () => {
    const fromId = await core.create('a');
    await core.save(fromId, {
      edits: [],
      additions: [
        { key: 'NEW', value: '1', disabled: true, secret: false },
        { key: 'OLD', value: '2', secret: false },
      ],
    });
    const toId = await core.create('b');
    await core.save(toId, {
      edits: [],
      additions: [{ key: 'OLD', value: '1', disabled: true }],
    });
    for (const key of ['NEW', 'OLD']) {
      await client.compare.copyVariable({ fromId, toId, key, base: await core.base(toId) });
    }
    const { variables } = await client.environments.open({ id: toId });
    expect(variables).toEqual([
      { key: 'OLD', kind: 'text', secret: true, disabled: true },
      { key: 'NEW', kind: 'text', secret: false, disabled: true, literal: '1' },
    ]);
    expect(await core.values(toId)).toEqual({ OLD: '2', NEW: '1' });
  });

  it('writes nothing where it is the same already', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { A: 'same' });
    vault.kv('secret').put('staging', { A: 'same' });
    await core.useVault(vault);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    await client.compare.copyVariable({ fromId, toId, key: 'A', base: await core.base(toId) });
    expect(vault.kv('secret').currentVersion('staging')).toBe(1);
  });

  it('overwrites nothing that has changed since it was seen', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { A: 'new' });
    vault.kv('secret').put('staging', { A: 'old' });
    await core.useVault(vault);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    const base = await core.base(toId);
    vault.kv('secret').put('staging', { A: 'of a colleague' });
    const copy = () => client.compare.copyVariable({ fromId, toId, key: 'A', base });
    await expect(copy()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(vault.kv('secret').read('staging')).toEqual({ A: 'of a colleague' });
    await client.environments.pull({ id: toId });
    await expect(copy()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(vault.kv('secret').read('staging')).toEqual({ A: 'of a colleague' });
  });

  it('is refused for what is not there, not in memory, or no variable', async () => {
    const aws = await startTestAws();
    aws.put('text', 'just text');
    aws.put('map', '{"A":"1"}');
    await core.useAws(aws);
    await core.pullAll();
    const toId = await core.create('local');
    const base = await core.base(toId);
    const { id: text } = await core.environment('text');
    const { id: map } = await core.environment('map');
    await expect(
      client.compare.copyVariable({ fromId: map, toId, key: 'B', base }),
    ).rejects.toMatchObject({ code: 'NO_SUCH_VARIABLE' });
    await expect(
      client.compare.copyVariable({ fromId: text, toId, key: '(whole secret)', base }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(
      client.compare.copyVariable({
        fromId: map,
        toId: text,
        key: 'A',
        base: await core.base(text),
      }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await client.security.lock();
    await expect(
      client.compare.copyVariable({ fromId: map, toId, key: 'A', base }),
    ).rejects.toMatchObject({ code: 'VALUES_NOT_LOADED' });
    expect(await core.values(toId)).toEqual({});
  });

  it('is logged for the target, without the value', async () => {
    const fromId = await core.create('a', { API_KEY: 's3cret' });
    const toId = await core.create('b');
    await client.compare.copyVariable({
      fromId,
      toId,
      key: 'API_KEY',
      base: await core.base(toId),
    });
    const [entry] = await client.activity.list({ workspaceId: core.workspaceId, limit: 1 });
    expect(entry).toMatchObject({
      action: 'copied',
      outcome: 'done',
      environment: 'b',
      detail: 'API_KEY from a',
    });
  });
});
