/**
 * The browser host: the renderer and the contract on loopback, for machines without Electron's runtime
 * or without a display. Rules and reasons: docs/decisions/0006-browser-host.md.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { LAUNCH_PARAMETER, SESSION_PATH, SOCKET_PATH, SOCKET_READY } from '@shared/bridge';
import type { Look } from '@shared/model/preferences';
import { windowContext } from '@server/window/router';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { createRendererFiles } from '../renderer-files';
import { RateLimit } from './rate-limit';
import { Sessions } from './sessions';

export interface BrowserHostOptions {
  readonly router: AnyRouter;
  /** The look of the page from its first frame on. */
  readonly look: () => Look;
  /** Absolute path of the built renderer. */
  readonly rendererDirectory: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Milliseconds without an open page after which `onIdle` is called, once. */
  readonly idleAfterMs: number;
  readonly onIdle: () => void;
}

export interface BrowserHost {
  /** A fresh address that opens the app once. Holds a token: for the user's eyes only. */
  launchUrl(): string;
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
const MAX_EXCHANGE_BYTES = 1024;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_SOCKETS = 32;
const FIRST_MESSAGE_WITHIN_MS = 5000;
/** The session is not known here. WebSocket leaves the codes from 4000 on to applications. */
const CLOSE_NO_SESSION = 4401;

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

export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const sessions = new Sessions();
  const exchanges = new RateLimit(10, 1);
  const handler = new RPCHandler(options.router);
  const sockets = new Set<WebSocket>();
  const server = createServer();

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, ADDRESS, resolve);
  });
  const authority = `${ADDRESS}:${String((server.address() as AddressInfo).port)}`;
  const origin = `http://${authority}`;
  const cookieName = `strongroom-${authority.split(':')[1] ?? ''}`;
  const files = createRendererFiles(options.rendererDirectory, {
    connectSrc: `'self' ws://${authority}`,
  });

  // A page of another site that resolves its name to 127.0.0.1 sends that name as Host.
  const isForUs = (request: IncomingMessage): boolean => request.headers.host === authority;

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== origin) return answer(response, 403, 'Wrong origin.\n');
    if (!exchanges.take()) return answer(response, 429, 'Too many attempts.\n');
    const launch = parseExchange(await readBody(request, MAX_EXCHANGE_BYTES));
    const session = launch === undefined ? undefined : sessions.exchange(launch);
    if (session === undefined) return answer(response, 401, 'This link has been used.\n');
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

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const admitted =
      isForUs(request) &&
      request.headers.origin === origin &&
      request.url === SOCKET_PATH &&
      sockets.size < MAX_SOCKETS;
    if (!admitted) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      welcome(webSocket, cookieOf(request, cookieName));
    });
  });

  /** Connects a socket to the contract when its first message has proved which tab it belongs to. */
  function welcome(socket: WebSocket, cookieToken: string): void {
    sockets.add(socket);
    const tooLate = setTimeout(() => {
      socket.close(CLOSE_NO_SESSION);
    }, FIRST_MESSAGE_WITHIN_MS);
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('close', () => {
      clearTimeout(tooLate);
      sockets.delete(socket);
      watchIdle();
    });
    socket.once('message', (data: Buffer, isBinary) => {
      clearTimeout(tooLate);
      if (isBinary || !sessions.admits(cookieToken, data.toString('utf8'))) {
        socket.close(CLOSE_NO_SESSION);
        return;
      }
      const messages = new RateLimit(2000, 1000);
      socket.on('message', () => {
        if (!messages.take()) socket.close(1008);
      });
      void handler.upgrade(socket, windowContext);
      socket.send(SOCKET_READY);
    });
    watchIdle();
  }

  let idleTimer: NodeJS.Timeout | undefined;
  function watchIdle(): void {
    clearTimeout(idleTimer);
    if (sockets.size === 0) idleTimer = setTimeout(options.onIdle, options.idleAfterMs);
  }
  watchIdle();

  return {
    launchUrl: () => `${origin}/#${LAUNCH_PARAMETER}=${sessions.issueLaunchToken()}`,
    close: async () => {
      clearTimeout(idleTimer);
      idleTimer = undefined;
      for (const socket of sockets) socket.close(1001);
      webSockets.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      for (const socket of sockets) socket.terminate();
      await closed;
      clearTimeout(idleTimer);
    },
  };
}
