/** Listing and reading, page by page, and what is beside the environments. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startParameterStoreServer,
  type AccessKey,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import {
  collect,
  failure,
  makeProvider,
  plainOf,
  signal,
  summaryOf,
  textOf,
  type ProviderParts,
} from '@test/support/aws-parameter-store';
import type { AwsOptions } from '../aws/options';
import type { SecretsProvider } from '../provider';

let server: ParameterStoreServer;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startParameterStoreServer();
});

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.stop();
});

function providerWith(
  parts: ProviderParts = {},
  { accessKeyId, secretAccessKey }: AccessKey = server.accessKey(),
  options?: AwsOptions,
): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider(
    { endpoint, region, accessKeyId, secretAccessKey, ...parts },
    options,
  );
  providers.push(provider);
  return provider;
}

const paths = async (provider: SecretsProvider): Promise<string[]> =>
  (await provider.list({ signal })).secrets.map(({ path }) => path);

const OBJECT = 'An environment of Strongroom: a JSON object of its variables.';

describe('a listing', () => {
  it('takes neither a short page nor an empty one for the last', async () => {
    for (let index = 100; index < 250; index += 1) server.put(`/app/${String(index)}/KEY`, 'x');
    server.pageSizes = [50, 1, 0, 0, 37];
    const all = Array.from({ length: 150 }, (_, index) => `${String(index + 100)}/`);
    expect(await paths(providerWith({ prefix: '/app' }))).toEqual(all);
  });

  it('finds environments by folders, and by what marks a parameter as one', async () => {
    server.put('/app/KEY', 'x');
    server.put('/app/shop/prod/A', 'x');
    server.put('/app/shop/prod/B', 'x');
    server.put('/app/shop/object', '{"A":"1"}', { description: OBJECT });
    server.put('/app/shop/json', '{"A":"1"}');
    server.put('/application/other', 'x');
    server.put('flat', 'x');
    expect(await paths(providerWith({ prefix: '/app' }))).toEqual([
      '/',
      'shop/',
      'shop/object',
      'shop/prod/',
    ]);
    expect(await paths(providerWith())).toEqual([
      '/app/',
      '/app/shop/',
      '/app/shop/object',
      '/app/shop/prod/',
      '/application/',
      'flat',
    ]);
  });

  it('throws where a later page fails, and gives no part for the whole', async () => {
    for (let index = 0; index < 120; index += 1) server.put(`/app/${String(index)}/KEY`, 'x');
    server.faults.add({
      operation: 'DescribeParameters',
      skip: 2,
      answer: { kind: 'error', code: 'AccessDeniedException' },
    });
    expect((await failure(paths(providerWith()))).code).toBe('PERMISSION_DENIED');
  });

  it('ends where a page leads to itself', async () => {
    server.faults.add({
      operation: ['DescribeParameters', 'GetParametersByPath'],
      times: Infinity,
      answer: { kind: 'http', status: 200, body: '{"Parameters":[],"NextToken":"again"}' },
    });
    const provider = providerWith();
    expect((await failure(paths(provider))).code).toBe('LISTING_ENDLESS');
    expect((await failure(provider.read('/app/', { signal }))).code).toBe('LISTING_ENDLESS');
  });

  it('does not take another service for an account without parameters', async () => {
    server.faults.add({
      operation: ['DescribeParameters', 'GetParametersByPath'],
      times: Infinity,
      answer: { kind: 'http', status: 200, body: '{}' },
    });
    const provider = providerWith();
    expect((await failure(paths(provider))).code).toBe('UNEXPECTED_ANSWER');
    expect((await failure(provider.read('/app/', { signal }))).code).toBe('UNEXPECTED_ANSWER');
  });

  it('that is refused says what to add, while paths that are typed can be read and written', async () => {
    server.put('/app/prod/A', '{"json":1}');
    server.put('/app/object', '{"A":"1"}');
    const provider = providerWith({}, server.accessKey({ deny: ['DescribeParameters'] }));
    expect(await failure(provider.list({ signal }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'The credentials are valid but do not permit ssm:DescribeParameters.',
      hint: expect.stringContaining('paths that you type') as string,
    });
    const outcomes = await collect(provider.readMany(['/app/prod/', '/app/object'], { signal }));
    expect(summaryOf(outcomes)).toEqual({
      '/app/prod/': '{"A":"{\\"json\\":1}"}',
      '/app/object': '{"A":"1"}',
    });
    expect(await provider.glance('/app/prod/', { signal })).toEqual({
      state: 'unknown',
      why: 'not-permitted',
    });
  });

  it('stops when it is cancelled, and at its deadline', async () => {
    for (let index = 0; index < 120; index += 1) server.put(`/app/${String(index)}/KEY`, 'x');
    const controller = new AbortController();
    const hold = server.faults.hold({ operation: 'DescribeParameters', skip: 1 });
    const listing = failure(providerWith().list({ signal: controller.signal }));
    await hold.reached;
    controller.abort();
    expect((await listing).code).toBe('CANCELLED');
    server.faults.add({ times: Infinity, answer: { kind: 'hang' } });
    const hasty = providerWith({}, server.accessKey(), { listDeadline: 200, callDeadline: 200 });
    expect((await failure(paths(hasty))).code).toBe('TIMED_OUT');
    expect((await failure(hasty.read('/app/1/', { signal }))).code).toBe('TIMED_OUT');
  });
});

describe('reading', () => {
  it('does not mix up KEY and /KEY, which AWS lists together', async () => {
    server.put('KEY', 'without');
    server.put('/KEY', 'with');
    server.put('OTHER', 'x');
    const provider = providerWith();
    const { document, revision } = await provider.read('/', { signal });
    expect(plainOf(document)).toEqual({ KEY: 'with' });
    expect(await provider.glance('/', { signal })).toMatchObject({ revision });
    expect(textOf((await provider.read('KEY', { signal })).document)).toBe('without');
  });

  it('reads the prefix itself as a folder', async () => {
    server.put('/app/A', '1');
    server.put('/app/deeper/B', '1');
    const key = server.guideAccessKey('/app');
    const provider = providerWith({ prefix: '/app' }, key);
    expect(plainOf((await provider.read('/', { signal })).document)).toEqual({ A: '1' });
  });

  it('reads the other environments when one is refused', async () => {
    const locked = server.kmsKey('alias/payroll');
    server.put('/app/payroll/A', '1', { keyId: 'alias/payroll' });
    server.put('/app/shop/A', '1');
    locked.locked = true;
    const provider = providerWith({ prefix: '/app' }, server.guideAccessKey('/app'));
    const outcomes = await collect(provider.readMany(['payroll/', 'shop/', 'none'], { signal }));
    expect(summaryOf(outcomes)).toEqual({
      'payroll/': 'ENCRYPTION_FAILED',
      'shop/': '{"A":"1"}',
      none: 'NOT_FOUND',
    });
  });

  it('asks once when the credentials are no good', async () => {
    server.put('/app/A', '1');
    const provider = providerWith({ secretAccessKey: 'wrong' }, server.accessKey(), {
      maxAttempts: 1,
    });
    const many = Array.from({ length: 60 }, (_, index) => `/app/${String(index)}`);
    const outcomes = await collect(provider.readMany(many, { signal }));
    expect(new Set(Object.values(summaryOf(outcomes)))).toEqual(new Set(['SIGNATURE_REFUSED']));
    expect(server.count()).toBeLessThan(20);
  });
});

describe('a path', () => {
  it.each([
    ['', 'shop/prod/', '/shop/prod/'],
    ['', 'shop/prod', '/shop/prod'],
    ['', 'prod/', '/prod/'],
    ['/app', '/shop/prod', 'shop/prod'],
    ['/app', '/app/shop/prod/', 'shop/prod/'],
    ['/app', '/app/', '/'],
  ])('with the prefix %j and written %j is suggested as %j', async (prefix, path, suggestion) => {
    const provider = providerWith({ prefix });
    for (const call of [
      provider.read(path, { signal }),
      provider.glance(path, { signal }),
      provider.versions(path, { signal }),
    ]) {
      expect(await failure(call)).toMatchObject({
        code: 'NAME_NOT_ALLOWED',
        hint: `Enter ${suggestion} as the path.`,
        details: { path, suggestion },
      });
    }
    expect(server.count()).toBe(0);
    // The remedy, done literally.
    expect(await provider.glance(suggestion, { signal })).toEqual({ state: 'absent' });
  });
});
