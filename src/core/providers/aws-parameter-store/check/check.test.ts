/** Test Connection: what it finds, and that each remedy, done literally, makes it green. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorReport } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import {
  startParameterStoreServer,
  type AccessKey,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { awsParameterStoreSchema } from '@shared/providers/aws-parameter-store';
import {
  collect,
  makeProvider,
  settingsOf,
  signal,
  variables,
  type ProviderParts,
} from '@test/support/aws-parameter-store';
import type { SecretsProvider } from '../../provider';

let server: ParameterStoreServer;
let key: AccessKey;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startParameterStoreServer();
  key = server.guideAccessKey('/app');
});

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.stop();
});

function providerWith(parts: ProviderParts = {}): SecretsProvider {
  const { endpoint, region } = server;
  const { accessKeyId, secretAccessKey } = key;
  const provider = makeProvider(
    { endpoint, region, accessKeyId, secretAccessKey, prefix: '/app', ...parts },
    { maxAttempts: 1, connectTimeout: 2000 },
  );
  providers.push(provider);
  return provider;
}

const check = (parts?: ProviderParts): Promise<CheckStep[]> =>
  collect(providerWith(parts).check({ signal }));

/** How each step ended. */
const endings = (steps: readonly CheckStep[]): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, status }) => [id, status]));
const ending = (steps: readonly CheckStep[], id: string): CheckStep | undefined =>
  steps.findLast((step) => step.id === id);

/** At an http address of this computer that is given by its number. */
const allPassed = {
  endpoint: 'passed',
  name: 'skipped',
  port: 'passed',
  tls: 'skipped',
  credentials: 'passed',
  identity: 'passed',
  list: 'passed',
  read: 'passed',
  permissions: 'passed',
};

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Adds the statement that an error hands over, as a person would paste it. */
function addToPolicy(error: ErrorReport | undefined): void {
  const { remedy } = error ?? {};
  const text = remedy !== undefined && 'handOver' in remedy ? remedy.handOver : '';
  expect(error?.hint).toContain(text);
  const { Action, Resource } = JSON.parse(text) as Statement;
  key.policy = [
    ...key.policy,
    { effect: 'Allow', actions: [Action].flat(), resources: [Resource].flat() },
  ];
}

describe('a connection that works', () => {
  it('says what it found, and writes nothing', async () => {
    server.put('/app/shop/A', '1');
    server.put('/app/shop/B', '1');
    server.put('/other/C', '1');
    const before = server.names();
    const steps = await check();
    expect(endings(steps)).toEqual(allPassed);
    expect(ending(steps, 'list')?.detail).toBe('2 found, in 1 environment');
    expect(ending(steps, 'read')?.detail).toBe('Permitted');
    expect(ending(steps, 'permissions')?.detail).toBe(
      'Permitted: GetParametersByPath, GetParameters, DeleteParameters, GetParameterHistory\nNot checked, since it would have to write: PutParameter',
    );
    expect(server.names()).toEqual(before);
    expect(server.count('PutParameter')).toBe(0);
  });

  it('says when there is more than one page', async () => {
    for (let index = 0; index < 60; index += 1) server.put(`/app/e${String(index)}/A`, '1');
    const steps = await check();
    expect(ending(steps, 'list')?.detail).toBe('50 and more found, in 50 environments');
    expect(ending(steps, 'read')?.detail).toBe('5 of 5 tried');
  });
});

