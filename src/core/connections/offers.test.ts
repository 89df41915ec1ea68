/** What a form takes from this computer: the window sees where it is from, and the core keeps the text. */
import { expect, it } from 'vitest';
import { all, startCore, startTestVault } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { FakeRuntime } from '@test/support/fake-runtime';
import { freePort } from '@test/support/free-port';
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

it('keeps what a sign-in brought for the form to take, for the same address alone, until Lock', async () => {
  const vault = await startTestVault();
  const { client, core, workspaceId } = await startCore();
  const port = await freePort();
  vault.oidcRole({
    name: 'people',
    policies: ['root'],
    redirects: [`http://localhost:${String(port)}/oidc/callback`],
  });
  const values = { authentication: 'oidc', callbackPort: String(port) };
  const form = { ...vaultForm(workspaceId, vault, '', { values }), credentials: {} };
  const taking = { ...form, credentials: { oidcToken: { action: 'take' } } } as const;
  expect(await failureOf(client.connections.save(taking))).toMatchObject({
    message: 'Nobody is signed in for these settings.',
  });

  const told: unknown[] = [];
  for await (const step of await client.connections.signIn(form)) {
    told.push(step);
    if (step.type === 'open') await fetch(step.url);
  }
  expect(told).toMatchObject([
    { type: 'open', opened: false },
    { type: 'done', credentials: ['oidcToken'] },
  ]);
  expect(JSON.stringify(told)).not.toMatch(/hvs\./);
  const elsewhere = { ...taking, values: { ...taking.values, url: 'https://evil.example' } };
  expect(await failureOf(client.connections.save(elsewhere))).toMatchObject({
    code: 'CREDENTIALS_MISSING',
  });
  const steps = await all(client.connections.test(taking));
  expect(steps.findLast(({ id }) => id === 'authentication')?.detail).toMatch(/^OIDC, good for/);
  const saved = await client.connections.save(taking);
  expect(saved.providers['hashicorp-vault'].savedCredentials).toEqual(['oidcToken']);
  core.connections.lock();
  expect(await failureOf(client.connections.save(taking))).toMatchObject({
    code: 'CREDENTIALS_MISSING',
  });
});
