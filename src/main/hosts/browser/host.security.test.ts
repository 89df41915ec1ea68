import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { RouterClient } from '@orpc/server';
import { SESSION_PATH, SOCKET_PATH, SOCKET_READY } from '@shared/bridge';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { deferred } from '@test/support/deferred';
import { runChild } from '@test/support/child-process';
import { forgetfulRouter as router } from '@test/support/forgetful-router';
import { defaultPreferences } from '@shared/model/preferences';
import { startBrowserHost, type StartedBrowserHost } from '@test/support/browser-host';
import type { BrowserHostOptions } from './host';

let directory: string;
let host: StartedBrowserHost;
let url: URL;
/** What the host reported. */
let lines: string[];

const start = (options: Partial<BrowserHostOptions> = {}): Promise<StartedBrowserHost> =>
  startBrowserHost({
    router,
    look: () => defaultPreferences,
    rendererDirectory: directory,
    port: 0,
    idleAfterMs: 60_000,
    onIdle: () => undefined,
    report: (line) => lines.push(line),
    ...options,
  });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strongroom-host-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>');
  lines = [];
  host = await start();
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

const newSession = async (
  token = launchToken(new URL(host.launchUrl())),
): Promise<{ cookie: string; socketToken: string }> => {
  const answer = await exchange(token);
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

const clientOf = (socket: WebSocket): RouterClient<typeof router> =>
  createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));

/** Frames that are no calls, by what is wrong with them. */
const badFrames: readonly (readonly [string, string | Buffer])[] = [
  ['garbage', 'hunter2 is no JSON'],
  ['garbage of bytes', Buffer.from('hunter2 \u0000\u00ff')],
  ['a number', '42'],
  ['null', 'null'],
  ['a call without an address', '{"i":"1","p":{"hunter2":true}}'],
  ['a call to an address of a wrong type', '{"i":"1","p":{"u":["hunter2"]}}'],
  ['an event without a payload', '{"i":"hunter2","t":3}'],
  [
    'a form that is none',
    '{"i":"1","p":{"u":"/ping","h":{"content-type":"multipart/form-data; boundary=hunter2"}}}',
  ],
];

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

  it.each([
    '/../OUTSIDE',
    '/%2e%2e/OUTSIDE',
    '/..%2fOUTSIDE',
    '/assets/../../OUTSIDE',
    '/nothing.js',
  ])('give nothing for %s', async (path) => {
    const outside = `${directory}.json`;
    await writeFile(outside, '{}');
    onTestFinished(() => rm(outside));
    expect((await send('GET', path.replace('OUTSIDE', basename(outside)))).status).toBe(404);
  });

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
    expect(await clientOf(socket).ping()).toBe('pong');
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

  it('is closed on the cookie without the token, and refused on the token without the cookie', async () => {
    const { cookie, socketToken } = await newSession();
    const { origin } = url;
    expect((await knock({ origin, cookie }, 'wrong')).outcome).toBe(4401);
    expect((await knock({ origin }, socketToken)).outcome).toBe('refused');
    expect((await knock({ origin, cookie: `${cookie}x` }, socketToken)).outcome).toBe('refused');
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

describe('frames of an admitted socket', () => {
  const admitted = async (): Promise<WebSocket> => {
    const { cookie, socketToken } = await newSession();
    const { outcome, socket } = await knock({ origin: url.origin, cookie }, socketToken);
    expect(outcome).toBe('ready');
    return socket;
  };

  it.each(badFrames)('print nothing of %s, and leave the socket open', async (_, frame) => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    const socket = await admitted();
    socket.send(frame);
    socket.send(frame);
    expect(await clientOf(socket).ping()).toBe('pong');
    expect(printed).not.toHaveBeenCalled();
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    socket.terminate();
  });

  it('end the socket when one is too large, without a word', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    const socket = await admitted();
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.send('hunter2'.repeat(3_000_000));
    await closed;
    expect(printed).not.toHaveBeenCalled();
    expect(lines).toEqual([]);
    expect((await send('GET', '/')).status).toBe(200);
  });
});

