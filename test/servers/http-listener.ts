/**
 * An HTTP/1.1 listener for stand-ins on 127.0.0.1, over plain TCP or TLS, that also takes the method
 * LIST (which Node's parser refuses) and can break an answer in the ways a `Fault` asks for.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Effect, Fault } from './faults';

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they were sent, still encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly remoteAddress: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Handling {
  /** The fault that this request meets. */
  readonly fault: Fault<never> | undefined;
  /** Handles the request. Not called if a fault keeps the request from taking effect. */
  apply(): HttpAnswer | Promise<HttpAnswer>;
  /** Called at the end with the status; `undefined` if no answer was sent. */
  done?(status: number | undefined): void;
}

export interface ListenerOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  readonly handle: (request: HttpRequest) => Handling;
}

export interface ListenerStats {
  /** Connections accepted. */
  connections: number;
  /** Requests received. */
  requests: number;
  /** The number of requests being handled now, and the highest number so far. */
  inFlight: number;
  peakInFlight: number;
}

export interface Listener {
  readonly url: string;
  readonly port: number;
  readonly stats: ListenerStats;
  /** Closes all connections, including held ones. */
  close(): Promise<void>;
}

/** Node's parser knows this method and no Vault client sends it. */
const LIST_AS = 'SEARCH';

/**
 * A connection that changes LIST to SEARCH in the request lines of the client. A chunk that comes while no
 * request is being received starts a request, because no answer is sent before the request was read.
 */
