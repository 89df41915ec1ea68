/** Values by name for programs, through the agent contract. */
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentClient } from '@shared/contract/agent';
import { openCore } from '@core/core';
import { withAppErrors } from '@server/agent/connect';
import { createAgentRouter } from '@server/agent/router';
import { startTestVault, TestCore } from '@test/support/core';
import { appErrorOf } from '@test/support/failure-of';
import { temporaryDirectory } from '@test/support/temporary-directory';

/** An environment `local` here and `linked` at a Vault, whose values are not in memory. */
async function scene() {
  const vault = await startTestVault();
  const before = new TestCore(temporaryDirectory());
  await before.start();
  await before.useVault(vault);
  await before.create('local', { A: '1', B: '2' });
  await before.createSynced('linked', { C: '3', D: '4' });
  await before.close();
  const { dataDirectory, keychain } = before;
  const core = await openCore({ host: 'cli', version: '0.0.0', dataDirectory, keychain });
  onTestFinished(() => core.close());
  const client: AgentClient = createRouterClient(createAgentRouter(core), {
    context: { caller: { kind: 'sdk' as const, process: { pid: 1 } }, reason: undefined },
    interceptors: [({ next }) => withAppErrors(next)],
  });
  return { vault, client, core };
}

describe('resolve', () => {
  it('gives values in the order of the references, and reads each environment once', async () => {
    const { client, vault } = await scene();
    vault.clearRequests();
    const references = [
      { environment: 'linked', key: 'D' },
      { environment: 'local', key: 'A' },
      { environment: 'linked', key: 'C' },
    ];
    expect(await client.resolve({ references })).toEqual([
      { environment: 'linked', key: 'D', value: '4' },
      { environment: 'local', key: 'A', value: '1' },
      { environment: 'linked', key: 'C', value: '3' },
    ]);
    const reads = vault.requests.filter(({ path }) => path === 'secret/data/linked');
    expect(reads).toHaveLength(1);
  });

  it('takes the active environment for a reference without one', async () => {
    const { client } = await scene();
    await client.environments.activate({ environment: 'local' });
    expect(await client.resolve({ references: [{ key: 'B' }] })).toEqual([
      { key: 'B', value: '2' },
    ]);
  });

  it('names everything that is missing, and suggests near names', async () => {
    const { client, core } = await scene();
    const references = [
      { environment: 'linked', key: 'CC' },
      { environment: 'local', key: 'A' },
      { environment: 'local', key: 'NOTHING' },
    ];
    const error = await appErrorOf(client.resolve({ references }));
    expect(error).toMatchObject({
      code: 'NO_SUCH_VARIABLE',
      message: 'There is no variable CC in “linked”. There is no variable NOTHING in “local”.',
      hint: 'Did you mean “C”?',
      details: { field: 'CC', suggestion: 'C' },
    });
    const workspaceId = core.workspaces.list().currentId;
    const revealed = core.activity.list({ workspaceId, limit: 50, actions: ['revealed'] });
    expect(revealed).toEqual([]);
  });

  it('asks no provider if an environment is unknown', async () => {
    const { client, vault } = await scene();
    vault.clearRequests();
    const references = [
      { environment: 'linked', key: 'C' },
      { environment: 'locl', key: 'A' },
    ];
    expect(await appErrorOf(client.resolve({ references }))).toMatchObject({
      code: 'NO_SUCH_ENVIRONMENT',
      hint: 'Did you mean “local”?',
      details: { field: 'environment', suggestion: 'local' },
    });
    expect(vault.requests).toEqual([]);
  });
});

describe('the values of an environment', () => {
  it('are those that are not disabled, in order', async () => {
    const { client } = await scene();
    const { base } = await client.variables.list({ environment: 'local' });
    const changes = {
      edits: [{ key: 'A', disabled: true }],
      additions: [{ key: 'E', value: '5' }],
    };
    await client.variables.save({ environment: 'local', base, changes });
    expect(await client.variables.values({ environment: 'local' })).toEqual([
      { key: 'B', value: '2' },
      { key: 'E', value: '5' },
    ]);
  });
});

