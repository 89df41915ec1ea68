/**
 * HTTP/2 (RFC 9113): one connection for all requests to a server, if the server chooses it in the TLS handshake
 * (ALPN, RFC 7301). It saves a handshake for each of the other connections that a Pull All opens.
 */
import * as http2 from 'node:http2';
import * as tls from 'node:tls';
import { validateHeaderName, validateHeaderValue, type IncomingHttpHeaders } from 'node:http';
import { AppError } from '@shared/errors';
import { tunnelTo } from './agents';
import { withDeadline } from './deadline';
import { endpointOf, serverName } from './endpoint';
import { codeOf } from './network-error';
import { onAbort } from './on-abort';
import { noticeRefusal, refusedClient } from './refused-client';
import type { Route } from './route';
import { untilAborted } from './until-aborted';

/** For the handshake. Whoever waits for it may leave earlier. */
const OPEN_MS = 30_000;

/** Bytes that the server may send before it has to wait: 64 KiB, the default, hold up a hundred answers at a time. */
const WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 16 * WINDOW;

const { NGHTTP2_CANCEL, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
  http2.constants;

export interface Http2Request {
  readonly server: URL;
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | undefined;
  /** Whether it may be sent twice. */
  readonly isSafe: boolean;
  readonly signal: AbortSignal;
}

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Name and value in turns. */
  readonly rawHeaders: readonly string[];
  readonly stream: AsyncIterable<Buffer>;
  /** Ends the request, and not the connection. */
  readonly destroy: () => void;
}

export interface Http2Options {
  readonly route: Route;
  /** After this time without a byte, a connection is closed. */
  readonly idleMs: number;
  /** Takes the connection to a server that speaks HTTP/1.1. */
  readonly offer: (socket: tls.TLSSocket, server: URL) => void;
}

/** Why the next request needs another connection, and this one too unless it was called off. */
type Again = 'new connection' | 'HTTP/1.1' | 'nothing was heard';

interface Connection {
  readonly session: http2.ClientHttp2Session;
  /** Whether it has brought an answer: if it breaks before the next, it was idle for too long. */
  isKept: boolean;
  /** Answers and parts of them that have arrived. */
  heard: number;
  underWay: number;
}

export class Http2 {
  readonly #options: Http2Options;
  /** By origin; `undefined` is a server that speaks HTTP/1.1. */
  readonly #connections = new Map<string, Promise<Connection | undefined>>();
  /** Also those that get no further requests. */
  readonly #sessions = new Set<http2.ClientHttp2Session>();
  readonly #closed = new AbortController();

  constructor(options: Http2Options) {
    this.#options = options;
  }

  /**
   * Sends a request if the server speaks HTTP/2, else resolves with `undefined` and has sent nothing. Rejects with
   * `AppError` or the error of Node.
   */
  async send(request: Http2Request): Promise<Http2Answer | undefined> {
    const { origin } = request.server;
    for (let attempt = 1; ; attempt += 1) {
      const opening = this.#connectionTo(request.server);
      const connection = await untilAborted(opening, request.signal);
      if (connection === undefined) return undefined;
      const { answered, again } = exchange(connection, request);
      try {
        return await answered;
      } catch (error) {
        const why = again();
        if (why !== undefined) this.#forget(origin, opening);
        // What is under way on it may still be answered.
        if (why === 'nothing was heard') connection.session.close();
        if (why === 'HTTP/1.1') this.#connections.set(origin, Promise.resolve(undefined));
        const isOver = request.signal.aborted || this.#closed.signal.aborted;
        if (why === undefined || isOver || (why !== 'HTTP/1.1' && attempt > 1)) throw error;
      }
    }
  }

  /** Ends what is under way, and closes all connections. */
  close(): void {
    this.#closed.abort();
    for (const session of this.#sessions) session.destroy();
  }

  #connectionTo(server: URL): Promise<Connection | undefined> {
    const { origin } = server;
    const known = this.#connections.get(origin);
    if (known !== undefined) return known;
    const opening = this.#open(server);
    this.#connections.set(origin, opening);
    const forget = (): void => this.#forget(origin, opening);
    opening.then((connection) => {
      connection?.session.once('goaway', forget).once('close', forget);
    }, forget);
    return opening;
  }

  #forget(origin: string, opening: Promise<Connection | undefined>): void {
    if (this.#connections.get(origin) === opening) this.#connections.delete(origin);
  }