class ListConnection extends Duplex {
  readonly socket: Socket;
  #between = true;
  #held = Buffer.alloc(0);

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(this.#translate(chunk))) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** To be called when the current request has been received. */
  received(): void {
    this.#between = true;
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  #translate(chunk: Buffer): Buffer {
    if (!this.#between) return chunk;
    const data = Buffer.concat([this.#held, chunk]);
    if (data.length < 5 && 'LIST '.startsWith(data.toString('latin1'))) {
      this.#held = data;
      return Buffer.alloc(0);
    }
    this.#held = Buffer.alloc(0);
    this.#between = false;
    if (data.toString('latin1', 0, 5) !== 'LIST ') return data;
    return Buffer.concat([Buffer.from(LIST_AS), data.subarray(4)]);
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  /** Closes the connection with a TCP reset, as a firewall or a crashed process would. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

const read = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const flatHeaders = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers).map(
      ([name, value]) => [name, [value ?? ''].flat().join(', ')] as const,
    ),
  );

const connectionOf = (message: IncomingMessage): ListConnection =>
  message.socket as unknown as ListConnection;

/** Waits for the pause of a fault; false if the client has disconnected meanwhile. */
async function pause(fault: Fault<never>, response: ServerResponse): Promise<boolean> {
  const { delayMs: delay = 0, until } = fault;
  const delayMs = typeof delay === 'function' ? delay() : delay;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  try {
    const left = new Promise<void>((resolve) => {
      gone.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (delayMs > 0) {
      await Promise.race([sleep(delayMs, undefined, { ref: false }), left]);
    }
    if (until !== undefined) await Promise.race([until, left]);
    return !gone.signal.aborted;
  } finally {
    response.off('close', leave);
  }
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const bytes = Buffer.from(body);
  const sized = status === 204 || status === 304 ? {} : { 'Content-Length': String(bytes.length) };
  response.writeHead(status, { ...headers, ...sized });
  response.end(bytes);
}

async function drip(
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  { bytes, everyMs }: { readonly bytes: number; readonly everyMs: number },
): Promise<void> {
  const content = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': String(content.length) });
  for (let at = 0; at < content.length && !response.destroyed; at += bytes) {
    response.write(content.subarray(at, at + bytes));
    await sleep(everyMs, undefined, { ref: false });
  }
  response.end();
}

/** Sends the head and half of the body, and resets the connection when both are on the wire. */
function breakOff(connection: ListConnection, response: ServerResponse, answer: HttpAnswer): void {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    'Content-Length': String(bytes.length + 1),
  });
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => connection.reset());
}

const overriding = (effect: Effect & { kind: 'answer' }): HttpAnswer => ({
  status: effect.status,
  headers: { 'Content-Type': 'application/json', ...effect.headers },
  body:
    typeof effect.body === 'string'
      ? effect.body
      : effect.body === undefined
        ? ''
        : JSON.stringify(effect.body),
});

const appliesFirst = (effect: Effect | undefined): boolean => {
  if (effect === undefined) return true;
  if ('applied' in effect) return effect.applied ?? false;
  return effect.kind !== 'answer' && effect.kind !== 'redirect';
};

/** Sends the answer with the effect of a fault. Returns the status that was sent, if any. */
async function deliver(
  effect: Effect | undefined,
  request: HttpRequest,
  connection: ListConnection,
  response: ServerResponse,
  apply: () => HttpAnswer | Promise<HttpAnswer>,
): Promise<number | undefined> {
  const applied = appliesFirst(effect) ? await apply() : undefined;
  const sendAndTell = (answer: HttpAnswer): number => {
    send(response, answer);
    return answer.status;
  };
  if (effect?.kind === 'drop') {
    connection.destroy();
    return undefined;
  }
  if (effect?.kind === 'hang') return undefined;
  if (effect?.kind === 'answer') return sendAndTell(overriding(effect));
  if (effect?.kind === 'redirect') {
    const location = effect.to ?? request.target;
    return sendAndTell({
      status: effect.status ?? 307,
      headers: { Location: location },
      body: '',
    });
  }
  if (applied === undefined) return undefined;
  switch (effect?.kind) {
    case 'reset':
      breakOff(connection, response, applied);
      return applied.status;
    case 'drip':
      await drip(response, applied, effect);
      return applied.status;
    case 'truncate':
      return sendAndTell({
        ...applied,
        body: applied.body.slice(0, Math.floor(applied.body.length / 2)),
      });
    case 'pad':
      return sendAndTell({ ...applied, body: `${' '.repeat(effect.bytes)}${applied.body}` });
    case undefined:
      return sendAndTell(applied);
  }
}

export async function listen(options: ListenerOptions): Promise<Listener> {
  const stats: ListenerStats = { connections: 0, requests: 0, inFlight: 0, peakInFlight: 0 };
  const connections = new Set<ListConnection>();

  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const connection = connectionOf(message);
    const body = await read(message);
    connection.received();
    const request: HttpRequest = {
      method: message.method === LIST_AS ? 'LIST' : (message.method ?? 'GET'),
      target: message.url ?? '/',
      headers: flatHeaders(message),
      body,
      remoteAddress: connection.remoteAddress,
    };
    const { fault, apply, done } = options.handle(request);
    const stays = fault === undefined || (await pause(fault, response));
    const status = stays
      ? await deliver(fault?.effect, request, connection, response, apply)
      : undefined;
    done?.(status);
  };

  const http = createServer((message, response) => {
    stats.requests += 1;
    stats.inFlight += 1;
    stats.peakInFlight = Math.max(stats.peakInFlight, stats.inFlight);
    response.once('close', () => {
      stats.inFlight -= 1;
    });
    respond(message, response).catch((error: unknown) => {
      // A client may disconnect; anything else is a bug of the stand-in.
      if (response.destroyed || message.destroyed) return;
      send(response, {
        status: 599,
        headers: { 'Content-Type': 'text/plain' },
        body: `The stand-in failed: ${String(error)}`,
      });
    });
  });

  const accept = (socket: Socket): void => {
    stats.connections += 1;
    // Head and body are two writes: with Nagle's algorithm each answer would wait 40 ms.
    socket.setNoDelay(true);
    const connection = new ListConnection(socket);
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    connection.on('error', () => undefined);
    http.emit('connection', connection);
  };
  const server =
    options.tls === undefined ? createTcpServer(accept) : createTlsServer(options.tls, accept);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`,
    port,
    stats,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
