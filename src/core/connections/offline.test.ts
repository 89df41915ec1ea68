/** A server that goes away and comes back, through the router, with the stand-ins behind a door. */
import type { ProviderStatus } from '@shared/model/connection';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startDoor, type Door } from '@test/servers/door';
import { startForwardProxy } from '@test/servers/forward-proxy';
import type { VaultServer } from '@test/servers/vault/server';
import { deferred } from '@test/support/deferred';
import { failureOf } from '@test/support/failure-of';
import { all, startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';

let core: TestCore;
let vault: VaultServer;
let door: Door;

const standing = (server: string): Promise<Door> =>
  startDoor(server).then((opened) => {
    onTestFinished(() => opened.close());
    return opened;
  });

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
  door = await standing(vault.url);
});

const useVault = (autoSync = false): Promise<void> =>
  core.useVault({ url: door.url, rootToken: vault.rootToken }, { autoSync });

const status = (): Promise<ProviderStatus> =>
  core.client.connections.status({ workspaceId: core.workspaceId });
const lookAgain = (): Promise<ProviderStatus> =>
  core.client.connections.lookAgain({ workspaceId: core.workspaceId });

const edit = (key: string, value: string) => ({ edits: [{ key, value }], additions: [] });

describe('while Vault is away', () => {
  let id: string;

  beforeEach(async () => {
    await useVault();
    for (const name of ['production', 'staging']) vault.kv('secret').put(name, '{"A":"1"}');
    await core.pullAll();
    ({ id } = await core.environment('production'));
    await door.close();
  });

  it('is said once, whatever fails for it, and harms nothing that is in memory', async () => {
    const offline = { code: 'OFFLINE' };
    await expect(core.pullAll()).rejects.toMatchObject(offline);
    await expect(core.client.environments.pull({ id })).rejects.toMatchObject(offline);
    await expect(core.save(id, edit('A', '2'))).rejects.toMatchObject(offline);
    await expect(core.client.environments.history({ id })).rejects.toMatchObject(offline);
    expect(await status()).toMatchObject({
      provider: 'hashicorp-vault',
      state: 'offline',
      since: expect.any(Number) as number,
      nextLookAt: expect.any(Number) as number,
      error: offline,
    });
    expect((await core.environments()).map(({ state }) => state)).toEqual(['loaded', 'loaded']);
    expect(await core.values(id)).toEqual({ A: '1' });
    expect(await core.activity(3)).toEqual([
      'revealed done all variables',
      expect.stringMatching(/^went-offline failed .*Nothing is listening/) as string,
      'pulled-all done 2 created, 0 already there, 0 skipped',
    ]);
  });

  it('is logged once, whether Vault Sync, Migrate or Push All finds it', async () => {
    const { workspaceId } = core;
    const offline = { code: 'OFFLINE' };
    const local = await core.create('local', { B: '1' });
    const link = { id: local, path: 'local', resolution: 'push' } as const;
    const migration = { environmentId: id, provider: 'hashicorp-vault', toPath: 'new' } as const;
    const push = { workspaceId, ids: [local], drafts: [] };
    await expect(core.client.environments.enableSync(link)).rejects.toMatchObject(offline);
    await expect(all(core.client.migrations.run(migration))).rejects.toMatchObject(offline);
    await expect(all(core.client.transfer.pushAll(push))).rejects.toMatchObject(offline);
    expect((await core.activity(10)).filter((line) => !line.includes(' done '))).toEqual([
      expect.stringMatching(/^went-offline failed/) as string,
    ]);
  });

  it('is healed by a look, which sends nothing; then all goes on', async () => {
    await expect(core.client.environments.pull({ id })).rejects.toMatchObject({ code: 'OFFLINE' });
    expect(await lookAgain()).toMatchObject({ state: 'offline' });
    await door.open();
    const before = vault.requests.length;
    expect(await lookAgain()).toMatchObject({ state: 'ok' });
    expect(vault.requests.length).toBe(before);
    await core.save(id, edit('A', '2'));
    expect(vault.kv('secret').read('production')).toEqual({ A: '2' });
  });

  it('is healed by the next call that gets through', async () => {
    await expect(core.save(id, edit('A', '2'))).rejects.toMatchObject({ code: 'OFFLINE' });
    await door.open();
    await core.save(id, edit('A', '2'));
    expect(await status()).toMatchObject({ state: 'ok' });
  });

  it('is noticed by a glance, after which there are none until it is over', async () => {
    const { workspaceId } = core;
    const ids = (await core.environments()).map((one) => one.id);
    await core.client.environments.glance({ workspaceId, ids });
    expect(await status()).toMatchObject({ state: 'offline' });
    await door.open();
    const before = door.connections;
    await core.client.environments.glance({ workspaceId, ids });
    expect(door.connections).toBe(before);
    await lookAgain();
    await core.client.environments.glance({ workspaceId, ids });
    expect(vault.requests.at(-1)?.path).toBe('secret/metadata/staging');
  });

  it('ends when the app is locked or the settings change, and is looked for no more', async () => {
    await expect(core.pullAll()).rejects.toMatchObject({ code: 'OFFLINE' });
    await core.client.security.lock();
    await core.client.security.unlock({});
    expect(await status()).toMatchObject({ state: 'ok' });
    await expect(core.pullAll()).rejects.toMatchObject({ code: 'OFFLINE' });
    await core.useLocal();
    expect(await status()).toMatchObject({ provider: 'local-vault', state: 'unknown' });
    await door.open();
    const before = door.connections;
    await lookAgain();
    expect(door.connections).toBe(before);
  });

  it('tells whoever watches, and ends with them', async () => {
    const leave = new AbortController();
    const told = all(
      core.client.connections.watch({ workspaceId: core.workspaceId }, { signal: leave.signal }),
    );
    await expect(core.client.environments.pull({ id })).rejects.toMatchObject({ code: 'OFFLINE' });
    await door.open();
    await lookAgain();
    leave.abort();
    expect((await told).map(({ state }) => state)).toEqual(['ok', 'offline', 'ok']);
  });
});

