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
        { id: there, name: 'production', loaded: true },
        { id: here, name: 'local', loaded: true },
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

  it('say what is missing or malformed by the rules of the workspace, without a value', async () => {
    const secret = 'CANARY-no-number-4711';
    const a = await core.create('team/a', { PORT: secret, COPY: '@team/b/PORT' });
    const b = await core.create('team/b', { PORT: '1' });
    await client.workspaces.setExpected({
      id: core.workspaceId,
      expected: [
        { key: 'PORT', type: 'integer' },
        { key: 'COPY', type: 'url', optional: true },
        { key: 'BOTH' },
        { key: 'ONE', under: 'team/b' },
        { key: 'OTHERS', under: 'web' },
      ],
    });
    const comparison = await client.compare.environments({ ids: [a, b] });
    expect(JSON.stringify(comparison)).not.toContain(secret);
    expect(comparison.rows.map(({ key, outcome, cells }) => [key, outcome, ...cells])).toEqual([
      [
        'PORT',
        'different',
        {
          state: 'present',
          kind: 'text',
          group: 0,
          misfit: 'The value should be a whole number.',
        },
        { state: 'present', kind: 'text', group: 1 },
      ],
      ['COPY', 'missing', { state: 'present', kind: 'text', group: 0 }, { state: 'missing' }],
      [
        'BOTH',
        'missing',
        { state: 'missing', expected: true },
        { state: 'missing', expected: true },
      ],
      ['ONE', 'missing', { state: 'missing' }, { state: 'missing', expected: true }],
    ]);
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
  /** Copies, and saves the edit at once. */
  const copy = async (fromId: string, toId: string, key: string): Promise<void> => {
    const { variables, target } = await client.compare.copyVariables({ fromId, toId, keys: [key] });
    const isThere = target.variables.some((one) => one.key === key);
    await core.save(
      toId,
      isThere
        ? { edits: variables.map(({ value, kind }) => ({ key, value, kind })), additions: [] }
        : { edits: [], additions: variables },
    );
  };

  it('writes nothing, and gives the variable with the state of the target', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { PORT: 5432 });
    vault.kv('secret').put('staging', { A: '1' });
    await core.useVault(vault);
    await core.pullAll();
    vault.clearRequests();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    expect(await client.compare.copyVariables({ fromId, toId, keys: ['PORT'] })).toEqual({
      variables: [{ key: 'PORT', value: '5432', kind: 'number', secret: false }],
      target: await client.environments.open({ id: toId }),
    });
    expect(vault.requests).toEqual([]);
  });

  it('keeps kind and content when it is saved, at Vault', async () => {
    const vault = await startTestVault();
    const limits = '{"on":[true,null],"rate":0.5}';
    vault.kv('secret').put('production', `{"PORT":5432,"LIMITS":${limits},"ON":true,"NOPE":null}`);
    vault.kv('secret').put('staging', '{"PORT":"5432","ON":"true","KEPT":"1"}');
    await core.useVault(vault);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    for (const key of ['PORT', 'LIMITS', 'ON', 'NOPE']) await copy(fromId, toId, key);
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
    expect(vault.kv('secret').read('staging')).toEqual({
      PORT: 5432,
      LIMITS: { on: [true, null], rate: 0.5 },
      ON: true,
      NOPE: null,
      KEPT: '1',
    });
    expect(vault.kv('secret').currentVersion('production')).toBe(1);
  });

  it('keeps kind and content when it is saved, at AWS', async () => {
    const aws = await startTestAws();
    aws.put('production', '{"BIG":12345678901234567890}');
    aws.put('staging', '{"A":"1"}');
    await core.useAws(aws);
    await core.pullAll();
    const { id: fromId } = await core.environment('production');
    const { id: toId } = await core.environment('staging');
    await copy(fromId, toId, 'BIG');
    expect(aws.secret('staging')?.current?.value).toBe('{"A":"1","BIG":12345678901234567890}');
  });

  it('takes marks along', async () => {
    const fromId = await core.create('a');
    await core.save(fromId, {
      edits: [],
      additions: [{ key: 'NEW', value: '1', disabled: true, secret: false }],
    });
    const toId = await core.create('b');
    await copy(fromId, toId, 'NEW');
    const { variables } = await client.environments.open({ id: toId });
    expect(variables).toEqual([
      { key: 'NEW', kind: 'text', secret: false, disabled: true, literal: '1' },
    ]);
  });

  it('is refused for what is not there, not in memory, or no variable', async () => {
    const aws = await startTestAws();
    aws.put('text', 'just text');
    aws.put('map', '{"A":"1"}');
    await core.useAws(aws);
    await core.pullAll();
    const toId = await core.create('local');
    const { id: text } = await core.environment('text');
    const { id: map } = await core.environment('map');
    const refusalOf = (fromId: string, target: string, key: string) =>
      client.compare
        .copyVariables({ fromId, toId: target, keys: [key] })
        .catch((error: unknown) => error);
    expect(await refusalOf(map, toId, 'B')).toMatchObject({ code: 'NO_SUCH_VARIABLE' });
    expect(await refusalOf(text, toId, '(whole secret)')).toMatchObject({
      code: 'INVALID_INPUT',
      message: '“text” is not a list of variables, so there is none to copy.',
    });
    expect(await refusalOf(map, text, 'A')).toMatchObject({
      code: 'INVALID_INPUT',
      message: '“text” is not a list of variables, so none can be copied to it.',
    });
    await client.security.lock();
    await client.security.unlock({});
    expect(await refusalOf(map, toId, 'A')).toMatchObject({ code: 'VALUES_NOT_LOADED' });
    expect(await core.values(toId)).toEqual({});
  });

  it('is logged for the target, without the value', async () => {
    const fromId = await core.create('a', { API_KEY: 's3cret' });
    const toId = await core.create('b');
    await client.compare.copyVariables({ fromId, toId, keys: ['API_KEY'] });
    const [entry] = await client.activity.list({ workspaceId: core.workspaceId, limit: 1 });
    expect(entry).toMatchObject({
      action: 'copied',
      outcome: 'done',
      environment: 'b',
      detail: 'API_KEY from a',
    });
  });
});
