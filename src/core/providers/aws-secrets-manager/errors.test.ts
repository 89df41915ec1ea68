/** What goes wrong between here and Secrets Manager, and how it is reported. */
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentFromText } from '@core/secrets/document';
import type { FaultAnswer } from '@test/servers/aws/faults';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { answering } from '@test/support/answering';
import type { SecretsProvider } from '../provider';
import { serviceError } from '../aws/errors';
import type { AwsOptions } from '../aws/options';
import type { CallContext } from '../aws/service';
import { secretsManager } from './service';
import {
  failure,
  makeProvider,
  signal,
  valuesOf,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
let key: AccessKey;
const providers: SecretsProvider[] = [];

beforeAll(async () => {
  server = await startSecretsManagerServer();
  key = server.accessKey();
  server.put('production', '{"PASSWORD":"s3cr3t"}');
});

afterEach(() => {
  server.faults.clear();
  server.clock.set(new Date());
  for (const provider of providers.splice(0)) provider.dispose();
});

afterAll(() => server.stop());

function providerWith(parts: ProviderParts = {}, options?: AwsOptions): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...key, ...parts }, options);
  providers.push(provider);
  return provider;
}

/** One attempt, so that what is said about it is the first thing that happened. */
const once = { maxAttempts: 1 };

const read = (provider: SecretsProvider): Promise<unknown> =>
  provider.read('production', { signal });

const failWith = (answer: FaultAnswer): void => {
  server.faults.add({ operation: ['GetSecretValue', 'ListSecrets'], times: Infinity, answer });
};

describe('a named error of AWS', () => {
  it.each([
    ['AccessDeniedException', 'PERMISSION_DENIED'],
    ['UnrecognizedClientException', 'KEY_ID_UNKNOWN'],
    ['InvalidClientTokenId', 'KEY_ID_UNKNOWN'],
    ['InvalidSignatureException', 'SIGNATURE_REFUSED'],
    ['ExpiredTokenException', 'CREDENTIALS_EXPIRED'],
    ['IncompleteSignatureException', 'AUTHENTICATION_FAILED'],
    ['MissingAuthenticationTokenException', 'AUTHENTICATION_FAILED'],
    ['RequestTimeTooSkewed', 'CLOCK_SKEWED'],
    ['OptInRequired', 'PERMISSION_DENIED'],
    ['ResourceNotFoundException', 'NOT_FOUND'],
    ['ResourceExistsException', 'ALREADY_EXISTS'],
    ['InvalidRequestException', 'REQUEST_REFUSED'],
    ['InvalidParameterException', 'REQUEST_REFUSED'],
    ['ValidationException', 'REQUEST_REFUSED'],
    ['LimitExceededException', 'REQUEST_REFUSED'],
    ['EncryptionFailure', 'ENCRYPTION_FAILED'],
    ['DecryptionFailure', 'ENCRYPTION_FAILED'],
    ['ThrottlingException', 'RATE_LIMITED'],
    ['InternalServiceError', 'SERVER_ERROR', 500],
    ['ServiceUnavailableException', 'SERVER_ERROR', 503],
    ['UnknownOperationException', 'REQUEST_REFUSED'],
    ['SomethingNewException', 'REQUEST_REFUSED'],
    ['SomethingNewFailure', 'SERVER_ERROR', 500],
    ['constructor', 'REQUEST_REFUSED'],
  ])('%s is %s', async (serverCode, code, status = 400) => {
    failWith({ kind: 'error', code: serverCode, status, message: 'Words with s3cr3t in them' });
    const error = await failure(read(providerWith({}, once)));
    expect(error.report()).toMatchObject({
      code,
      details: {
        status,
        serverCode,
        method: 'GetSecretValue',
        path: 'production',
        requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
      },
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr3t');
  });

  it.each([
    [
      'InvalidRequestException',
      'You can’t create this secret because a secret with this name is already scheduled for deletion.',
      'SCHEDULED_FOR_DELETION',
    ],
    [
      'InvalidRequestException',
      "You tried to perform the operation on a secret that's currently marked deleted.",
      'SCHEDULED_FOR_DELETION',
    ],
    ['AccessDeniedException', 'Access to KMS is not allowed', 'ENCRYPTION_FAILED'],
    [
      'InvalidSignatureException',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z',
      'CLOCK_SKEWED',
    ],
    [
      'InvalidSignatureException',
      "Credential should be scoped to a valid region, not 'us-east-1'.",
      'INVALID_CONFIGURATION',
    ],
    ['ValidationException', 'Invalid name. Must be a valid name containing …', 'NAME_NOT_ALLOWED'],
  ])('%s saying “%s” is %s', async (serverCode, message, code) => {
    failWith({ kind: 'error', code: serverCode, message });
    const error = await failure(read(providerWith({}, once)));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).not.toContain(message);
  });

  it('names the permission that is missing', async () => {
    const guided = server.accessKey({ allow: ['secretsmanager:ListSecrets'] });
    expect(await failure(read(providerWith(guided)))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'The credentials are valid but do not permit secretsmanager:GetSecretValue.',
      hint: expect.stringContaining('"Action": "secretsmanager:GetSecretValue"') as string,
      remedy: { handOver: expect.stringContaining(':secret:production-??????') as string },
    });
    const denied = server.accessKey({ deny: ['secretsmanager:GetSecretValue'] });
    expect((await failure(read(providerWith(denied)))).likelyCause).toContain('explicitly');
  });

  it('points to the field that is wrong', async () => {
    const wrongSecret = providerWith({ secretAccessKey: 'wrong' });
    expect(await failure(read(wrongSecret))).toMatchObject({
      code: 'SIGNATURE_REFUSED',
      details: { field: 'secretAccessKey' },
    });
    const unknownKey = providerWith({ accessKeyId: 'AKIAUNKNOWN' });
    expect(await failure(read(unknownKey))).toMatchObject({
      code: 'KEY_ID_UNKNOWN',
      details: { field: 'accessKeyId' },
    });
    const otherRegion = providerWith({ region: 'eu-west-1' });
    expect(await failure(read(otherRegion))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: '127.0.0.1 does not serve the region eu-west-1.',
      details: { field: 'region' },
    });
  });

  it('says what KMS refuses', async () => {
    server.put('locked', '{}');
    for (const fault of ['decrypt', 'denied'] as const) {
      server.breakKms('locked', fault);
      const error = await failure(providerWith().read('locked', { signal }));
      expect(error.code).toBe('ENCRYPTION_FAILED');
    }
  });
});

