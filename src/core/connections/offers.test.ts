/** What a form takes from this computer: the window sees where it is from, and the core keeps the text. */
import { expect, it } from 'vitest';
import { all, startCore, startTestVault } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { FakeRuntime } from '@test/support/fake-runtime';
import { vaultForm } from '@test/support/forms';

const TOKEN = 'hvs.of-the-vault-cli';

async function start() {
  const vault = await startTestVault();
  vault.token({ id: TOKEN, policies: ['root'] });
  const runtime = new FakeRuntime({
    // Rows hold whole milliseconds.
    now: () => Math.floor(vault.clock.now()),
    advance: (milliseconds) => vault.clock.advance(milliseconds),
  });
  Object.assign(runtime.env, { VAULT_ADDR: vault.url, VAULT_TOKEN: TOKEN });
  const { client, workspaceId } = await startCore(runtime);
  const form = {
    ...vaultForm(workspaceId, vault, ''),
    credentials: { token: { action: 'take' } },
  } as const;
  return { client, workspaceId, runtime, form };
}

it('proposes the settings, without the token', async () => {
  const { client, workspaceId } = await start();
  const offer = await client.connections.offer({ workspaceId, provider: 'hashicorp-vault' });
  expect(offer.proposal).toMatchObject({
    credentials: ['token'],
    from: ['VAULT_ADDR', 'VAULT_TOKEN'],
  });
  expect(JSON.stringify(offer)).not.toContain(TOKEN);
  expect(await client.connections.offer({ workspaceId, provider: 'local-vault' })).toEqual({});
});

it('tests and saves a form with the token that is there', async () => {
  const { client, runtime, form } = await start();
  const steps = await all(client.connections.test(form));
  expect(steps.findLast(({ id }) => id === 'authentication')?.status).not.toBe('failed');
  const saved = await client.connections.save(form);
  expect(saved.providers['hashicorp-vault'].savedCredentials).toEqual(['token']);
  delete runtime.env['VAULT_TOKEN'];
  const again = await all(client.connections.test({ ...form, credentials: {} }));
  expect(again.findLast(({ id }) => id === 'authentication')?.status).not.toBe('failed');
});

it('says that it is gone', async () => {
  const { client, runtime, form } = await start();
  delete runtime.env['VAULT_TOKEN'];
  delete runtime.env['VAULT_ADDR'];
  const failure = await failureOf(client.connections.save(form));
  expect(failure).toMatchObject({ code: 'CREDENTIALS_MISSING' });
});