  #open(server: URL): Promise<Connection | undefined> {
    return withDeadline(this.#closed.signal, OPEN_MS, async (signal) => {
      const { route, idleMs, offer } = this.#options;
      const { host, port } = endpointOf(server);
      const settings = await route.tlsSettings();
      signal.throwIfAborted();
      const tunnel = await tunnelTo(route, { host, port }, 'https');
      if (signal.aborted) tunnel?.destroy();
      signal.throwIfAborted();
      const socket = tls.connect({
        host,
        port,
        servername: isAddress(host) ? '' : serverName(host),
        ALPNProtocols: ['h2', 'http/1.1'],
        ...settings,
        ...(tunnel && { socket: tunnel }),
      });
      noticeRefusal(socket);
      let isAccepted = false;
      socket.once('session', () => {
        isAccepted = true;
      });
      // A refused certificate may have been replaced on the disk by now.
      socket.once('error', () => route.forgetFiles());
      const isSecure = await settled(socket, 'secureConnect', signal).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) !== 'ECONNRESET') throw error;
          return false;
        },
      );
      if (!isSecure) {
        // Over some versions of BoringSSL, Node says why only to those who have something to send: HTTP/1.1 has.
        this.#connections.delete(server.origin);
        return undefined;
      }
      if (socket.alpnProtocol !== 'h2') {
        offer(socket, server);
        return undefined;
      }
      const session = http2.connect(server, {
        createConnection: () => socket,
        settings: { enablePush: false, initialWindowSize: WINDOW },
      });
      // Each request hears of it by itself.
      session.on('error', () => undefined);
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      try {
        await settled(session, 'remoteSettings', signal);
      } catch (error) {
        const isClosed = error === closedEarly && socket.getProtocol() === 'TLSv1.3';
        throw isClosed && !isAccepted ? refusedClient() : error;
      }
      session.setLocalWindowSize(CONNECTION_WINDOW);
      session.setTimeout(idleMs, () => session.close());
      session.unref();
      return { session, isKept: false, heard: 0, underWay: 0 };
    });
  }
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

const closedEarly = Object.assign(new Error('The server closed the connection'), {
  code: 'ECONNRESET',
});

/** Waits for an event of a socket or a session. It is destroyed if an error, its end or the signal comes first. */
function settled(
  subject: tls.TLSSocket | http2.ClientHttp2Session,
  event: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      forget();
      reject(error);
      subject.destroy();
    };
    const forget = onAbort(signal, () => fail(signal.reason));
    subject.once(event, () => {
      forget();
      resolve();
    });
    subject.once('error', fail);
    subject.once('close', () => fail(closedEarly));
  });
}

interface Exchange {
  readonly answered: Promise<Http2Answer>;
  /** Once it has failed: whether the server has not looked at the request, or asks for another version of HTTP. */
  readonly again: () => Again | undefined;
}

function exchange(connection: Connection, request: Http2Request): Exchange {
  const { session } = connection;
  const { server, method, path, headers, body, isSafe, signal } = request;
  let stream: http2.ClientHttp2Stream;
  try {
    // Node leaves out a header that is not valid, and says nothing.
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, String(value));
    }
    stream = session.request(
      {
        ':method': method,
        ':scheme': 'https',
        ':authority': server.host,
        ':path': path,
        ...headers,
      },
      { endStream: body === undefined },
    );
  } catch (error) {
    // The server has said goodbye meanwhile. What HTTP does not allow throws a `TypeError`.
    const isOver = session.closed || session.destroyed;
    return {
      answered: Promise.reject(error),
      again: () => (isOver ? 'new connection' : undefined),
    };
  }
  const wasKept = connection.isKept;
  const heardBefore = connection.heard;
  connection.underWay += 1;
  session.ref();
  const answered = new Promise<Http2Answer>((resolve, reject) => {
    stream.once('response', (pseudo, _flags, raw?: readonly string[]) => {
      connection.isKept = true;
      connection.heard += 1;
      const { ':status': status = 0, ...named } = pseudo;
      resolve({
        status,
        headers: named,
        rawHeaders: withoutPseudo(raw ?? []),
        stream: bodyOf(stream, connection),
        destroy: () => stream.close(NGHTTP2_CANCEL),
      });
    });
    // Stays for good: an error may still come while the answer is being read.
    stream.on('error', reject);
    const forget = onAbort(signal, () => {
      reject(new AppError('CANCELLED'));
      stream.close(NGHTTP2_CANCEL);
    });
    stream.once('close', () => {
      forget();
      reject(closedEarly);
      connection.underWay -= 1;
      if (connection.underWay === 0 && !session.destroyed) session.unref();
    });
  });
  if (body !== undefined) stream.end(body);
  return {
    answered,
    again: () => {
      // A router may have dropped the connection while the computer slept. HTTP/1.1 ends it in this case, too.
      if (signal.aborted) return connection.heard === heardBefore ? 'nothing was heard' : undefined;
      // Of a session that has ended, Node gives the code to all of its streams, also to those that were looked at.
      if (!session.destroyed) {
        if (stream.rstCode === NGHTTP2_HTTP_1_1_REQUIRED) return 'HTTP/1.1';
        if (stream.rstCode === NGHTTP2_REFUSED_STREAM) return 'new connection';
      }
      const isBroken = session.closed || session.destroyed;
      return isBroken && wasKept && isSafe ? 'new connection' : undefined;
    },
  };
}

/** The chunks of a body. */
async function* bodyOf(
  stream: http2.ClientHttp2Stream,
  connection: Connection,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of stream) {
      connection.heard += 1;
      yield chunk as Buffer;
    }
    // To Node, a body that the server cancels ends like any other.
    if (stream.rstCode !== NGHTTP2_NO_ERROR) throw closedEarly;
  } finally {
    if (!stream.closed) stream.close(NGHTTP2_CANCEL);
  }
}

const withoutPseudo = (raw: readonly string[]): string[] =>
  raw.filter((_, index) => !raw[index - (index % 2)]?.startsWith(':'));
