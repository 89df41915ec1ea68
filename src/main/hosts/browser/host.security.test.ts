import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { os, type RouterClient } from '@orpc/server';
import { SESSION_PATH, SOCKET_PATH, SOCKET_READY } from '@shared/bridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { defaultPreferences } from '@shared/model/preferences';
import { startBrowserHost, type BrowserHost } from './host';

const router = { ping: os.handler(() => 'pong') };

let directory: string;
let host: BrowserHost;
let url: URL;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strongroom-host-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>');
  host = await startBrowserHost({
    router,
    look: () => defaultPreferences,
    rendererDirectory: directory,
    port: 0,
    idleAfterMs: 60_000,
    onIdle: () => undefined,
  });
  url = new URL(host.launchUrl());
});

afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const send = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: url.port, method, path, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });

const launchToken = (address = url): string =>
  new URLSearchParams(address.hash.slice(1)).get('launch') ?? '';

const exchange = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send('POST', SESSION_PATH, { origin: url.origin, ...headers }, JSON.stringify({ launch: token }));

const newSession = async (): Promise<{ cookie: string; socketToken: string }> => {
  const answer = await exchange(launchToken(new URL(host.launchUrl())));
  return {
    cookie: (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '',
    socketToken: answer.text,
  };
};

/** How a socket ends up: `ready` for calls, or how it was turned away. */
const knock = (
  headers: Record<string, string>,
  firstMessage: string,
): Promise<{ outcome: 'ready' | 'refused' | number; socket: WebSocket }> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${url.port}${SOCKET_PATH}`, { headers });
    socket.on('open', () => {
      socket.send(firstMessage);
    });
    socket.on('message', (data: Buffer) => {
      if (data.toString() === SOCKET_READY) resolve({ outcome: 'ready', socket });
    });
    socket.on('close', (code) => {
      resolve({ outcome: code, socket });
    });
    socket.on('error', () => {
      resolve({ outcome: 'refused', socket });
    });
  });

describe('the address', () => {
  it('is on loopback, and holds the token in the fragment only', () => {
    expect(url.hostname).toBe('127.0.0.1');
    expect(launchToken().length).toBeGreaterThanOrEqual(43);
    expect(url.pathname + url.search).toBe('/');
  });
});

describe('pages', () => {
  it('are served with a policy that lets nothing else in', async () => {
    const { status, headers, text } = await send('GET', '/');
    expect(status).toBe(200);
    expect(text).toContain('<title>page</title>');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ws://${url.host}`);
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '[::1]'])(
    'are refused to the host name %s, as a rebound name would send it',
    async (name) => {
      expect((await send('GET', '/', { host: name })).status).toBe(421);
    },
  );

  it('ignore forwarded headers', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': url.host,
      forwarded: `host=${url.host}`,
    };
    expect((await send('GET', '/', headers)).status).toBe(421);
  });

  it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/nothing.js'])(
    'give nothing for %s',
    async (path) => {
      expect((await send('GET', path)).status).toBe(404);
    },
  );

  it('answer no other method', async () => {
    expect((await send('PUT', '/')).status).toBe(405);
    expect((await send('OPTIONS', SESSION_PATH)).status).toBe(405);
  });
});

describe('the launch token', () => {
  it('is good once', async () => {
    const first = await exchange(launchToken());
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await exchange(launchToken())).status).toBe(401);
  });

  it('is refused to a page of another origin, and stays good', async () => {
    expect((await exchange(launchToken(), { origin: 'http://evil.example' })).status).toBe(403);
    expect(
      (await send('POST', SESSION_PATH, {}, JSON.stringify({ launch: launchToken() }))).status,
    ).toBe(403);
    expect((await exchange(launchToken())).status).toBe(200);
  });

  it('cannot be guessed at any speed', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => exchange('guess')));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(20);
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
  });

  it('cannot be hidden in a large or malformed body', async () => {
    const origin = { origin: url.origin };
    expect((await send('POST', SESSION_PATH, origin, 'x'.repeat(5000))).status).toBe(401);
    expect((await send('POST', SESSION_PATH, origin, '{"launch":1}')).status).toBe(401);
    expect((await send('POST', SESSION_PATH, origin, '')).status).toBe(401);
  });
});

describe('the socket', () => {
  it('carries calls for the tab that has cookie and token', async () => {
    const { cookie, socketToken } = await newSession();
    const { outcome, socket } = await knock({ origin: url.origin, cookie }, socketToken);
    expect(outcome).toBe('ready');
    const client: RouterClient<typeof router> = createORPCClient(
      new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
    );
    expect(await client.ping()).toBe('pong');
    socket.terminate();
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['no origin at all', {}],
  ])('is refused to %s', async (_, headers) => {
    const { cookie, socketToken } = await newSession();
    expect((await knock({ cookie, ...headers }, socketToken)).outcome).toBe('refused');
  });

  it('is refused to a rebound host name', async () => {
    const { cookie, socketToken } = await newSession();
    const headers = { host: 'evil.example', origin: 'http://evil.example', cookie };
    expect((await knock(headers, socketToken)).outcome).toBe('refused');
  });

  it('is closed on the cookie without the token, and on the token without the cookie', async () => {
    const { cookie, socketToken } = await newSession();
    const { origin } = url;
    expect((await knock({ origin, cookie }, 'wrong')).outcome).toBe(4401);
    expect((await knock({ origin }, socketToken)).outcome).toBe(4401);
    expect((await knock({ origin, cookie: `${cookie}x` }, socketToken)).outcome).toBe(4401);
  });

  it('is closed on the cookie of one session with the token of another', async () => {
    const one = await newSession();
    const other = await newSession();
    const { outcome } = await knock({ origin: url.origin, cookie: one.cookie }, other.socketToken);
    expect(outcome).toBe(4401);
  });

  it('answers no call before its first message has been accepted', async () => {
    const { cookie } = await newSession();
    const call = JSON.stringify({ i: '1', p: { u: '/ping', b: {} } });
    expect((await knock({ origin: url.origin, cookie }, call)).outcome).toBe(4401);
  });
});

it('tells when no page has been open for a while', async () => {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const idle = await startBrowserHost({
    router,
    look: () => defaultPreferences,
    rendererDirectory: directory,
    port: 0,
    idleAfterMs: 1,
    onIdle: tell,
  });
  await expect(told).resolves.toBeUndefined();
  await idle.close();
});
