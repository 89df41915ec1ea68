/**
 * Misconfigurations of AWS Secrets Manager, each by its name: the step that tells, the cause, and a remedy
 * that ends green when it is done literally.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CheckStep } from '@shared/model/connection';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSelfSigned } from '@test/servers/certificates';
import { minutes } from '@test/servers/clock';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import {
  collect,
  makeConnection,
  makeProvider,
  otherClient,
  signal,
  targets,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';
import { describePage } from './list';
import { sampleOf } from './read';

let server: SecretsManagerServer;
let key: AccessKey;

beforeEach(async () => {
  server = await startSecretsManagerServer();
  key = server.guideAccessKey();
  server.put('app', '{}');
});
afterEach(() => server.stop());

async function check(parts: ProviderParts = {}): Promise<Map<string, CheckStep>> {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...key, ...parts });
  try {
    const steps = await collect(provider.check({ signal }));
    return new Map(steps.map((step) => [step.id, step]));
  } finally {
    provider.dispose();
  }
}

/** The steps that did not pass, and the first error there. */
function troubles(steps: ReadonlyMap<string, CheckStep>) {
  const bad = [...steps.values()].filter(({ status }) => ['failed', 'warned'].includes(status));
  return { steps: bad.map(({ id, status }) => `${id} ${status}`), error: bad[0]?.error };
}

const expectGreen = (steps: ReadonlyMap<string, CheckStep>): void => {
  expect(troubles(steps)).toEqual({ steps: [], error: undefined });
  expect([...steps.values()].filter(({ status }) => status === 'not-reached')).toEqual([]);
};

