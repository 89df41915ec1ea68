/** Sign-in by OIDC: the browser is a `fetch` that follows the identity provider back to this computer. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AppError } from '@shared/errors';
import {
  startVaultServer,
  type OidcRoleOptions,
  type VaultServer,
} from '@test/servers/vault/server';
import { FakeRuntime } from '@test/support/fake-runtime';
import { freePort } from '@test/support/free-port';
import { errorOf, options, valuesFor } from '@test/support/hashicorp-vault';
import type { Secret } from '@core/secrets/secret';
import { createHashicorpVaultFactory, type HashicorpVaultFactory } from './factory';

let server: VaultServer;
let runtime: FakeRuntime;
let factory: HashicorpVaultFactory;
let port: number;

beforeEach(async () => {
  server = await startVaultServer();
  onTestFinished(() => server.close());
  runtime = new FakeRuntime(server.clock);
  factory = createHashicorpVaultFactory({ runtime });
  server.policy('app', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list'] });
  server.kv('secret').put('app', { A: '1' });
  port = await freePort();
});

const redirect = (): string => `http://localhost:${String(port)}/oidc/callback`;
const role = (more: Partial<OidcRoleOptions> = {}) =>
  server.oidcRole({ name: 'people', policies: ['app'], redirects: [redirect()], ...more });

const settings = (values: object = {}) => ({
  values: valuesFor(
    server.url,
    { token: '' },
    { authentication: 'oidc', callbackPort: String(port), ...values },
  ),
  credentials: {},
});

/** `browse` gets the page to open. Resolves with the token, or rejects as the sign-in does. */
async function signIn(
  browse: (url: string) => unknown,
  values: object = {},
  signal = new AbortController().signal,
): Promise<Secret> {
  for await (const step of factory.signIn?.(settings(values), signal) ?? []) {
    if (step.type === 'open') void browse(step.url);
    else if (step.credentials['oidcToken'] !== undefined) return step.credentials['oidcToken'];
  }
  throw new Error('The sign-in ended without a token');
}

const follow = (url: string): Promise<Response> => fetch(url);

it('signs in, reads with the token, and leaves the port free', async () => {
  const users = role();
  const token = await signIn(follow);
  expect(users.logins).toBe(1);
  const provider = factory.create({ ...settings(), credentials: { oidcToken: token } });
  onTestFinished(() => provider.dispose());
  expect((await provider.read('app', options())).version).toBe('v1');
  await runtime.advance(60_000);
  expect(provider.expiry?.()).toMatchObject({ what: 'sign-in' });
  await signIn(follow);
  server.revokeToken(token.reveal());
  const error = await errorOf(provider.read('app', options()));
  expect(error).toMatchObject({ code: 'TOKEN_INVALID', message: 'The sign-in has ended.' });
  expect(error.report().remedy).toEqual({ open: 'connection', field: 'oidcToken' });
});

it('takes a callback only with the state of this sign-in, from this computer by its name', async () => {
  role();
  const statuses: number[] = [];
  await signIn(async (url) => {
    const forged = await fetch(`${redirect()}?state=forged&code=x`);
    const other = await fetch(`http://localhost:${String(port)}/other`);
    statuses.push(forged.status, other.status);
    expect(await forged.text()).not.toContain('forged');
    statuses.push((await follow(url)).status);
  });
  expect(statuses).toEqual([400, 400, 200]);
});

it.each<[string, () => void, object, Partial<AppError>]>([
  [
    'the person gives up',
    () => (role().refuses = true),
    {},
    { message: 'The sign-in was refused, or given up in the browser.' },
  ],
  [
    'a claim is missing',
    () => (role().lacksClaims = true),
    {},
    { message: 'You are signed in, and Vault does not let you in.' },
  ],
  [
    'the role is unknown',
    () => void role(),
    { oidcRole: 'nobody' },
    { message: 'Vault has no OIDC role “nobody”.' },
  ],
  [
    'the mount is wrong',
    () => void role(),
    { authMount: 'okta' },
    { message: 'There is no OIDC sign-in at “okta”.' },
  ],
  [
    'the redirect is not allowed',
    () => void role({ redirects: [] }),
    {},
    { message: 'Vault gave no address to sign in at.' },
  ],
])('says so if %s', async (_, arrange, values, expected) => {
  arrange();
  const error = await errorOf(signIn(follow, values));
  expect(error).toMatchObject({ code: 'LOGIN_REFUSED', ...expected });
  expect(error.report().remedy).toHaveProperty('field');
});

describe('waiting for the browser', () => {
  it('says which port is taken', async () => {
    role();
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const error = await errorOf(signIn(follow));
    expect(error.message).toContain(`port ${String(port)} of this computer is taken`);
    expect(error.details?.field).toBe('callbackPort');
  });

  it('ends when nobody comes back within five minutes', async () => {
    role();
    const error = await errorOf(signIn(() => runtime.advance(5 * 60_000)));
    expect(error.message).toBe('Nobody signed in within five minutes.');
  });

  it('ends when it is called off, and the port is free again', async () => {
    role();
    const caller = new AbortController();
    const error = await errorOf(signIn(() => caller.abort(), {}, caller.signal));
    expect(error.code).toBe('CANCELLED');
    await signIn(follow);
  });
});
