/** What goes wrong between here and Parameter Store, and how it is reported. */
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultAnswer } from '@test/servers/aws/faults';
import {
  startParameterStoreServer,
  type AccessKey,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { failure, makeProvider, signal, variables } from '@test/support/aws-parameter-store';
import type { AwsOptions } from '../aws/options';
import type { SecretsProvider } from '../provider';

let server: ParameterStoreServer;
let key: AccessKey;
const providers: SecretsProvider[] = [];

beforeAll(async () => {
  server = await startParameterStoreServer();
  key = server.accessKey();
  server.put('/app/A', '1');
});

afterEach(() => {
  server.faults.clear();
  server.clock.set(new Date());
  for (const provider of providers.splice(0)) provider.dispose();
});

afterAll(() => server.stop());

function providerWith(options?: AwsOptions): SecretsProvider {
  const { endpoint, region } = server;
  const { accessKeyId, secretAccessKey } = key;
  const provider = makeProvider({ endpoint, region, accessKeyId, secretAccessKey }, options);
  providers.push(provider);
  return provider;
}

/** One attempt, so that what is said about it is the first thing that happened. */
const once = { maxAttempts: 1 };
const read = (provider: SecretsProvider) => provider.read('/app/A', { signal });
const failWith = (answer: FaultAnswer): void => {
  server.faults.add({ operation: 'GetParameter', times: Infinity, answer });
};

describe('a named error of AWS', () => {
  it.each([
    ['ParameterNotFound', 'NOT_FOUND'],
    ['ParameterVersionNotFound', 'NOT_FOUND'],
    ['ParameterAlreadyExists', 'ALREADY_EXISTS'],
    ['TooManyUpdates', 'RATE_LIMITED'],
    ['ThrottlingException', 'RATE_LIMITED'],
    ['InvalidKeyId', 'ENCRYPTION_FAILED'],
    ['ParameterLimitExceeded', 'REQUEST_REFUSED'],
    ['ParameterMaxVersionLimitExceeded', 'REQUEST_REFUSED'],
    ['HierarchyTypeMismatchException', 'REQUEST_REFUSED'],
    ['HierarchyLevelLimitExceededException', 'NAME_NOT_ALLOWED'],
    ['ParameterPatternMismatchException', 'INVALID_INPUT'],
    ['UnsupportedParameterType', 'REQUEST_REFUSED'],
    ['ValidationException', 'REQUEST_REFUSED'],
    ['AccessDeniedException', 'PERMISSION_DENIED'],
    ['InternalServerError', 'SERVER_ERROR', 500],
    ['SomethingNewException', 'REQUEST_REFUSED'],
  ])('%s is %s', async (serverCode, code, status = 400) => {
    failWith({ kind: 'error', code: serverCode, status, message: 'Words with s3cr3t in them' });
    const error = await failure(read(providerWith(once)));
    expect(error.report()).toMatchObject({
      code,
      details: { status, serverCode, method: 'GetParameter', path: '/app/A' },
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr3t');
  });

  it.each([
    [
      'Standard tier parameters support a maximum parameter value of 4096 characters.',
      'VALUE_TOO_LARGE',
    ],
    [
      'Advanced tier parameters support a maximum parameter value of 8192 characters.',
      'VALUE_TOO_LARGE',
    ],
    ['Parameter name must be a fully qualified name.', 'NAME_NOT_ALLOWED'],
    [
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
      'INVALID_INPUT',
    ],
  ])('ValidationException saying “%s” is %s', async (message, code) => {
    failWith({ kind: 'error', code: 'ValidationException', message });
    expect((await failure(read(providerWith(once)))).code).toBe(code);
  });
});

describe('what passes by itself', () => {
  it.each([
    ['a fault of the server', { kind: 'error', code: 'InternalServerError', status: 500 }],
    ['a page of a proxy', { kind: 'html', status: 503 }],
    ['throttling', { kind: 'error', code: 'ThrottlingException' }],
    ['a dropped connection', { kind: 'drop' }],
    ['a reset in the middle of the answer', { kind: 'reset' }],
  ] as const)('%s, once', async (_, answer) => {
    server.faults.add({ operation: 'GetParameter', answer });
    expect(await read(providerWith())).toMatchObject({ path: '/app/A' });
  });

  it('a clock that is an hour off', async () => {
    server.clock.advance(3_600_000);
    expect(await read(providerWith())).toMatchObject({ path: '/app/A' });
  });

  it('and no longer than the deadline', async () => {
    server.faults.add({ times: Infinity, answer: { kind: 'hang' } });
    const provider = providerWith({ callDeadline: 300 });
    for (const call of [
      read(provider),
      provider.glance('/app/A', { signal }),
      provider.versions('/app/A', { signal }),
      provider.write('/app/new', variables({ A: '1' }), null, { signal }),
    ]) {
      expect((await failure(call)).code).toBe('TIMED_OUT');
    }
  });
});

describe('a call that is cancelled', () => {
  it('ends at once, whatever it is', async () => {
    server.faults.add({ times: Infinity, answer: { kind: 'hang' } });
    const provider = providerWith();
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const calls = [
      provider.list(options),
      provider.read('/app/A', options),
      provider.read('/app/', options),
      provider.glance('/app/A', options),
      provider.versions('/app/A', options),
      provider.write('/app/new', variables({ A: '1' }), null, options),
      provider.write('/app/new/', variables({ A: '1' }), null, options),
    ].map(failure);
    controller.abort();
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(
      calls.map(() => 'CANCELLED'),
    );
  });

  it('ends also when the connection is disposed of', async () => {
    server.faults.add({ times: Infinity, answer: { kind: 'hang' } });
    const provider = providerWith();
    const reading = failure(read(provider));
    provider.dispose();
    expect((await reading).code).toBe('CANCELLED');
  });
});
