/**
 * The browser host: the renderer and the contract on loopback, for machines without Electron's runtime
 * or without a display. Rules and reasons: docs/decisions/0006-browser-host.md.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { SESSION_PATH, SOCKET_PATH } from '@shared/bridge';
import type { Look } from '@shared/model/preferences';
import { z } from 'zod';
import { createRendererFiles } from '../renderer-files';
import type { Report } from '../report';
import { BoundedSet } from './bounded-set';
import { RateLimit } from './rate-limit';
import { originAt } from './listener';
import type { Sessions } from './sessions';
import { Sockets } from './sockets';

export interface BrowserHostOptions {
  readonly router: AnyRouter;
  /** The look of the page from its first frame on. */
  readonly look: () => Look;
  /** Absolute path of the built renderer. */
  readonly rendererDirectory: string;
  /** Where the connections come from that are handed over. */
  readonly port: number;
  readonly sessions: Sessions;
  /** Milliseconds without an open page after which `onIdle` is called, once. */
  readonly idleAfterMs: number;
  readonly onIdle: () => void;
  readonly report: Report;
}

export interface BrowserHost {
  /** Serves a connection that nobody has read from. */
  accept(connection: Socket): void;
  /** `isLocked`: tells the pages that another core is about to serve them. */
  close(isLocked?: boolean): Promise<void>;
}

const MAX_EXCHANGE_BYTES = 1024;
/** Sockets that carry calls. */
const MAX_SOCKETS = 32;
/** Connections that have no such socket, of anybody on this machine. The oldest gives way to a new one. */
const MAX_OTHER_CONNECTIONS = 128;
/** Limits in milliseconds for whoever connects and then takes their time. */
const patience = {
  headersTimeout: 3000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
const INACTIVE_WITHIN_MS = 10_000;

const exchangeSchema = z.object({ launch: z.string() });

const cookieOf = (request: IncomingMessage, name: string): string =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? '';

/** Reads a small body; `undefined` when it is larger. */
async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const parseExchange = (body: string | undefined): string | undefined => {
  try {
    return exchangeSchema.parse(JSON.parse(body ?? '')).launch;
  } catch {
    return undefined;
  }
};

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

/** Refuses an upgrade, and does not wait for the other side to close its half. */
function refuseUpgrade(connection: Duplex, status: string): void {
  connection.on('error', () => {
    connection.destroy();
  });
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    connection.destroy();
  });
}

export function createBrowserHost(options: BrowserHostOptions): BrowserHost {
  const { sessions } = options;
  const wrongLaunchTokens = new RateLimit(10, 1);
  const sockets = new Sockets({ ...options, onChange: watchIdle });
  const server = createServer(patience);
  server.setTimeout(INACTIVE_WITHIN_MS);
  // It listens nowhere itself. Node starts to watch the limits of connections when it would.
  server.emit('listening');

  const origin = originAt(options.port);
  const { host: authority } = new URL(origin);
  const cookieName = `strongroom-${String(options.port)}`;
  const files = createRendererFiles(options.rendererDirectory, {
    connectSrc: `'self' ws://${authority}`,
  });

  // A page of another site that resolves its name to 127.0.0.1 sends that name as Host.
  const isForUs = (request: IncomingMessage): boolean => request.headers.host === authority;

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== origin) return answer(response, 403, 'Wrong origin.\n');
    const launch = parseExchange(await readBody(request, MAX_EXCHANGE_BYTES));
    const session = launch === undefined ? undefined : sessions.exchange(launch);
    if (session === undefined) {
      // Counts wrong tokens alone, so that nobody can use up the right one by guessing.
      if (wrongLaunchTokens.take()) return answer(response, 401, 'This link has been used.\n');
      response.setHeader('connection', 'close');
      return answer(response, 429, 'Too many attempts.\n');
    }
    response.setHeader(
      'set-cookie',
      `${cookieName}=${session.cookieToken}; HttpOnly; SameSite=Strict; Path=/`,
    );
    answer(response, 200, session.socketToken);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForUs(request)) return answer(response, 421, 'Wrong host.\n');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === SESSION_PATH && request.method === 'POST') return exchange(request, response);
    if (request.method !== 'GET') return answer(response, 405, 'Method not allowed.\n');
    const { status, headers, body } = await files.respond(path, options.look());
    response.writeHead(status, headers);
    response.end(body);
  }

  server.on('request', (request, response) => {
    serve(request, response).catch(() => {
      // This happens only if the client aborted its request.
      response.destroy();
    });
  });

  const others = new BoundedSet<Socket>(MAX_OTHER_CONNECTIONS, (connection) => {
    connection.destroy();
  });
  server.on('connection', (connection) => {
    others.add(connection);
    connection.once('close', () => {
      others.delete(connection);
    });
  });

  server.on('upgrade', (request: IncomingMessage, connection: Socket, head: Buffer) => {
    const isOurPage =
      isForUs(request) && request.headers.origin === origin && request.url === SOCKET_PATH;
    if (!isOurPage || sockets.admitted >= MAX_SOCKETS) {
      refuseUpgrade(connection, '403 Forbidden');
      return;
    }
    const cookieToken = cookieOf(request, cookieName);
    if (!sessions.knows(cookieToken)) {
      refuseUpgrade(connection, '401 Unauthorized');
      return;
    }
    sockets.upgrade({
      request,
      connection,
      head,
      admits: (firstMessage) => sessions.admits(cookieToken, firstMessage),
      onAdmitted: () => {
        others.delete(connection);
      },
    });
  });

  let idleTimer: NodeJS.Timeout | undefined;
  function watchIdle(): void {
    clearTimeout(idleTimer);
    if (sockets.admitted === 0) idleTimer = setTimeout(options.onIdle, options.idleAfterMs);
  }
  watchIdle();

  return {
    accept: (connection) => {
      server.emit('connection', connection);
      // Whoever listens for connections accepts them paused.
      connection.resume();
    },
    close: async (isLocked = false) => {
      clearTimeout(idleTimer);
      idleTimer = undefined;
      await sockets.close(isLocked);
      server.close();
      server.closeAllConnections();
      clearTimeout(idleTimer);
    },
  };
}