async function listen(http: Server): Promise<string> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });
  return `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
}

/** What a remedy hands over, in the words of the stand-in. */
function statementOf(error: CheckStep['error']) {
  const { remedy, hint } = error ?? {};
  if (remedy === undefined || !('handOver' in remedy)) throw new Error('No statement');
  expect(hint).toContain(remedy.handOver);
  const statement = JSON.parse(remedy.handOver) as Record<string, string | string[]>;
  return {
    effect: 'Allow' as const,
    actions: [statement['Action'] ?? []].flat(),
    resources: [statement['Resource'] ?? []].flat(),
  };
}

describe('the region is right in form, the secrets are in another', () => {
  it('at AWS itself: names the region in words, and leads to Region', async () => {
    const connection = makeConnection({ region: 'eu-west-1', ...key });
    onTestFinished(() => {
      connection.dispose();
    });
    const nothing = { secrets: [], nextToken: undefined };
    const { status, error } = await describePage(connection, nothing);
    expect(status).toBe('warned');
    expect(error?.report()).toMatchObject({
      message: 'There are no secrets in the region eu-west-1, Europe (Ireland).',
      hint: expect.stringMatching(
        /If your secrets are elsewhere, change Region.*new account/,
      ) as string,
      remedy: { open: 'connection', field: 'region' },
    });
    // What is left of a listing says nothing about the region.
    expect((await describePage(connection, { ...nothing, nextToken: 'x' })).status).toBe('passed');
  });
});

describe('GetSecretValue permitted for some secrets only', () => {
  const only = (...patterns: string[]): ProviderParts => ({
    ...server.accessKey({
      allow: [
        'secretsmanager:ListSecrets',
        'secretsmanager:PutSecretValue',
        'secretsmanager:DeleteSecret',
      ],
      statements: [
        {
          effect: 'Allow',
          actions: ['secretsmanager:GetSecretValue'],
          resources: patterns.map((pattern) => `*:secret:${pattern}`),
        },
      ],
    }),
  });

  it('warns with the names refused and the statement to add, and ends green', async () => {
    for (const name of ['team/a', 'team/b', 'other']) server.put(name, '{}');
    const parts = only('team/*');
    const { steps, error } = troubles(await check(parts));
    expect(steps).toEqual(['read warned']);
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'The credentials may not read app, other, tried with all 4.',
      cause: 'The policy is limited to certain names.',
      hint: expect.stringContaining('Pull All skips what may not be read.') as string,
    });
    const prefix = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:';
    expect(statementOf(error)).toEqual({
      effect: 'Allow',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [`${prefix}app-??????`, `${prefix}other-??????`],
    });
    server.changePolicy(parts.accessKeyId ?? '', {
      allow: [
        'secretsmanager:ListSecrets',
        'secretsmanager:PutSecretValue',
        'secretsmanager:DeleteSecret',
      ],
      statements: [
        {
          effect: 'Allow',
          actions: ['secretsmanager:GetSecretValue'],
          resources: ['*:secret:team/*'],
        },
        statementOf(error),
      ],
    });
    expectGreen(await check(parts));
  });

  it('hands over no statement against an explicit refusal, which wins over it', async () => {
    const deny = (action: string) =>
      ({ effect: 'Deny', actions: [action], resources: ['*'] }) as const;
    const reading = server.guideAccessKey({ statements: [deny('secretsmanager:GetSecretValue')] });
    expect(troubles(await check(reading)).error).toMatchObject({
      cause: 'A policy forbids it explicitly.',
      remedy: { open: 'connection' },
    });
    const writing = server.guideAccessKey({ statements: [deny('secretsmanager:PutSecretValue')] });
    expect(troubles(await check(writing)).error).toMatchObject({
      cause: 'A policy forbids it explicitly: PutSecretValue.',
      remedy: { open: 'connection' },
    });
  });

  it('takes a policy that grants the current version alone for what it is', async () => {
    // The first question is about another version.
    server.faults.add({
      operation: 'GetSecretValue',
      answer: { kind: 'error', code: 'AccessDeniedException', message: 'no policy allows' },
    });
    const steps = await check();
    expectGreen(steps);
    expect(steps.get('read')?.detail).toBe('Permitted, tried with the only one');
    expect(server.count('GetSecretValue')).toBe(2);
  });

  it('claims no more than was tried', async () => {
    for (let index = 0; index < 130; index += 1) server.put(`s${String(index)}`, '{}');
    expect((await check()).get('read')?.detail).toBe('Permitted, tried with 5 of 100 and more');
  });

  it('tries one secret of each folder first', () => {
    expect(sampleOf(['a/1', 'a/2', 'a/3', 'b/1', 'top', 'c/d/1', 'a/4'])).toEqual([
      'a/1',
      'b/1',
      'top',
      'c/d/1',
      'a/2',
    ]);
  });
});

describe('Endpoint Override left over from LocalStack', () => {
  const emptied = { field: 'endpoint', suggestion: '' };

  it('dead: says that these calls do not go to AWS, and offers to empty it', async () => {
    const { steps, error } = troubles(await check({ endpoint: 'http://127.0.0.1:1' }));
    expect(steps).toEqual(['port failed']);
    expect(error).toMatchObject({
      code: 'CONNECTION_REFUSED',
      hint: expect.stringContaining(
        'These calls go to Endpoint Override and not to AWS. Empty it for AWS itself.',
      ) as string,
      details: emptied,
    });
  });

  it('with a name that is gone: the same', async () => {
    const { steps, error } = troubles(await check({ endpoint: 'http://localstack.invalid:4566' }));
    expect(steps).toEqual(['name failed']);
    expect(error).toMatchObject({
      message: 'localstack.invalid could not be found.',
      details: emptied,
    });
  });

  it.each(targets)(
    'running and empty ($name): says that this is not AWS',
    async ({ isThere, start }) => {
      if (!isThere) return;
      const peer = await start();
      onTestFinished(() => peer.stop());
      const steps = await check({ ...peer });
      expect(steps.get('endpoint')?.detail).toContain('This is not AWS itself');
      expect(steps.get('list')).toMatchObject({
        status: 'warned',
        error: {
          cause: 'These calls go to the address of Endpoint Override and not to AWS.',
          details: emptied,
        },
      });
      // If this server is meant, all is well as soon as there is something.
      await otherClient(peer).createSecret({ Name: 'app', SecretString: '{}' });
      expect((await check({ ...peer })).get('list')).toMatchObject({
        status: 'passed',
        detail: '1 found',
      });
    },
  );
});

it('ListSecrets missing, added to a statement on secret:app/*: hands over the statement', async () => {
  const allow = [
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:DeleteSecret',
  ];
  const mistaken = {
    effect: 'Allow' as const,
    actions: ['secretsmanager:ListSecrets'],
    resources: ['arn:aws:secretsmanager:us-east-1:123456789012:secret:app/*'],
  };
  const parts = server.accessKey({ allow, statements: [mistaken] });
  const { steps, error } = troubles(await check(parts));
  expect(steps).toEqual(['list failed']);
  expect(error).toMatchObject({
    code: 'PERMISSION_DENIED',
    cause:
      'None of their policies allows it, or only for certain secrets: ListSecrets takes no resource but “*”.',
  });
  expect(statementOf(error)).toEqual({
    effect: 'Allow',
    actions: ['secretsmanager:ListSecrets'],
    resources: ['*'],
  });
  server.changePolicy(parts.accessKeyId, { allow, statements: [mistaken, statementOf(error)] });
  expectGreen(await check(parts));
});

it.each([
  ['behind', 20],
  ['ahead', -20],
])('the clock is 20 minutes off (%s): warns at Identity, by what was learnt', async (says, by) => {
  server.clock.advance(minutes(by));
  // The listing holds nothing from the future.
  server.put('now', '{}');
  const steps = await check();
  expect(troubles(steps).steps).toEqual(['identity warned']);
  expect(steps.get('identity')).toMatchObject({
    detail: 'Account 123456789012, user/guide',
    error: {
      code: 'CLOCK_SKEWED',
      message: `The clock of this computer is 20 minutes ${says}.`,
      hint: 'Set the clock of this computer, best by switching automatic time on.',
    },
  });
  server.clock.advance(minutes(-by));
  expectGreen(await check());
});

it('AWS-compatible server answering XML to a JSON call (403 AccessDenied): reads the code', async () => {
  const xml =
    '<?xml version="1.0"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Denied</Message></Error></ErrorResponse>';
  server.faults.add({
    operation: 'ListSecrets',
    answer: { kind: 'http', status: 403, headers: { 'Content-Type': 'text/xml' }, body: xml },
  });
  const { steps, error } = troubles(await check());
  expect(steps).toEqual(['list failed']);
  expect(error).toMatchObject({
    code: 'PERMISSION_DENIED',
    message: 'The credentials are valid but do not permit secretsmanager:ListSecrets.',
    details: { status: 403, serverCode: 'AccessDenied' },
  });
});

describe('the scheme of Endpoint Override', () => {
  it('http on an https port, Go’s own answer: offers https', async () => {
    const endpoint = await listen(
      createServer((request, response) => {
        request.resume();
        response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n');
      }),
    );
    const { steps, error } = troubles(await check({ endpoint }));
    expect(steps).toEqual(['list failed']);
    expect(error).toMatchObject({
      code: 'HTTPS_EXPECTED',
      details: { field: 'endpoint', suggestion: endpoint.replace('http:', 'https:') },
    });
  });

  it('http on an https port that cuts the connection: offers https', async () => {
    const secure = await startSecretsManagerServer({ tls: createSelfSigned() });
    onTestFinished(() => secure.stop());
    const endpoint = secure.endpoint.replace('https:', 'http:');
    const { steps, error } = troubles(await check({ endpoint }));
    expect(steps).toEqual(['list failed']);
    expect(error?.details).toMatchObject({ field: 'endpoint', suggestion: secure.endpoint });
  });

  it('https on an http port that answers http: offers http, and ends green', async () => {
    const { steps, error } = troubles(
      await check({ endpoint: server.endpoint.replace('http:', 'https:') }),
    );
    expect(steps).toEqual(['tls failed']);
    expect(error?.details).toEqual({ field: 'endpoint', suggestion: server.endpoint });
    expectGreen(await check({ endpoint: error?.details?.suggestion ?? '' }));
  });
});