describe('a mistake', () => {
  it('in the prefix, a hierarchy without its slash, is refused in the form', () => {
    const { values } = settingsOf({});
    const parse = (prefix: string) => awsParameterStoreSchema.safeParse({ ...values, prefix });
    expect(parse('app/shop').error?.issues).toMatchObject([
      { path: ['prefix'], message: 'A hierarchy starts with a slash: /app/shop.' },
    ]);
    expect(parse('/app/shop').success).toBe(true);
  });

  it('in the prefix, or in the region, finds no parameters and names the field', async () => {
    server.put('/app/shop/A', '1');
    key = server.accessKey();
    const steps = await check({ prefix: '/ap' });
    expect(ending(steps, 'list')).toMatchObject({
      status: 'warned',
      detail: 'None there yet',
      error: {
        message: 'There are no parameters below /ap in us-east-1.',
        hint: 'If yours are elsewhere, change Path Prefix or Region.',
        remedy: { open: 'connection', field: 'prefix' },
        details: { field: 'prefix' },
      },
    });
    expect(endings(await check({ prefix: '/app' }))).toEqual(allPassed);
    server.remove('/app/shop/A');
    expect(ending(await check({ prefix: '' }), 'list')?.error).toMatchObject({
      message: 'There are no parameters in us-east-1.',
      details: { field: 'region' },
    });
  });

  it('in the region of an address', async () => {
    const steps = await check({ region: 'eu-west-1' });
    expect(ending(steps, 'list')).toMatchObject({
      status: 'failed',
      error: { code: 'INVALID_CONFIGURATION', details: { field: 'region' } },
    });
  });

  it('in the policy: no DescribeParameters', async () => {
    server.put('/app/shop/A', '1');
    key.policy = key.policy.filter(({ actions }) => !actions.includes('ssm:DescribeParameters'));
    const steps = await check();
    expect(endings(steps)).toEqual({ ...allPassed, list: 'warned' });
    const { error } = ending(steps, 'list') ?? {};
    expect(error?.cause).toContain('lacks ssm:DescribeParameters');
    addToPolicy(error);
    expect(endings(await check())).toEqual(allPassed);
  });

  it('in the policy: no permission to read', async () => {
    server.put('/app/shop/A', '1');
    const without = (action: string) =>
      key.policy.map((one) => ({ ...one, actions: one.actions.filter((name) => name !== action) }));
    key.policy = without('ssm:GetParameter');
    const steps = await check();
    const { status, error } = ending(steps, 'read') ?? {};
    expect([status, error?.code]).toEqual(['failed', 'PERMISSION_DENIED']);
    addToPolicy(error);
    expect(endings(await check())).toEqual(allPassed);
  });

  it('in the policy: an explicit refusal, which no statement lifts', async () => {
    server.put('/app/shop/A', '1');
    key = server.accessKey({ deny: ['DeleteParameters', 'DescribeParameters'] });
    const steps = await check();
    for (const id of ['list', 'permissions']) {
      const { error } = ending(steps, id) ?? {};
      expect(error?.cause).toContain('A policy forbids it explicitly');
      expect(error?.hint).toContain('the administrator');
      expect(error?.hint).not.toContain('"Effect"');
    }
  });

  it('in the policy: for reading only', async () => {
    server.put('/app/shop/A', '1');
    key = server.accessKey({ allow: ['DescribeParameters', 'GetParameter'] });
    const steps = await check();
    expect(endings(steps)).toEqual({ ...allPassed, permissions: 'warned' });
    const { error, detail } = ending(steps, 'permissions') ?? {};
    expect(error?.message).toBe('Not permitted: GetParametersByPath, DeleteParameters.');
    expect(detail).toContain(
      'Not permitted: GetParametersByPath, GetParameters, DeleteParameters, GetParameterH',
    );
    addToPolicy(error);
    expect(endings(await check())).toEqual(allPassed);
    const provider = providerWith();
    await provider.write('new/', variables({ A: '1' }), null, { signal });
    await provider.write('/', variables({ A: '1' }), null, { signal });
  });

  it('in the policy of a KMS key', async () => {
    const own = server.kmsKey('alias/own');
    server.put('/app/shop/A', '1', { keyId: 'alias/own' });
    const steps = await check();
    const { error } = ending(steps, 'read') ?? {};
    expect([ending(steps, 'read')?.status, error]).toMatchObject([
      'failed',
      {
        code: 'ENCRYPTION_FAILED',
        message: 'The credentials may not use the KMS key of this parameter.',
        hint: 'Allow kms:Decrypt to read and kms:Encrypt (Standard) or kms:GenerateDataKey (Advanced) to write, in the key’s policy or the user’s.',
      },
    ]);
    const actions = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'];
    key.policy = [...key.policy, { effect: 'Allow', actions, resources: [own.arn] }];
    expect(endings(await check())).toEqual(allPassed);
  });

  it('in the policy of one of several KMS keys is a warning, and names the parameters', async () => {
    server.put('/app/shop/A', '1');
    const locked = server.kmsKey('alias/app');
    server.put('/app/shop/B', '1', { keyId: 'alias/app' });
    locked.locked = true;
    const steps = await check();
    expect(ending(steps, 'read')).toMatchObject({
      status: 'warned',
      detail: '1 of 2 tried',
      error: { message: 'Reading is refused for /app/shop/B.' },
    });
    locked.locked = false;
    locked.state = 'Disabled';
    expect(ending(await check(), 'read')?.error).toMatchObject({ code: 'ENCRYPTION_FAILED' });
  });

  it('with nothing to read yet still tells that reading is refused', async () => {
    key = server.accessKey({ allow: ['DescribeParameters'] });
    const steps = await check();
    expect(ending(steps, 'read')).toMatchObject({
      status: 'warned',
      error: { code: 'PERMISSION_DENIED' },
    });
  });
});

it.each<[string, () => ProviderParts, string, string]>([
  ['nothing listens', () => ({ endpoint: 'http://127.0.0.1:1' }), 'port', 'CONNECTION_REFUSED'],
  [
    'there is no such name',
    () => ({ endpoint: 'http://nowhere.invalid' }),
    'name',
    'NAME_NOT_FOUND',
  ],
  ['the key is missing', () => ({ accessKeyId: ' ' }), 'credentials', 'CREDENTIALS_MISSING'],
  ['the key is unknown', () => ({ accessKeyId: 'AKIAUNKNOWN' }), 'identity', 'KEY_ID_UNKNOWN'],
  ['the secret is wrong', () => ({ secretAccessKey: 'x' }), 'identity', 'SIGNATURE_REFUSED'],
])('stops where %s', async (_, parts, id, code) => {
  const steps = await check(parts());
  expect(ending(steps, id)).toMatchObject({ status: 'failed', error: { code } });
  expect(ending(steps, 'permissions')?.status).toBe('not-reached');
});
