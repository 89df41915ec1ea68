/** What is in the audit beside requests. */
import { expect, it } from 'vitest';
import { adding, startCore } from '@test/support/core';

const details = (core: Awaited<ReturnType<typeof startCore>>) =>
  core.core.audit
    .list({ limit: 50 })
    .toReversed()
    .map(({ event, environment, detail }) => ({
      event,
      ...(environment !== undefined && { environment }),
      ...(detail !== undefined && { detail }),
    }));

it('has what was revealed, copied and exported, and how the key is protected', async () => {
  const core = await startCore();
  const { client } = core;
  const id = await core.create('production', { API_KEY: 'sk-1234' });
  await client.environments.reveal({ id, key: 'API_KEY' });
  await client.environments.copy({ id, key: 'API_KEY' });
  await client.environments.export({ id, format: 'dotenv' });
  const passphrase = 'correct horse battery';
  await client.security.choose({ choice: { mode: 'passphrase', passphrase } });
  await client.security.lock();
  await client.security.unlock({ passphrase: 'wrong' }).catch(() => undefined);
  await client.security.unlock({ passphrase });
  expect(details(core)).toEqual([
    { event: 'revealed', environment: 'production', detail: 'API_KEY' },
    { event: 'copied', environment: 'production', detail: 'API_KEY' },
    { event: 'exported', environment: 'production', detail: 'dotenv' },
    { event: 'protection-changed', detail: 'passphrase' },
    { event: 'locked' },
    { event: 'unlock-failed' },
    { event: 'unlocked' },
  ]);
  expect(JSON.stringify(core.core.audit.list({ limit: 50 }))).not.toContain('sk-1234');
});

it('stays when its workspace is deleted', async () => {
  const core = await startCore();
  const { id: workspaceId } = await core.client.workspaces.create({ name: 'Shop' });
  const { id } = await core.client.environments.create({ workspaceId, name: 'staging' });
  await core.client.environments.save({
    id,
    base: await core.base(id),
    changes: adding({ TOKEN: 'tk-1234' }),
  });
  await core.client.environments.reveal({ id, key: 'TOKEN' });
  await core.client.workspaces.remove({ id: workspaceId });
  expect(core.core.audit.list({ limit: 50 })).toMatchObject([
    { event: 'workspace-deleted', detail: expect.stringContaining('Shop') },
    { event: 'revealed', workspace: 'Shop', environment: 'staging', detail: 'TOKEN' },
  ]);
});