/** The scene with variables of `local` that refer to others. */
async function referring() {
  const it = await scene();
  const { base } = await it.client.variables.list({ environment: 'local' });
  const values = {
    FOLLOWED: '@linked/C',
    AGAIN: '@local/FOLLOWED',
    PACKAGE: '@types/node',
    ESCAPED: String.raw`\@linked/C`,
    BROKEN: '@linked/CC',
    ROUND: '@linked/ROUND',
  };
  const additions = Object.entries(values).map(([key, value]) => ({ key, value }));
  await it.client.variables.save({ environment: 'local', base, changes: { edits: [], additions } });
  // Strongroom refuses to save a circle: somebody else completes it at the server.
  it.vault.kv('secret').put('linked', { C: '3', ROUND: '@local/ROUND' });
  const get = (key: string, raw = false) =>
    it.client.variables.get({ environment: 'local', key, raw });
  return { ...it, get };
}

describe('references in values', () => {
  it('are followed by get, unless the text itself is wanted', async () => {
    const { get } = await referring();
    expect(await get('FOLLOWED')).toEqual({ value: '3', kind: 'text', doubtful: [] });
    expect((await get('AGAIN')).value).toBe('3');
    expect((await get('ESCAPED')).value).toBe('@linked/C');
    expect(await get('PACKAGE')).toMatchObject({
      value: '@types/node',
      doubtful: [{ environment: 'local', key: 'PACKAGE' }],
    });
    expect((await get('FOLLOWED', true)).value).toBe('@linked/C');
    expect((await get('ESCAPED', true)).value).toBe(String.raw`\@linked/C`);
    expect(await get('PACKAGE', true)).toMatchObject({ value: '@types/node', doubtful: [] });
  });

  it('are errors that name the variable if they lead nowhere', async () => {
    const { client, get } = await referring();
    expect(await appErrorOf(get('BROKEN'))).toMatchObject({
      code: 'UNKNOWN_REFERENCE',
      message: '@local/BROKEN: linked has no variable CC. Did you mean C?',
    });
    expect(await appErrorOf(get('ROUND'))).toMatchObject({
      code: 'REFERENCE_CYCLE',
      message: 'The references lead in a circle: @local/ROUND → @linked/ROUND → @local/ROUND.',
    });
    expect((await get('BROKEN', true)).value).toBe('@linked/CC');
    const exported = client.environments.export({ environment: 'local', format: 'dotenv' });
    expect(await appErrorOf(exported)).toMatchObject({
      message: expect.stringMatching(/^@local\/BROKEN: .* in a circle/) as string,
    });
    const references = [{ environment: 'local', key: 'BROKEN' }];
    expect(await appErrorOf(client.resolve({ references }))).toMatchObject({
      code: 'UNKNOWN_REFERENCE',
    });
  });

  it('are followed by an export and by resolve, each environment read once', async () => {
    const { client, vault } = await referring();
    const { base } = await client.variables.list({ environment: 'local' });
    const edits = ['BROKEN', 'ROUND'].map((key) => ({ key, disabled: true }));
    await client.variables.save({ environment: 'local', base, changes: { edits, additions: [] } });
    vault.clearRequests();
    const exported = await client.environments.export({ environment: 'local', format: 'json' });
    expect(JSON.parse(exported.text)).toEqual({
      A: '1',
      B: '2',
      FOLLOWED: '3',
      AGAIN: '3',
      PACKAGE: '@types/node',
      ESCAPED: '@linked/C',
    });
    expect(exported.doubtful).toEqual([{ environment: 'local', key: 'PACKAGE' }]);
    expect(vault.requests.filter(({ path }) => path === 'secret/data/linked')).toHaveLength(1);
    const raw = await client.environments.export({
      environment: 'local',
      format: 'json',
      raw: true,
    });
    expect(JSON.parse(raw.text)).toMatchObject({ FOLLOWED: '@linked/C', AGAIN: '@local/FOLLOWED' });
    const references = [{ environment: 'local', key: 'AGAIN' }];
    expect(await client.resolve({ references })).toEqual([
      { environment: 'local', key: 'AGAIN', value: '3' },
    ]);
  });

  it('are followed for one of two environments with the same name, by its id', async () => {
    const { client, vault } = await referring();
    vault.kv('secret').put('other/linked', { C: 'another' });
    for await (const _ of await client.transfer.pull({})) continue;
    const listed = await client.environments.list({});
    const linked = listed.find(({ path }) => path === 'linked');
    expect((await client.variables.get({ environment: linked?.id ?? '', key: 'C' })).value).toBe(
      '3',
    );
  });
});

describe('setting up the protection', () => {
  it('is possible once: a program does not change it', async () => {
    const { client } = await scene();
    const again = client.security.setUp({ mode: 'passphrase', passphrase: 'correct horse' });
    expect(await appErrorOf(again)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await client.security.protection()).toMatchObject({ mode: 'keychain' });
  });
});
