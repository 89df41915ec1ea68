import type { CheckStep } from '@shared/model/connection';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSelfSigned } from '@test/servers/certificates';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import type { FaultAnswer } from '@test/servers/aws/faults';
import type { SecretsProvider } from '../../provider';
import {
  collect,
  failure,
  makeProvider,
  signal,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
let key: AccessKey;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startSecretsManagerServer();
  key = server.guideAccessKey();
});

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.stop();
});

function providerWith(parts: ProviderParts = {}): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider(
    { endpoint, region, ...key, ...parts },
    { maxAttempts: 1, connectTimeout: 2_000 },
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

/** The same without any secret. */
const nothingThere = { ...allPassed, list: 'warned' };

describe('a connection that works', () => {
  it('tells of each step when it starts and when it ends', async () => {
    server.put('a', '{}');
    server.put('b', '{}');
    server.scheduleDeletion('b');
    const steps = await check();
    expect(steps.map(({ id, status }) => `${id} ${status}`)).toEqual(
      Object.entries(allPassed).flatMap(([id, status]) => [`${id} running`, `${id} ${status}`]),
    );
    expect(steps.filter(({ status }) => status !== 'running')).toMatchObject([
      {
        label: 'Region and endpoint',
        detail: `127.0.0.1:${String(server.port)}, from Endpoint Override, region us-east-1. This is not AWS itself`,
      },
      { label: 'Name lookup', detail: 'Not needed: the address is an IP address' },
      { label: 'Port', detail: `127.0.0.1, port ${String(server.port)}` },
      { label: 'TLS', detail: 'Not used: http, and the server is on this computer' },
      { label: 'Credentials', detail: expect.stringMatching(/^Access Keys, AKIA….{4}$/) as string },
      { label: 'Identity', detail: 'Account 123456789012, user/guide' },
      { label: 'List secrets', detail: '2 found, 1 scheduled for deletion' },
      { label: 'Read secrets', detail: 'Permitted, tried with the only one' },
      {
        label: 'Permissions',
        detail: expect.stringContaining('Permitted: ListSecrets, GetSecretValue, Put') as string,
      },
    ]);
    for (const step of steps.filter(({ status }) => status === 'passed')) {
      expect(step.durationMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('writes nothing and reads no value', async () => {
    server.put('a', '{}');
    server.put('gone', '{}');
    server.scheduleDeletion('gone');
    const before = server.names().map((name) => server.secret(name));
    const parts = server.accessKey();
    await check(parts);
    expect(server.requests.map(({ operation }) => operation)).toEqual([
      'GetCallerIdentity',
      'ListSecrets',
      'GetSecretValue',
      ...server.requests.slice(3).map(({ operation }) => operation),
    ]);
    expect(
      server.requests
        .slice(3)
        .map(({ operation }) => operation)
        .toSorted(),
    ).toEqual([
      'BatchGetSecretValue',
      'DeleteSecret',
      'DescribeSecret',
      'ListSecretVersionIds',
      'PutSecretValue',
      'RestoreSecret',
      'UpdateSecretVersionStage',
    ]);
    // The one secret there is was asked for by a label it does not have; the rest is asked of none.
    for (const { operation, errorCode } of server.requests.slice(2)) {
      expect([operation, errorCode]).toEqual([
        operation,
        operation === 'BatchGetSecretValue' ? undefined : 'ResourceNotFoundException',
      ]);
    }
    expect(server.names().map((name) => server.secret(name))).toEqual(before);
  });

  it('says when there is more than one page', async () => {
    for (let index = 0; index < 130; index += 1) server.put(`s${String(index)}`, '{}');
    expect(ending(await check(), 'list')?.detail).toBe('100 and more found');
  });
});

describe('a step that fails', () => {
  it('carries cause and remedy, and the rest is not reached', async () => {
    const steps = await check({ secretAccessKey: 'wrong' });
    expect(endings(steps)).toEqual({
      ...allPassed,
      identity: 'failed',
      list: 'not-reached',
      read: 'not-reached',
      permissions: 'not-reached',
    });
    expect(ending(steps, 'identity')?.error).toMatchObject({
      code: 'SIGNATURE_REFUSED',
      hint: expect.stringContaining('Secret Access Key') as string,
    });
  });

  it.each<[string, () => ProviderParts, string, string]>([
    ['nothing listens', () => ({ endpoint: 'http://127.0.0.1:1' }), 'port', 'CONNECTION_REFUSED'],
    ['no such name', () => ({ endpoint: 'http://nowhere.invalid' }), 'name', 'NAME_NOT_FOUND'],
    [
      'https where there is http',
      () => ({ endpoint: server.endpoint.replace('http', 'https') }),
      'tls',
      'TLS_FAILED',
    ],
    ['no key', () => ({ accessKeyId: ' ' }), 'credentials', 'CREDENTIALS_MISSING'],
    ['an unknown key', () => ({ accessKeyId: 'AKIAUNKNOWN' }), 'identity', 'KEY_ID_UNKNOWN'],
    [
      'no permission to list',
      () => server.accessKey({ allow: ['secretsmanager:GetSecretValue'] }),
      'list',
      'PERMISSION_DENIED',
    ],
  ])('because of %s', async (_, parts, id, code) => {
    const steps = await check(parts());
    expect(ending(steps, id)).toMatchObject({ status: 'failed', error: { code } });
    const order = Object.keys(allPassed);
    expect(endings(steps)).toEqual(
      Object.fromEntries(
        Object.entries(allPassed).map(([step, status]) => {
          if (step === id) return [step, 'failed'];
          return [step, order.indexOf(step) < order.indexOf(id) ? status : 'not-reached'];
        }),
      ),
    );
  });

  it('because of the wrong region', async () => {
    const steps = await check({ region: 'eu-west-1' });
    expect(ending(steps, 'identity')?.status).toBe('skipped');
    expect(ending(steps, 'list')).toMatchObject({
      status: 'failed',
      error: { code: 'INVALID_CONFIGURATION' },
    });
  });

  it('shows neither key nor stack', async () => {
    const steps = await check({ accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: 's3cr3t' });
    const text = JSON.stringify(steps);
    expect(text).toContain('AKIA…MNOP');
    expect(text).not.toMatch(/ABCDEFGHIJKL|s3cr3t|\.[jt]s:\d|\\n/);
  });

  it('stops with CANCELLED when it is cancelled', async () => {
    const controller = new AbortController();
    const hold = server.faults.hold({ operation: 'ListSecrets' });
    const checking = failure(collect(providerWith().check({ signal: controller.signal })));
    await hold.reached;
    controller.abort();
    expect((await checking).code).toBe('CANCELLED');
    hold.release();
  });
});

describe('the permission to read', () => {
  const only = (pattern: string): AccessKey =>
    server.accessKey({
      allow: ['secretsmanager:ListSecrets'],
      statements: [
        {
          effect: 'Allow',
          actions: ['secretsmanager:GetSecretValue'],
          resources: [`*:secret:${pattern}`],
        },
      ],
    });

  it('fails where not one of all secrets may be read', async () => {
    server.put('a', '{}');
    const steps = await check(server.accessKey({ allow: ['secretsmanager:ListSecrets'] }));
    expect(ending(steps, 'read')).toMatchObject({
      status: 'failed',
      error: {
        code: 'PERMISSION_DENIED',
        hint: expect.stringContaining('GetSecretValue') as string,
      },
    });
  });

  it('warns where more secrets are there than were tried', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) server.put(name, '{}');
    const steps = await check(only('myapp/*'));
    expect(endings(steps)).toEqual({
      ...allPassed,
      read: 'warned',
      permissions: 'warned',
    });
    expect(ending(steps, 'read')?.error?.message).toBe(
      'The credentials may not read a, b, c and 2 more, tried with 5 of 6.',
    );
  });

  it('warns where there is nothing to try it with', async () => {
    expect(endings(await check(only('myapp/*')))).toEqual({
      ...nothingThere,
      read: 'warned',
      permissions: 'warned',
    });
  });
});

describe('the other permissions', () => {
  const read = ['secretsmanager:ListSecrets', 'secretsmanager:GetSecretValue'];

  it('are listed, those of the guide apart from the optional ones', async () => {
    const { detail } = ending(await check(), 'permissions') ?? {};
    expect(detail).toBe(
      [
        'Permitted: ListSecrets, GetSecretValue, PutSecretValue, DeleteSecret',
        'Optional and not permitted: DescribeSecret, ListSecretVersionIds, RestoreSecret, UpdateSecretVersionStage, BatchGetSecretValue',
        'Not checked, since it would have to write: CreateSecret',
      ].join('\n'),
    );
    const all = ending(await check(server.accessKey()), 'permissions');
    expect(all).toMatchObject({ status: 'passed' });
    expect(all?.detail).toContain('\nOptional and permitted: DescribeSecret, List');
    expect(all?.detail).not.toContain('Optional and not permitted');
  });

  it('warn where changing is not permitted, with what to add to the policy', async () => {
    server.put('a', '{}');
    const key = server.accessKey({ allow: [...read, 'secretsmanager:DeleteSecret'] });
    const step = ending(await check(key), 'permissions');
    expect(step).toMatchObject({ status: 'warned', error: { code: 'PERMISSION_DENIED' } });
    expect(step?.detail).toContain('GetSecretValue, DeleteSecret\nNot permitted: PutSecretValue\n');
    const { message = '', hint = '' } = step?.error ?? {};
    expect(message).toBe('Not permitted for a new name: PutSecretValue.');
    expect(JSON.parse(hint.slice(hint.indexOf('{')))).toEqual({
      Effect: 'Allow',
      Action: ['secretsmanager:PutSecretValue', 'secretsmanager:CreateSecret'],
      Resource: '*',
    });
  });

  it('are seen in the folder that a policy is limited to', async () => {
    server.put('a', '{}');
    server.put('myapp/b', '{}');
    const prefix = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:';
    const limited = (actions: readonly string[]): AccessKey =>
      server.accessKey({
        allow: ['secretsmanager:ListSecrets'],
        statements: [{ effect: 'Allow', actions, resources: [`${prefix}myapp/*`] }],
      });
    const full = await check(limited(['*']));
    expect(ending(full, 'permissions')).toMatchObject({
      status: 'passed',
      detail: expect.stringContaining(
        'PutSecretValue, DeleteSecret\nOptional and permitted',
      ) as string,
    });
    const some = ending(await check(limited(['GetSecretValue'])), 'permissions');
    expect(some).toMatchObject({ status: 'warned' });
    expect(some?.error?.message).toContain('a new name in myapp/');
    expect(some?.error?.hint).toContain(`"Resource": "${prefix}myapp/*"`);
  });

  it('are seen without any secret, by the account that the identity tells', async () => {
    const step = ending(
      await check(server.accessKey({ resources: ['*', 'arn:aws:secretsmanager:*'] })),
      'permissions',
    );
    expect(step).toMatchObject({ status: 'passed' });
    expect(server.requests.find(({ operation }) => operation === 'DeleteSecret')?.secretId).toMatch(
      /^arn:aws:secretsmanager:us-east-1:123456789012:secret:strongroom-connection-test-[\da-f]{32}-AbCdEf$/,
    );
  });

  it('do not fail where a question is not answered', async () => {
    server.faults.add({
      operation: 'RestoreSecret',
      answer: { kind: 'error', code: 'InternalServiceError', status: 500 },
    });
    server.faults.add({
      operation: 'BatchGetSecretValue',
      answer: { kind: 'error', code: 'UnknownOperationException' },
    });
    const optional = ending(await check(server.accessKey()), 'permissions');
    expect(optional).toMatchObject({ status: 'passed' });
    expect(optional?.detail).toContain('Optional and not permitted: BatchGetSecretValue\n');
    expect(optional?.detail).toContain('Not to be seen: RestoreSecret\n');

    server.faults.add({ operation: 'PutSecretValue', answer: { kind: 'html' } });
    expect(ending(await check(), 'permissions')).toMatchObject({
      status: 'warned',
      error: { code: 'UNEXPECTED_ANSWER' },
    });
  });
});

describe('the identity', () => {
  it('is that of the role, where one is assumed', async () => {
    const key = server.accessKey({ name: 'alice', allow: ['sts:AssumeRole'] });
    const { arn: roleArn } = server.role({ name: 'reader', externalId: 'ours' });
    const steps = await check({ ...key, roleArn, externalId: 'ours' });
    expect(endings(steps)).toEqual({ ...nothingThere, role: 'passed' });
    expect(ending(steps, 'role')?.detail).toMatch(
      /^Role reader, ASIA….{4}, expires in (59|60) min and is then assumed again$/,
    );
    expect(ending(steps, 'credentials')?.detail).toMatch(/^Access Keys, AKIA….{4}$/);
    expect(ending(steps, 'identity')?.detail).toBe(
      'Account 123456789012, assumed-role/reader/strongroom',
    );
    // Found once and assumed once, for all steps.
    expect(server.count('AssumeRole')).toBe(1);
  });

  it('is not reached where the role cannot be assumed', async () => {
    const { arn: roleArn } = server.role({ name: 'reader', externalId: 'ours' });
    const steps = await check({ ...server.accessKey(), roleArn, externalId: 'theirs' });
    expect(ending(steps, 'role')).toMatchObject({
      status: 'failed',
      error: { code: 'ROLE_REFUSED', details: { field: 'externalId' } },
    });
    expect(ending(steps, 'identity')?.status).toBe('not-reached');
  });

  it.each<[string, FaultAnswer]>([
    ['has no STS', { kind: 'error', code: 'InvalidAction' }],
    ['answers with a page', { kind: 'html', status: 404 }],
    ['answers with something else', { kind: 'http', status: 200, body: '{"ok": true}' }],
    ['cuts the connection', { kind: 'drop' }],
    [
      'has STS disabled in the region',
      { kind: 'error', code: 'RegionDisabledException', status: 403 },
    ],
    ['answers without end', { kind: 'oversize', bytes: 40 * 1024 * 1024 }],
    [
      'names an identity that is none',
      { kind: 'http', status: 200, body: '<Arn>x</Arn><Account>y</Account>' },
    ],
  ])('is left out where the endpoint %s', async (_, answer) => {
    server.faults.add({ operation: 'GetCallerIdentity', answer });
    const steps = await check();
    expect(endings(steps)).toEqual({ ...nothingThere, identity: 'skipped' });
    expect(ending(steps, 'identity')?.detail).toContain('Nothing depends on it');
  });

  it.each([
    ['ExpiredToken', 'CREDENTIALS_EXPIRED'],
    ['InvalidClientTokenId', 'KEY_ID_UNKNOWN'],
    ['SignatureDoesNotMatch', 'SIGNATURE_REFUSED'],
  ])('ends in %s', async (serverCode, code) => {
    server.faults.add({
      operation: 'GetCallerIdentity',
      answer: { kind: 'error', code: serverCode, message: 'The raw text of it', status: 403 },
    });
    const steps = await check();
    expect(ending(steps, 'identity')).toMatchObject({ status: 'failed', error: { code } });
    expect(JSON.stringify(steps)).not.toContain('raw text');
  });
});

describe('region and endpoint', () => {
  /** The first step alone: the next one would leave this computer. */
  async function firstStep(parts: ProviderParts): Promise<CheckStep | undefined> {
    for await (const step of providerWith(parts).check({ signal })) {
      if (step.id === 'endpoint' && step.status !== 'running') return step;
    }
    return undefined;
  }

  it.each([
    ['eu-west-1', 'secretsmanager.eu-west-1.amazonaws.com, region eu-west-1, Europe (Ireland)'],
    [
      'cn-north-1',
      'secretsmanager.cn-north-1.amazonaws.com.cn, region cn-north-1, China (Beijing)',
    ],
  ])('%s is shown with its name', async (region, detail) => {
    expect(await firstStep({ endpoint: '', region })).toMatchObject({ status: 'passed', detail });
  });

  it.each([
    ['eu-wset-1', 'warned', 'eu-west-1', /Did you mean eu-west-1/],
    ['us-esat-2', 'warned', 'us-east-2', /Did you mean us-east-2/],
    ['xx-somewhere-1', 'warned', undefined, /Check Region/],
    ['eu-west', 'failed', 'eu-west-1', /Did you mean eu-west-1/],
  ] as const)('%s is not a region that is known', async (region, status, suggestion, text) => {
    const step = await firstStep({ endpoint: '', region });
    expect(step).toMatchObject({ status });
    expect(step?.error?.details).toEqual({ field: 'region', suggestion });
    expect(step?.error?.hint).toMatch(text);
  });

  it('that do not belong together are reported before any request', async () => {
    const endpoint = 'https://vpce-0a-1b.secretsmanager.eu-west-1.vpce.amazonaws.com';
    expect(await firstStep({ endpoint })).toMatchObject({
      status: 'failed',
      error: {
        message: 'Endpoint Override is in the region eu-west-1, and Region says us-east-1.',
        hint: expect.stringContaining('Change Region to eu-west-1') as string,
        details: { field: 'region', suggestion: 'eu-west-1' },
      },
    });
    expect(await firstStep({ endpoint, region: 'eu-west-1' })).toMatchObject({ status: 'passed' });
  });

  it('of a compatible server may be any', async () => {
    expect(await firstStep({ region: 'moon-base' })).toMatchObject({ status: 'passed' });
  });
});

describe('over TLS', () => {
  it('fails at a certificate that is not trusted, before any credential is used', async () => {
    const secure = await startSecretsManagerServer({ tls: createSelfSigned() });
    const steps = await check({ endpoint: secure.endpoint });
    expect(ending(steps, 'tls')).toMatchObject({
      status: 'failed',
      error: { code: 'TLS_UNTRUSTED', hint: expect.not.stringContaining('Verify SSL') as string },
    });
    expect(secure.count()).toBe(0);
    await secure.stop();
  });
});