describe('strangers, who can connect and forge an origin', () => {
  const open: { destroy(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy();
  });

  /** A connection that says `text` and then nothing more. */
  const dial = (text = ''): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => {
        socket.write(text);
        resolve(socket);
      });
      socket.on('error', () => undefined);
      socket.resume();
      open.push(socket);
    });

  const upgrade = (headers: Record<string, string>): string =>
    [
      `GET ${SOCKET_PATH} HTTP/1.1`,
      `Host: ${url.host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ].join('\r\n');

  const closed = (socket: Socket): Promise<unknown> =>
    socket.closed ? Promise.resolve() : once(socket, 'close');

  /** How the socket of the owner ends up, who opens the page and the link. */
  const owner = async (): Promise<unknown> => {
    await send('GET', '/');
    const { cookie, socketToken } = await newSession();
    const { outcome, socket } = await knock({ origin: url.origin, cookie }, socketToken);
    socket.terminate();
    return outcome;
  };

  it('take no place of the owner without a cookie', async () => {
    for (let i = 0; i < 40; i += 1) await dial(upgrade({ Origin: url.origin }));
    expect(await owner()).toBe('ready');
  });

  it('take no place of the owner with a cookie that they got hold of', async () => {
    const { cookie } = await newSession();
    const sockets: Socket[] = [];
    for (let i = 0; i < 200; i += 1) {
      sockets.push(await dial(upgrade({ Origin: url.origin, Cookie: cookie })));
    }
    expect(await owner()).toBe('ready');
    // The oldest had to go.
    await closed(sockets[0]!);
  });

  it('take no place of the owner with silent connections', async () => {
    for (let i = 0; i < 1000; i += 1) await dial();
    expect(await owner()).toBe('ready');
  });

  it('send no more than 1 KiB before they are admitted', async () => {
    const { cookie } = await newSession();
    const socket = await dial(upgrade({ Origin: url.origin, Cookie: cookie }));
    await once(socket, 'data');
    // A masked text frame that announces 16 MiB, and 2 KiB of it.
    const start = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([start, Buffer.alloc(2048)]));
    const since = performance.now();
    await closed(socket);
    expect(performance.now() - since).toBeLessThan(2000);
  });

  it('do not use up the link by guessing', async () => {
    const guesses = await Promise.all(Array.from({ length: 60 }, () => exchange('guess')));
    expect(guesses.map(({ status }) => status)).not.toContain(200);
    expect((await exchange(launchToken())).status).toBe(200);
  });

  it('cannot keep a connection by being slow', async () => {
    const since = performance.now();
    const slow = await Promise.all([
      dial(),
      dial('GET / HTTP/1.1\r\nHost: '),
      dial(
        `POST ${SESSION_PATH} HTTP/1.1\r\nHost: ${url.host}\r\nOrigin: ${url.origin}\r\nContent-Length: 100\r\n\r\n{`,
      ),
      dial(upgrade({ Origin: 'http://evil.example' })),
    ]);
    await Promise.all(slow.map(closed));
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  it('do not end the host by breaking off what is refused', async () => {
    for (let i = 0; i < 50; i += 1) {
      const socket = await dial(upgrade({ Origin: 'http://evil.example' }));
      socket.resetAndDestroy();
    }
    expect(await owner()).toBe('ready');
  });

  it('do not keep the host from noticing that no page is open', async () => {
    const idle = deferred();
    const other = await start({ idleAfterMs: 300, onIdle: idle.resolve });
    const address = new URL(other.launchUrl());
    const stranger = new WebSocket(`ws://${address.host}${SOCKET_PATH}`, {
      origin: address.origin,
    });
    stranger.on('error', () => undefined);
    await expect(idle.promise).resolves.toBeUndefined();
    stranger.terminate();
    await other.close();
  });
});

describe('the process of a host', () => {
  const child = new URL('../../../../test/support/children/browser-host.ts', import.meta.url);

  it('outlives a rejection that nobody heard, and prints one line without its message', async () => {
    const { line, errors } = runChild(child, [directory]);
    url = new URL(await line());
    const { cookie, socketToken } = await newSession(launchToken());
    const { socket } = await knock({ origin: url.origin, cookie }, socketToken);
    expect(await clientOf(socket).forget()).toBe('forgotten');
    expect(await clientOf(socket).ping()).toBe('pong');
    await vi.waitFor(() => {
      expect(errors()).toMatch(/^A promise was rejected and nobody listened\. Error at .*\n$/);
    });
    expect(errors()).not.toContain('hunter2');
    socket.terminate();
  });

  it('prints one line of all bad frames of a socket, and nothing that was in them', async () => {
    const { line, errors } = runChild(child, [directory]);
    url = new URL(await line());
    const { cookie, socketToken } = await newSession(launchToken());
    const { socket } = await knock({ origin: url.origin, cookie }, socketToken);
    for (const [, frame] of badFrames) socket.send(frame);
    expect(await clientOf(socket).ping()).toBe('pong');
    const closed = once(socket, 'close');
    socket.send('hunter2'.repeat(3_000_000));
    await closed;
    expect(errors()).toMatch(/^A message of the page was not answered\. SyntaxError at .*\n$/);
    expect(errors()).not.toContain('hunter2');
  });
});

it('tells when no page has been open for a while', async () => {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const idle = await start({ idleAfterMs: 1, onIdle: tell });
  await expect(told).resolves.toBeUndefined();
  await idle.close();
});
