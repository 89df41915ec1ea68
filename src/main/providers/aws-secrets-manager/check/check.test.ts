import type { CheckStep } from '@shared/contract/vault';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../../../../e2e/servers/certificates';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '../../../../../e2e/servers/secrets-manager/server';
import type { SecretsProvider } from '../../provider';
import { collect, failure, makeProvider, signal, type ProviderParts } from '../test-kit';

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
  list: 'passed',
  read: 'passed',
};

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
        detail: `127.0.0.1:${String(server.port)}, region us-east-1`,
      },
      { label: 'Name lookup', detail: 'Not needed: the address is an IP address' },
      { label: 'Port', detail: `127.0.0.1, port ${String(server.port)}` },
      { label: 'TLS', detail: 'Not used: http, and the server is on this computer' },
      { label: 'Credentials', detail: expect.stringMatching(/^Access Keys, AKIA….{4}$/) as string },
      { label: 'List secrets', detail: '2 found, 1 scheduled for deletion' },
      { label: 'Read secrets', detail: 'Permitted' },
    ]);
    for (const step of steps.filter(({ status }) => status === 'passed')) {
      expect(step.durationMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('writes nothing and reads no value', async () => {
    server.put('a', '{}');
    await check();
    expect(server.requests.map(({ operation }) => operation)).toEqual([
      'ListSecrets',
      'GetSecretValue',
    ]);
    // The one secret there is was asked for by a label it does not have.
    expect(server.requests.at(-1)?.errorCode).toBe('ResourceNotFoundException');
  });

  it('is fine without secrets', async () => {
    const steps = await check();
    expect(endings(steps)).toEqual(allPassed);
    expect(ending(steps, 'list')?.detail).toBe('None there yet');
  });

  it('says when there is more than one page', async () => {
    for (let index = 0; index < 130; index += 1) server.put(`s${String(index)}`, '{}');
    expect(ending(await check(), 'list')?.detail).toBe('100 and more found');
  });
});

describe('a step that fails', () => {
  it('carries cause and remedy, and the rest is not reached', async () => {
    const steps = await check({ secretAccessKey: 'wrong' });
    expect(endings(steps)).toEqual({ ...allPassed, list: 'failed', read: 'not-reached' });
    expect(ending(steps, 'list')?.error).toMatchObject({
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
    ['an unknown key', () => ({ accessKeyId: 'AKIAUNKNOWN' }), 'list', 'KEY_ID_UNKNOWN'],
    ['the wrong region', () => ({ region: 'eu-west-1' }), 'list', 'INVALID_CONFIGURATION'],
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

  it('passes where one of the first may be read', async () => {
    for (const name of ['a', 'b', 'myapp/c']) server.put(name, '{}');
    expect(endings(await check(only('myapp/*')))).toEqual(allPassed);
  });

  it('warns where more secrets are there than were tried', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'myapp/f']) server.put(name, '{}');
    const steps = await check(only('myapp/*'));
    expect(endings(steps)).toEqual({ ...allPassed, read: 'warned' });
    expect(ending(steps, 'read')?.error?.message).toContain('first 5 secrets');
    expect(server.count('GetSecretValue')).toBe(5);
  });

  it('warns where there is nothing to try it with', async () => {
    expect(endings(await check(only('myapp/*')))).toEqual({ ...allPassed, read: 'warned' });
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
