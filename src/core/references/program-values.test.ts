import { describe, expect, it } from 'vitest';
import { openCore, type Core } from '@core/core';
import { createRouterClient } from '@orpc/server';
import { createAgentRouter } from '@server/agent/router';
import { startTestVault, TestCore } from '@test/support/core';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { onTestFinished } from 'vitest';
import type { AgentClient } from '@shared/contract/agent';

const agentOf = (core: Core): AgentClient =>
  createRouterClient(createAgentRouter(core), {
    context: () => ({ caller: { kind: 'cli', process: { pid: 1 } }, reason: undefined }),
  });

/** A core whose environments were made by `fill`, and its agent client. */
async function coreWith(fill: (core: TestCore) => Promise<void>) {
  const test = new TestCore(temporaryDirectory());
  await test.start();
  await fill(test);
  await test.close();
  const { dataDirectory, keychain } = test;
  const core = await openCore({ host: 'cli', version: '0', dataDirectory, keychain });
  onTestFinished(() => core.close());
  const { workspaces } = core;
  return {
    agent: agentOf(core),
    idOf: (name: string): string =>
      core.environments.list(workspaces.list().currentId).find((each) => each.name === name)?.id ??
      '',
    log: () => core.activity.list({ workspaceId: workspaces.list().currentId, limit: 20 }),
  };
}

const nothing = { environments: [], assigned: [], expand: false };

describe('variables', () => {
  it('leave out what is disabled, and say what is secret', async () => {
    const { agent } = await coreWith(async (core) => {
      const id = await core.create('production', { A: '1', B: '2', C: '@production/B' });
      const { workspaceId } = core;
      await core.client.environments.setActive({ workspaceId, id });
      await core.save(id, {
        edits: [
          { key: 'A', secret: false },
          { key: 'B', disabled: true },
        ],
        additions: [],
      });
    });
    const { variables } = await agent.run.variables(nothing);
    expect(variables).toEqual([
      { key: 'A', value: '1', secret: false },
      { key: 'C', value: '2', secret: true },
    ]);
  });

  it('are logged by name, without values and only if they were given', async () => {
    const { agent, log } = await coreWith(async (core) => {
      await core.create('production', { API_KEY: 'hunter2', OTHER: 'hunter3' });
    });
    await agent.run.variables({ ...nothing, environments: ['production'], only: ['API_KEY'] });
    const entries = log();
    expect(entries[0]).toMatchObject({ action: 'revealed', detail: 'API_KEY' });
    expect(JSON.stringify(entries)).not.toMatch(/hunter/);
  });

  it('need no environment if each is assigned, and one if a reference means it', async () => {
    const { agent } = await coreWith(async (core) => {
      await core.create('production', { API_KEY: '1' });
      await core.create('staging', { API_KEY: '2' });
    });
    const reference = { vault: 'production', key: 'API_KEY' };
    const assigned = [{ key: 'A', reference }, { key: 'B' }];
    const { variables } = await agent.run.variables({ ...nothing, assigned });
    expect(variables).toEqual([{ key: 'A', value: '1', secret: true }]);
    for (const wanted of [[], [{ key: 'A', reference: { key: 'API_KEY' } }]]) {
      await expect(agent.run.variables({ ...nothing, assigned: wanted })).rejects.toMatchObject({
        code: 'NO_SUCH_ENVIRONMENT',
      });
    }
  });

  it('mean the last chosen environment that has a name', async () => {
    const { agent } = await coreWith(async (core) => {
      await core.create('base', { A: 'base', B: 'base' });
      await core.create('over', { A: 'over' });
    });
    const references = [{ key: 'A' }, { key: 'B' }];
    const environments = ['base', 'over'];
    const { values } = await agent.run.references({ environments, references });
    expect(values.map(({ value }) => value)).toEqual(['over', 'base']);
  });
});

describe('revisions', () => {
  it('change with the values, here and at a provider, without reading a value', async () => {
    const server = await startTestVault();
    const { agent, idOf, log } = await coreWith(async (core) => {
      await core.useVault(server);
      await core.createSynced('synced', { A: '1' });
      await core.create('local', { A: '1' });
    });
    const environments = [idOf('synced'), idOf('local')];
    const before = await agent.run.revisions({ environments });
    const entries = log().length;
    expect(await agent.run.revisions({ environments })).toEqual(before);
    expect(log()).toHaveLength(entries);
    for (const environment of ['synced', 'local']) {
      const { base } = await agent.variables.list({ environment });
      const changes = { edits: [{ key: 'A', value: '2' }], additions: [] };
      await agent.variables.save({ environment, base, changes });
    }
    const after = await agent.run.revisions({ environments });
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    const { read } = await agent.run.variables({ ...nothing, environments: ['synced'] });
    expect(read).toEqual([idOf('synced')]);
  });
});
