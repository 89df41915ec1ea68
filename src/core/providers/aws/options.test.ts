import { expect, it, vi } from 'vitest';
import { FakeRuntime } from '@test/support/fake-runtime';
import { resolveOptions, type AwsOptions } from './options';

const proxyOf = async (options: AwsOptions): Promise<string | undefined> =>
  (await resolveOptions(options).systemProxy(new URL('https://sts.amazonaws.com')))?.url.host;

it('takes the proxy from the environment of the runtime, as it is when the options are used', async () => {
  const runtime = new FakeRuntime();
  expect(await proxyOf({ runtime })).toBeUndefined();
  runtime.env['HTTPS_PROXY'] = 'http://proxy:3128';
  expect(await proxyOf({ runtime })).toBe('proxy:3128');
  vi.stubEnv('https_proxy', 'http://late:3128');
  expect(await proxyOf({})).toBe('late:3128');
  expect(await proxyOf({ runtime })).toBe('proxy:3128');
});
