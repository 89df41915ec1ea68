/** Sign-in with IAM Identity Center, against stand-ins for it and for Secrets Manager. */
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { startIdentityCenter, type IdentityCenter } from '@test/servers/aws/identity-center';
import { FakeRuntime } from '@test/support/fake-runtime';
import { appErrorOf } from '@test/support/failure-of';
import {
  awsSecretsManagerDescriptor,
  awsSecretsManagerSchema,
} from '@shared/providers/aws-secrets-manager';
import type { Secret } from '@core/secrets/secret';
import { createAwsSecretsManagerFactory } from '../aws-secrets-manager/factory';

const HOUR = 3_600_000;

type Exchange = Parameters<
  ReturnType<typeof createAwsSecretsManagerFactory>['create']
>[0]['exchange'];

let aws: SecretsManagerServer;
let center: IdentityCenter;
let runtime: FakeRuntime;

beforeEach(async () => {
  aws = await startSecretsManagerServer();
  onTestFinished(() => aws.stop());
  aws.put('app', '{"A":"1"}');
  // Real time: signatures carry it.
  let ahead = 0;
  runtime = new FakeRuntime({
    now: () => Date.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  });
  center = await startIdentityCenter({
    keys: () => aws.accessKey({ sessionToken: true }),
    now: () => runtime.now(),
  });
  onTestFinished(() => center.close());
  Object.assign(runtime.env, center.env);
});

const settings = (more: object = {}) => ({
  values: awsSecretsManagerSchema.parse({
    ...awsSecretsManagerDescriptor.defaults,
    endpoint: aws.endpoint,
    region: 'us-east-1',
    authentication: 'sso',
    ssoStartUrl: center.startUrl,
    ssoRegion: 'eu-west-1',
    ssoAccount: '123456789012',
    ssoRole: 'Developer',
    ...more,
  }),
  credentials: {},
});

async function signIn(browse: (url: string) => unknown, more: object = {}): Promise<Secret> {
  const factory = createAwsSecretsManagerFactory({ runtime });
  const steps = factory.signIn?.(settings(more), new AbortController().signal) ?? [];
  for await (const step of steps) {
    if (step.type === 'open') await browse(`${step.url}#${step.code ?? ''}`);
    else if (step.credentials['ssoToken'] !== undefined) return step.credentials['ssoToken'];
  }
  throw new Error('The sign-in ended without a token');
}

function connect(ssoToken: Secret, more: object = {}, exchange?: Exchange) {
  const factory = createAwsSecretsManagerFactory({ runtime });
  const provider = factory.create({ ...settings(more), credentials: { ssoToken }, exchange });
  onTestFinished(() => provider.dispose());
  return provider;
}

const options = () => ({ signal: new AbortController().signal });

it('signs in with a code, and reads with the keys of the role until the sign-in ends', async () => {
  center.decision = 'slow-down-first';
  const pages: string[] = [];
  const token = await signIn((url) => {
    pages.push(url);
    return fetch(url);
  });
  expect(pages).toEqual([`${center.url}/device?user_code=ABCD-EFGH#ABCD-EFGH`]);
  // A second, and after “slow down” five more.
  expect(runtime.waits).toEqual([1000, 6000]);
  const provider = connect(token);
  expect((await provider.read('app', options())).path).toBe('app');
  const { at = 0, ...rest } = provider.expiry?.() ?? {};
  expect(rest).toEqual({ what: 'sign-in', renews: true });
  expect(Math.abs(at - runtime.now() - HOUR)).toBeLessThan(60_000);

  center.revoke();
  const error = await appErrorOf(connect(token).read('app', options()));
  expect(error).toMatchObject({ code: 'SSO_LOGIN_NEEDED' });
  expect(error.report().remedy).toEqual({ open: 'connection', field: 'ssoToken' });
});

it('asks nobody with a sign-in that has ended by the clock', async () => {
  const token = await signIn(fetch);
  await runtime.advance(9 * HOUR);
  const error = await appErrorOf(connect(token).read('app', options()));
  expect(error.code).toBe('SSO_LOGIN_NEEDED');
  expect(aws.requests).toHaveLength(0);
});

