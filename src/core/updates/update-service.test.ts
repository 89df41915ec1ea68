import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpClient } from '@core/network/http';
import { Network } from '@core/network/network';
import { systemRuntime } from '@core/runtime';
import { isNewer, type Release } from '@shared/model/update';
import { networkDefaults } from '@shared/providers/facts/network';
import { UpdateService } from './update-service';

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

const signed = (release: string, key = keys.privateKey): string =>
  JSON.stringify({ release, signature: sign(null, Buffer.from(release), key).toString('base64') });
const releaseOf = (version: string): string =>
  JSON.stringify({ version, url: 'https://strongroom.invalid/download' });

/** A feed on this computer, and a service that asks it. Timers run when the test says so. */
async function start(answer: string, { isOn = true, status = 200 } = {}) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status).end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = new HttpClient({
    network: new Network(
      { values: networkDefaults, credentials: {}, verifySsl: true },
      { runtime: systemRuntime, systemProxy: async () => undefined },
    ),
    maxSockets: 1,
  });
  const timers: (readonly [number, () => void | Promise<void>])[] = [];
  const found: Release[] = [];
  const service = new UpdateService({
    feed: {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/feed`,
      publicKey,
    },
    version: '1.2.3',
    http,
    runtime: {
      now: () => 1000,
      after: (milliseconds, work) => {
        timers.push([milliseconds, work]);
        return () => undefined;
      },
    },
    isOn: () => isOn,
    onNewer: (release) => found.push(release),
  });
  onTestFinished(() => {
    service.close();
    http.close();
    server.close();
  });
  return { service, requests, timers, found };
}

describe('the check for updates', () => {
  it('finds a newer release, and says so once', async () => {
    const { service, found } = await start(signed(releaseOf('1.3.0')));
    const newer = { version: '1.3.0', url: 'https://strongroom.invalid/download' };
    expect(await service.check()).toEqual({ checkedAt: 1000, newer });
    await service.check();
    expect(found).toEqual([newer]);
  });

  it.each(['1.2.3', '1.2.2', '0.9.0'])('finds nothing in %s', async (version) => {
    const { service, found } = await start(signed(releaseOf(version)));
    expect(await service.check()).toEqual({ checkedAt: 1000 });
    expect(found).toEqual([]);
  });

  it('tells the server the version, and nothing else', async () => {
    const { service, requests } = await start(signed(releaseOf('1.3.0')));
    await service.check();
    const [request] = requests;
    expect(request).toMatchObject({ method: 'GET', url: '/feed?version=1.2.3' });
    expect(Object.keys(request?.headers ?? {}).filter((name) => name !== 'connection')).toEqual([
      'host',
    ]);
  });

  const other = generateKeyPairSync('ed25519').privateKey;
  it.each([
    ['by another key', signed(releaseOf('9.0.0'), other)],
    ['that was changed afterwards', signed(releaseOf('9.0.0')).replace('9.0.0', '9.0.1')],
    ['without a signature', JSON.stringify({ release: releaseOf('9.0.0') })],
    ['with an empty signature', JSON.stringify({ release: releaseOf('9.0.0'), signature: '' })],
    ['that leads to no web page', signed(JSON.stringify({ version: '9.0.0', url: 'file:///x' }))],
    ['with a strange version', signed(releaseOf('9.0.0-beta'))],
    ['that is no JSON', signed('{')],
    ['that is a page', '<html>'],
  ])('ignores a feed %s', async (_what, answer) => {
    const { service, found } = await start(answer);
    const { problem, newer } = await service.check();
    expect(problem).toContain('The feed of releases');
    expect(newer).toBeUndefined();
    expect(found).toEqual([]);
  });

  it('ignores the body of an error', async () => {
    const { service } = await start(signed(releaseOf('9.0.0')), { status: 500 });
    expect(await service.check()).toEqual({ problem: 'The feed of releases cannot be read.' });
  });

  it('runs some time after the start and then each day, unless it is switched off', async () => {
    const on = await start(signed(releaseOf('1.3.0')));
    await on.timers[0]?.[1]();
    expect(on.timers.map(([after]) => after)).toEqual([20_000, 86_400_000]);
    expect(on.requests).toHaveLength(1);
    const off = await start(signed(releaseOf('1.3.0')), { isOn: false });
    await off.timers[0]?.[1]();
    expect(off.timers).toHaveLength(2);
    expect(off.requests).toEqual([]);
  });

  it('is not there in a build without a feed', async () => {
    const service = new UpdateService({
      feed: undefined,
      version: '1.2.3',
      http: { send: () => Promise.reject(new Error('asked')) },
      runtime: { now: () => 0, after: () => expect.fail('a timer') },
      isOn: () => true,
      onNewer: () => undefined,
    });
    await expect(service.check()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

it.each([
  ['1.2.4', '1.2.3', true],
  ['1.10.0', '1.9.9', true],
  ['2.0.0', '1.99.99', true],
  ['1.2.3', '1.2.3-beta.1', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.2', '1.2.3-beta.1', false],
])('%s is newer than %s: %s', (release, version, newer) => {
  expect(isNewer(release, version)).toBe(newer);
});
