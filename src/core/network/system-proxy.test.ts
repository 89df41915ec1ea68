import { describe, expect, it } from 'vitest';
import { isAppError } from '@shared/errors';
import { chromiumProxy, environmentOr, environmentProxy, type SystemProxy } from './system-proxy';

const secure = new URL('https://vault.example.com:8200');
const plain = new URL('http://vault.example.com:8200');

const told = async (proxy: SystemProxy, target: URL): Promise<string> => {
  const found = await proxy(target);
  return found === undefined ? 'direct' : `${found.url.origin} by ${found.chosenBy}`;
};
const inEnvironment = (environment: Record<string, string>, target = secure): Promise<string> =>
  told(environmentProxy(environment), target);

describe('the environment', () => {
  it('has a proxy for each scheme, in either case, the lower one first as with curl', async () => {
    const environment = {
      HTTPS_PROXY: 'http://upper:1',
      https_proxy: 'http://lower:2',
      HTTP_PROXY: 'http://plain:3',
    };
    expect(await inEnvironment(environment)).toBe('http://lower:2 by https_proxy');
    expect(await inEnvironment(environment, plain)).toBe('http://plain:3 by HTTP_PROXY');
    expect(await inEnvironment({ HTTP_PROXY: 'http://plain:3' })).toBe('direct');
    expect(await inEnvironment({ ALL_PROXY: 'proxy:3128' })).toBe('http://proxy:3128 by ALL_PROXY');
    expect(await inEnvironment({ HTTPS_PROXY: '' })).toBe('direct');
  });

  it('has exceptions', async () => {
    const HTTPS_PROXY = 'http://proxy:3128';
    expect(await inEnvironment({ HTTPS_PROXY, NO_PROXY: 'a.test,.example.com' })).toBe('direct');
    expect(await inEnvironment({ HTTPS_PROXY, no_proxy: '*' })).toBe('direct');
    expect(await inEnvironment({ HTTPS_PROXY, NO_PROXY: 'a.test' })).toContain('proxy:3128');
  });

  it.each([
    'https://localhost:8200',
    'https://127.0.0.1',
    'https://[::1]:8200',
    'https://a.localhost',
  ])('does not send %s to a proxy', async (target) => {
    expect(await inEnvironment({ HTTPS_PROXY: 'http://proxy:3128' }, new URL(target))).toBe(
      'direct',
    );
  });

  it.each(['socks5://me:hunter2@proxy:1080', 'http://me:hunter2@pro xy:1'])(
    'says of %j that it cannot be used, without repeating it',
    async (HTTPS_PROXY) => {
      const error: unknown = await environmentProxy({ HTTPS_PROXY })(secure).catch(
        (thrown: unknown) => thrown,
      );
      expect(isAppError(error, 'INVALID_CONFIGURATION')).toBe(true);
      expect(String(error)).toContain('HTTPS_PROXY');
      expect(String(error)).not.toContain('hunter2');
    },
  );
});

describe('the settings of the system, as Chromium tells them', () => {
  const says = (answer: string, target = secure): Promise<string> =>
    told(
      chromiumProxy(async () => answer),
      target,
    );
  const by = 'by the settings of this computer';

  it.each([
    ['DIRECT', 'direct'],
    ['PROXY proxy.example.com:3128; DIRECT', `http://proxy.example.com:3128 ${by}`],
    ['HTTPS proxy.example.com:443', `https://proxy.example.com ${by}`],
    ['SOCKS5 socks.example.com:1080; PROXY other:8080', `http://other:8080 ${by}`],
    ['SOCKS5 socks.example.com:1080; DIRECT', 'direct'],
  ])('%s', async (answer, expected) => {
    expect(await says(answer)).toBe(expected);
  });

  it('refuses what is only a SOCKS proxy', async () => {
    await expect(says('SOCKS5 socks.example.com:1080')).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'proxy' },
    });
  });

  it('is asked for the origin alone, and never for this computer', async () => {
    const asked: string[] = [];
    const proxy = chromiumProxy(async (url) => {
      asked.push(url);
      return 'PROXY proxy:1';
    });
    await proxy(new URL('https://vault.example.com/v1/secret/data/x'));
    expect(await told(proxy, new URL('http://localhost:8200'))).toBe('direct');
    expect(asked).toEqual(['https://vault.example.com']);
  });

  it('gives way to the environment where that says anything', async () => {
    const system = chromiumProxy(async () => 'PROXY system:1');
    expect(await told(environmentOr({}, system), secure)).toContain('system:1');
    const environment = { HTTPS_PROXY: 'http://environment:2', NO_PROXY: '*' };
    expect(await told(environmentOr(environment, system), secure)).toBe('direct');
  });
});
