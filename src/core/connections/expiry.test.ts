/** What the status tells of a token that ends. */
import { expect, it } from 'vitest';
import { startCore, startTestVault } from '@test/support/core';
import { FakeRuntime } from '@test/support/fake-runtime';
import { vaultForm } from '@test/support/forms';
import type { TokenOptions } from '@test/servers/vault/server';

const MINUTE = 60_000;

async function start(token: TokenOptions) {
  const vault = await startTestVault();
  vault.policy('app', { 'secret/*': ['read', 'list'] });
  vault.kv('secret').put('app', { A: '1' });
  const runtime = new FakeRuntime({
    // Rows hold whole milliseconds.
    now: () => Math.floor(vault.clock.now()),
    advance: (milliseconds) => vault.clock.advance(milliseconds),
  });
  const { client, workspaceId } = await startCore(runtime);
  const id = vault.token({ policies: ['app'], ...token });
  await client.connections.save(vaultForm(workspaceId, vault, id));
  const expires = async () => (await client.connections.status({ workspaceId })).expires;
  const use = async (): Promise<void> => {
    for await (const event of await client.transfer.pullAll({ workspaceId })) void event;
  };
  return { vault, runtime, expires, use };
}

it('is known some time after the token came into use, and changes with each renewal', async () => {
  const { runtime, expires, use } = await start({ ttl: 3600, explicitMaxTtl: 3600 });
  expect(await expires()).toBeUndefined();
  await use();
  await runtime.advance(MINUTE);
  expect(await expires()).toMatchObject({ what: 'token', renews: true });
  // Its maximum TTL is reached, so that the renewal brings nothing.
  await runtime.advance(45 * MINUTE);
  expect(await expires()).toMatchObject({ what: 'token', renews: false });
});

it('says of a token that cannot be renewed when it ends', async () => {
  const { runtime, expires, use } = await start({ ttl: 3600, renewable: false });
  await use();
  const now = runtime.now();
  await runtime.advance(MINUTE);
  expect(await expires()).toMatchObject({ what: 'token', renews: false });
  const found = await expires();
  expect(Math.abs((found?.at ?? 0) - (now + 60 * MINUTE))).toBeLessThan(2 * MINUTE);
});

it('says nothing of a token that never ends', async () => {
  const { runtime, expires, use } = await start({ policies: ['root'] });
  await use();
  await runtime.advance(MINUTE);
  expect(await expires()).toBeUndefined();
});