it('ends a Pull All in one sentence when the server goes away in its middle', async () => {
  for (let n = 0; n < 200; n += 1) vault.kv('secret').put(`app/${String(n)}`, '{"A":"1"}');
  await useVault();
  const { promise: closed, resolve: onClosed } = deferred();
  const held = vault.faults.add({ match: { path: /^secret\/data\// }, skip: 50, until: closed });
  const events: string[] = [];
  const run = async (): Promise<void> => {
    for await (const { type } of await core.client.transfer.pullAll({
      workspaceId: core.workspaceId,
    })) {
      events.push(type);
    }
  };
  const running = failureOf(run());
  await held.reached;
  await door.close();
  onClosed();
  expect(await running).toMatchObject({
    code: 'OFFLINE',
    message: expect.stringMatching(/\b[1-9]\d of 200 secrets had been pulled by then\.$/) as string,
  });
  expect(events).not.toContain('summary');
  expect((await core.environments()).filter(({ state }) => state === 'failed')).toEqual([]);
  expect((await core.activity(10)).filter((line) => line.includes('offline'))).toHaveLength(1);
});

it('runs an Auto Sync that failed for it when the server is back, and only then', async () => {
  vault.kv('secret').put('production', '{"A":"1"}');
  await useVault(true);
  await door.close();
  const sync = () => all(core.client.transfer.autoSync({ workspaceId: core.workspaceId }));
  await expect(sync()).rejects.toMatchObject({ code: 'OFFLINE' });
  await door.open();
  expect((await sync()).at(-1)).toMatchObject({ type: 'summary', created: ['production'] });
  expect(await sync()).toEqual([]);
});

it('holds for AWS too', async () => {
  const aws = await startTestAws();
  const awsDoor = await standing(aws.endpoint);
  await core.useAws({ endpoint: awsDoor.url, accessKey: () => aws.accessKey() });
  const id = await core.createSynced('production', { A: '1' });
  await awsDoor.close();
  await expect(core.save(id, edit('A', '2'))).rejects.toMatchObject({
    code: 'OFFLINE',
    message: expect.stringContaining('AWS Secrets Manager is offline') as string,
  });
  await awsDoor.open();
  expect(await lookAgain()).toMatchObject({ state: 'ok' });
  await core.save(id, edit('A', '2'));
  expect(await core.values(id)).toEqual({ A: '2' });
});

it('holds for the proxy on the way, which is looked for in place of the server', async () => {
  const proxy = await startForwardProxy();
  onTestFinished(() => proxy.stop());
  const proxyDoor = await standing(proxy.url);
  await core.useVault(vault, { proxy: 'typed', proxyUrl: proxyDoor.url });
  const id = await core.createSynced('production', { A: '1' });
  await proxyDoor.close();
  await expect(core.save(id, edit('A', '2'))).rejects.toMatchObject({ code: 'OFFLINE' });
  await proxyDoor.open();
  const before = proxy.requests.length;
  expect(await lookAgain()).toMatchObject({ state: 'ok' });
  expect(proxy.requests.length).toBe(before);
  await core.save(id, edit('A', '2'));
  // The proxy is there, and says that the server is not: an error as any other.
  proxy.answerWith({ status: 502 });
  await expect(core.save(id, edit('A', '3'))).rejects.not.toMatchObject({ code: 'OFFLINE' });
  expect(await status()).not.toMatchObject({ state: 'offline' });
});