/** A place where one credential is stored. */
function storing(first: Secret) {
  let stored = first;
  const exchange: Exchange = async (_name, renew) => {
    stored = await renew(stored);
    return stored;
  };
  return { exchange, stored: () => stored };
}

it('renews a sign-in before it ends, with the newest token that is stored', async () => {
  const first = await signIn(fetch);
  const { exchange, stored } = storing(first);
  // The SDK keeps the keys of a role by the clock of this computer, so each connection is a new one.
  const read = async () => {
    const provider = connect(first, {}, exchange);
    await provider.read('app', options());
    return provider;
  };
  await read();
  expect([center.renewals, stored()]).toEqual([0, first]);

  await runtime.advance(HOUR);
  const { at = 0, ...rest } = (await read()).expiry?.() ?? {};
  expect(center.renewals).toBe(1);
  expect(stored()).not.toBe(first);
  expect(rest).toEqual({ what: 'sign-in', renews: true });
  expect(Math.abs(at - runtime.now() - HOUR)).toBeLessThan(60_000);

  // Each token renews once, and this connection has the first one.
  await read();
  expect(center.renewals).toBe(1);
  await runtime.advance(HOUR);
  await read();
  expect(center.renewals).toBe(2);

  center.revoke();
  await runtime.advance(HOUR);
  expect(await appErrorOf(read())).toMatchObject({ code: 'SSO_LOGIN_NEEDED' });
});

it('uses up no token that is not stored', async () => {
  const token = await signIn(fetch);
  await runtime.advance(2 * HOUR);
  expect((await appErrorOf(connect(token).read('app', options()))).code).toBe('SSO_LOGIN_NEEDED');
  expect(center.renewals).toBe(0);
});

it('goes on with a token that is still good if it cannot be renewed now', async () => {
  const token = await signIn(fetch);
  await runtime.advance(HOUR - 120_000);
  const exchange: Exchange = () => Promise.reject(new Error('The disk is full.'));
  expect((await connect(token, {}, exchange).read('app', options())).path).toBe('app');
});

it('needs neither account nor role to sign in, and offers both', async () => {
  center.otherRoles = ['ReadOnly'];
  const factory = createAwsSecretsManagerFactory({ runtime });
  const steps = factory.signIn?.(
    settings({ ssoAccount: '', ssoRole: '' }),
    new AbortController().signal,
  );
  const done: unknown[] = [];
  for await (const step of steps ?? []) {
    if (step.type === 'open') await fetch(step.url);
    else done.push(step.choices);
  }
  expect(done).toEqual([
    {
      combinations: [
        { ssoAccount: '123456789012', ssoRole: 'Developer' },
        { ssoAccount: '123456789012', ssoRole: 'ReadOnly' },
      ],
      names: { '123456789012': 'Production' },
    },
  ]);
});

it('says that the role is not assigned', async () => {
  const token = await signIn(fetch);
  const error = await appErrorOf(connect(token, { ssoRole: 'Admin' }).read('app', options()));
  expect(error).toMatchObject({ code: 'ROLE_REFUSED' });
  expect(error.message).toContain('“Admin” in account 123456789012');
});

it('says that it was denied, that nobody came, and that the start page is unknown', async () => {
  center.decision = 'deny';
  expect((await appErrorOf(signIn(fetch))).message).toContain('refused, or given up');
  expect((await appErrorOf(signIn(() => undefined))).message).toBe(
    'Nobody signed in while the code was good.',
  );
  const ssoStartUrl = 'https://other.awsapps.com/start';
  const error = await appErrorOf(signIn(fetch, { ssoStartUrl }));
  expect(error.details?.field).toBe('ssoStartUrl');
});

it('offers profiles and regions to choose from', async () => {
  const choices = await createAwsSecretsManagerFactory({ runtime }).choices?.();
  expect(choices?.['region']).toContain('eu-west-1');
  expect(choices?.['region']).not.toContain('eu-west-9');
  expect(choices).toHaveProperty('profile');
});
