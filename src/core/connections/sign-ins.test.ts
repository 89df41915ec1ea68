/** Logins in the audit. */
import { expect, it } from 'vitest';
import { all, startCore, startTestVault } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { vaultForm } from '@test/support/forms';

async function started() {
  const core = await startCore();
  const vault = await startTestVault();
  vault.kv('secret').put('production', { API_KEY: 'sk-1234' });
  const entries = () =>
    core.core.audit
      .list({ events: ['signed-in', 'sign-in-failed'], limit: 50 })
      .toReversed()
      .map(({ event, detail, error, workspace }) => [event, detail, error, workspace]);
  const pull = () => all(core.client.transfer.pullAll({ workspaceId: core.workspaceId }));
  return { core, vault, entries, pull };
}

const workspace = 'Personal';
const signedIn = ['signed-in', 'HashiCorp Vault', undefined, workspace];

it('is one entry for each login, however many calls follow, and again after Lock', async () => {
  const { core, vault, entries, pull } = await started();
  await core.useVault(vault);
  await pull();
  await pull();
  expect(entries()).toEqual([signedIn]);
  await core.client.security.lock();
  await core.client.security.unlock({});
  await pull();
  expect(entries()).toEqual([signedIn, signedIn]);
});

it('has one entry for a refused credential, and one when it is accepted again', async () => {
  const { core, vault, entries, pull } = await started();
  await core.client.connections.save(vaultForm(core.workspaceId, vault, 'hvs.wrong'));
  await failureOf(pull());
  await failureOf(pull());
  const refused = ['sign-in-failed', 'HashiCorp Vault', 'TOKEN_INVALID', workspace];
  expect(entries()).toEqual([refused]);
  await core.useVault(vault);
  await pull();
  expect(entries()).toEqual([refused, signedIn]);
});

it('has each Test Connection', async () => {
  const { core, vault, entries } = await started();
  const test = (token: string) =>
    all(core.client.connections.test(vaultForm(core.workspaceId, vault, token)));
  await test(vault.rootToken);
  await test('hvs.wrong');
  const detail = 'HashiCorp Vault, Test Connection';
  expect(entries()).toEqual([
    ['signed-in', detail, undefined, workspace],
    ['sign-in-failed', detail, 'TOKEN_INVALID', workspace],
  ]);
  expect(JSON.stringify(core.core.audit.list({ limit: 50 }))).not.toContain('hvs.');
});

it('has nothing of a provider on this computer', async () => {
  const { core, entries, pull } = await started();
  await core.useLocal();
  await pull();
  await all(
    core.client.connections.test({
      workspaceId: core.workspaceId,
      provider: 'local-vault',
      values: { autoSync: false },
      credentials: {},
    }),
  );
  expect(entries()).toEqual([]);
});

it('has nothing of a server that cannot be reached', async () => {
  const { core, vault, entries, pull } = await started();
  await core.useVault(vault);
  await vault.close();
  await failureOf(pull());
  expect(entries()).toEqual([]);
});