describe('what passes by itself', () => {
  it.each([
    ['a fault of the server', { kind: 'error', code: 'InternalServiceError', status: 500 }],
    ['a page of a proxy', { kind: 'html', status: 503 }],
    ['throttling', { kind: 'error', code: 'ThrottlingException' }],
    ['a dropped connection', { kind: 'drop' }],
    ['a reset in the middle of the answer', { kind: 'reset' }],
  ] as const)('%s, once', async (_, answer) => {
    server.faults.add({ operation: 'GetSecretValue', answer });
    expect(await read(providerWith())).toMatchObject({ path: 'production' });
  });

  it('a server that asks to wait, for as long as it asks', async () => {
    const headers = { 'Retry-After': '1' };
    server.faults.add({
      operation: 'GetSecretValue',
      answer: { kind: 'http', status: 503, body: '{}', headers },
    });
    const startedAt = performance.now();
    expect(await read(providerWith())).toMatchObject({ path: 'production' });
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  it('and no longer than the deadline', async () => {
    const headers = { 'Retry-After': '3600' };
    const fault = server.faults.add({
      operation: 'GetSecretValue',
      times: Infinity,
      answer: { kind: 'http', status: 429, body: '{}', headers },
    });
    const error = await failure(read(providerWith({}, { callDeadline: 500 })));
    expect(error.code).toBe('TIMED_OUT');
    expect(fault.hits).toBe(1);
  });

  it('a clock that is an hour off', async () => {
    server.clock.advance(3_600_000);
    expect(await read(providerWith())).toMatchObject({ path: 'production' });
  });

  it('connections that were closed since', async () => {
    const provider = providerWith();
    await read(provider);
    server.dropConnections();
    expect(await read(provider)).toMatchObject({ path: 'production' });
  });
});

describe('a secret that is replicated', () => {
  const refused = async (operation: string, code: string, message: string) => {
    server.faults.add({ operation, answer: { kind: 'error', code, message } });
    const provider = providerWith({}, once);
    const { revision } = await provider.read('production', { signal });
    return failure(
      operation === 'DeleteSecret'
        ? provider.remove('production', revision, { signal })
        : provider.write('production', documentFromText('{"A":"1"}'), revision, { signal }),
    );
  };

  it.each(['InvalidParameterException', 'InvalidRequestException'])(
    'is not deleted before its replicas, which are named (%s)',
    async (code) => {
      const text =
        "You can't delete secret production that still has replica regions eu-west-1, us-gov-west-1.";
      const error = await refused('DeleteSecret', code, text);
      expect(error.code).toBe('REQUEST_REFUSED');
      expect(error.message).toBe(
        'This secret has replicas in eu-west-1, us-gov-west-1, and AWS does not delete it before they are gone.',
      );
      expect(error.hint).toContain('remove-regions-from-replication');
    },
  );

  it.each(['PutSecretValue', 'DeleteSecret'])('is a replica, says %s', async (operation) => {
    for (const code of ['InvalidParameterException', 'InvalidRequestException']) {
      const text =
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
      expect((await refused(operation, code, text)).message).toBe(
        'This secret is a replica and cannot be changed in this region.',
      );
    }
  });
});

describe('an answer that is not one of Secrets Manager', () => {
  it.each<[string, FaultAnswer, string]>([
    ['a web page', { kind: 'html', status: 200 }, 'UNEXPECTED_ANSWER'],
    ['a login page', { kind: 'html', status: 403 }, 'UNEXPECTED_ANSWER'],
    ['a page of a proxy', { kind: 'html', status: 502 }, 'UNEXPECTED_ANSWER'],
    ['a proxy that wants a password', { kind: 'html', status: 407 }, 'UNEXPECTED_ANSWER'],
    ['other JSON', { kind: 'http', status: 200, body: '{"ok":true}' }, 'UNEXPECTED_ANSWER'],
    ['a JSON list', { kind: 'http', status: 200, body: '[]' }, 'UNEXPECTED_ANSWER'],
    ['a JSON text', { kind: 'http', status: 200, body: '"s3cr3t"' }, 'UNEXPECTED_ANSWER'],
    ['JSON null', { kind: 'http', status: 200, body: 'null' }, 'UNEXPECTED_ANSWER'],
    ['nothing', { kind: 'http', status: 200 }, 'UNEXPECTED_ANSWER'],
    [
      'a 404 of another API',
      { kind: 'http', status: 404, body: '{"message":"s3cr3t"}' },
      'UNEXPECTED_ANSWER',
    ],
    ['a 429 without a name', { kind: 'http', status: 429, body: 's3cr3t' }, 'RATE_LIMITED'],
    ['half of the JSON', { kind: 'truncate' }, 'UNEXPECTED_ANSWER'],
    ['deep JSON', { kind: 'deep', levels: 200_000 }, 'UNEXPECTED_ANSWER'],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://user:s3cr3t@login.example/x?y' },
      'REDIRECTED',
    ],
    ['a redirect to itself', { kind: 'redirect' }, 'REDIRECTED'],
    ['too much', { kind: 'oversize', bytes: 40 * 1024 * 1024 }, 'RESPONSE_TOO_LARGE'],
  ])('%s', async (_, answer, code) => {
    failWith(answer);
    const provider = providerWith({}, once);
    for (const error of [await failure(read(provider)), await failure(provider.list({ signal }))]) {
      expect(error.code).toBe(code);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr3t');
    }
  });

  it('is no account without secrets', async () => {
    failWith({ kind: 'http', status: 200, body: '{"SecretList":null}' });
    const listing = failure(providerWith({}, once).list({ signal }));
    expect((await listing).code).toBe('UNEXPECTED_ANSWER');
  });

  it('ends a listing that never ends', async () => {
    failWith({ kind: 'http', status: 200, body: '{"SecretList":[],"NextToken":"again"}' });
    const listing = failure(providerWith().list({ signal }));
    expect((await listing).code).toBe('LISTING_ENDLESS');
  });

  it.each([
    ['two pages that lead to each other', (asked: number) => asked % 2],
    ['pages that bring nothing new', (asked: number) => asked],
  ])('ends a list of %s', async (_kind, tokenOf) => {
    let asked = 0;
    const endpoint = await answering(() => {
      asked += 1;
      const token = `"NextToken":"${String(tokenOf(asked))}"`;
      return `{"SecretList":[{"Name":"a"}],"Versions":[{"VersionId":"1"}],${token}}`;
    });
    const provider = providerWith({ endpoint });
    expect((await failure(provider.list({ signal }))).code).toBe('LISTING_ENDLESS');
    expect((await failure(provider.versions('app', { signal }))).code).toBe('LISTING_ENDLESS');
  });

  it('says where a redirect leads, and advises the address only of the same service', async () => {
    failWith({ kind: 'redirect', location: 'https://login.example:8443/x?y' });
    const page = await failure(read(providerWith({}, once)));
    expect(page).toMatchObject({
      code: 'REDIRECTED',
      message: 'The server redirects to https://login.example:8443.',
      likelyCause: 'The address leads to a login page and not to the server.',
    });
    expect(page.details).not.toHaveProperty('suggestion');
    server.faults.clear();
    failWith({ kind: 'redirect', location: 'https://moved.example:8443/' });
    expect(await failure(read(providerWith({}, once)))).toMatchObject({
      code: 'REDIRECTED',
      hint: 'Enter https://moved.example:8443 as the address, if you trust it.',
      details: { suggestion: 'https://moved.example:8443' },
    });
  });
});

describe('a connection', () => {
  async function closedPort(): Promise<number> {
    const tcp = createServer();
    await new Promise<void>((resolve) => {
      tcp.listen(0, '127.0.0.1', resolve);
    });
    const { port } = tcp.address() as AddressInfo;
    await new Promise((resolve) => tcp.close(resolve));
    return port;
  }

  it('that is refused', async () => {
    const endpoint = `http://127.0.0.1:${String(await closedPort())}`;
    expect((await failure(read(providerWith({ endpoint })))).code).toBe('CONNECTION_REFUSED');
  });

  it('to a name that does not exist', async () => {
    const endpoint = 'http://nowhere.invalid:4566';
    expect(await failure(read(providerWith({ endpoint }, once)))).toMatchObject({
      code: 'NAME_NOT_FOUND',
      message: 'nowhere.invalid could not be found.',
      details: { field: 'endpoint' },
    });
  });

  it('that is made with TLS where there is none', async () => {
    const endpoint = server.endpoint.replace('http:', 'https:');
    expect((await failure(read(providerWith({ endpoint }, once)))).code).toBe('TLS_FAILED');
  });

  it('to what does not speak HTTP', async () => {
    const tcp = createServer((socket) => {
      socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.9\r\n');
    });
    await new Promise<void>((resolve) => {
      tcp.listen(0, '127.0.0.1', resolve);
    });
    const { port } = tcp.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${String(port)}`;
    expect((await failure(read(providerWith({ endpoint }, once)))).code).toBe('UNEXPECTED_ANSWER');
    tcp.close();
  });

  it.each([
    ['dropped', { kind: 'drop' }],
    ['reset in the middle of the answer', { kind: 'reset' }],
  ] as const)('that is %s every time', async (_, answer) => {
    failWith(answer);
    server.clearLog();
    expect((await failure(read(providerWith()))).code).toBe('CONNECTION_RESET');
    expect(server.count('GetSecretValue')).toBe(4);
  });

  it('whose region is mistyped', () => {
    const context: CallContext = {
      service: secretsManager,
      settings: { values: valuesOf({ region: 'eu-wset-1' }), credentials: {} },
      host: 'secretsmanager.eu-wset-1.amazonaws.com',
      operation: 'ListSecrets',
    };
    const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    expect(serviceError(notFound, context)).toMatchObject({
      code: 'NAME_NOT_FOUND',
      message: 'secretsmanager.eu-wset-1.amazonaws.com could not be found.',
      details: { field: 'region', method: 'ListSecrets' },
    });
  });
});

describe('a deadline', () => {
  it.each<[string, FaultAnswer]>([
    ['no answer', { kind: 'hang' }],
    ['an answer that drips', { kind: 'drip', bytes: 1, everyMs: 20 }],
  ])('ends a call with %s', async (_, answer) => {
    failWith(answer);
    const provider = providerWith({}, { callDeadline: 60 });
    expect((await failure(read(provider))).code).toBe('TIMED_OUT');
    expect((await failure(provider.list({ signal }))).code).toBe('TIMED_OUT');
  });

  it('ends one attempt, and the next one answers', async () => {
    server.faults.add({ operation: 'GetSecretValue', answer: { kind: 'hang' } });
    expect(await read(providerWith({}, { attemptTimeout: 60 }))).toMatchObject({
      path: 'production',
    });
  });

  it('ends every attempt', async () => {
    failWith({ kind: 'hang' });
    const provider = providerWith({}, { attemptTimeout: 20, maxAttempts: 2 });
    expect((await failure(read(provider))).code).toBe('TIMED_OUT');
  });

  it('ends a listing whose every page comes in time', async () => {
    let page = 0;
    const endpoint = await answering(() => {
      page += 1;
      const text = String(page);
      return `{"SecretList":[{"Name":"${text}"}],"NextToken":"${text}"}`;
    });
    const provider = providerWith({ endpoint }, { listDeadline: 80 });
    expect((await failure(provider.list({ signal }))).code).toBe('TIMED_OUT');
  });
});

describe('cancelling', () => {
  it('makes no call when it came first', async () => {
    server.clearLog();
    const provider = providerWith();
    const aborted = AbortSignal.abort();
    expect((await failure(provider.list({ signal: aborted }))).code).toBe('CANCELLED');
    expect((await failure(provider.read('production', { signal: aborted }))).code).toBe(
      'CANCELLED',
    );
    expect(server.count()).toBe(0);
  });

  it('ends a call under way, and its connection', async () => {
    const controller = new AbortController();
    const hold = server.faults.hold({ operation: 'GetSecretValue' });
    const reading = failure(providerWith().read('production', { signal: controller.signal }));
    await hold.reached;
    controller.abort();
    expect((await reading).code).toBe('CANCELLED');
    await vi.waitFor(() => {
      expect(server.concurrency.now).toBe(0);
    });
    hold.release();
  });

  it('ends reading many, and throws', async () => {
    const controller = new AbortController();
    const hold = server.faults.hold({ operation: 'BatchGetSecretValue' });
    const provider = providerWith();
    const outcomes = provider.readMany(['production', 'other'], { signal: controller.signal });
    const next = failure(outcomes[Symbol.asyncIterator]().next());
    await hold.reached;
    controller.abort();
    expect((await next).code).toBe('CANCELLED');
    hold.release();
  });

  it('happens to everything under way when the provider is disposed of', async () => {
    const hold = server.faults.hold({ operation: 'GetSecretValue' });
    const provider = providerWith();
    const reading = failure(read(provider));
    await hold.reached;
    provider.dispose();
    expect((await reading).code).toBe('CANCELLED');
    hold.release();
    await vi.waitFor(() => {
      expect(server.connections.open).toBe(0);
    });
  });
});

it('shows no value and no credential, however an error is printed', async () => {
  failWith({ kind: 'truncate' });
  const provider = providerWith({}, once);
  const error = await failure(read(provider));
  const printed = inspect([error, provider], { depth: 20, showHidden: true });
  expect(printed).not.toMatch(/s3cr3t|PASSWORD/);
  expect(printed).not.toContain(key.secretAccessKey);
});
