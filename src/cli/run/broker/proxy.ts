/**
 * The forward proxy of one run, on loopback, for whoever knows its password. It reads what goes to the servers of
 * grants, and passes everything else on as it is. See docs/decisions/0047-brokered-programs.md.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { pipeline as pipe, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { AppError } from '@shared/errors';
import { networkDefaults } from '@shared/providers/facts/network';
import { endpointOf, serverName, withScheme } from '@core/network/endpoint';
import { HttpClient, type OpenAnswer } from '@core/network/http';
import { Network } from '@core/network/network';
import { networkError } from '@core/network/network-error';
import { environmentProxy } from '@core/network/system-proxy';
import type { Runtime } from '@core/runtime';
import {
  answerFailure,
  exchange,
  exchangeUpgrade,
  failureOf,
  forwardedHeaders,
  type ExchangeParts,
} from './exchange';
import { isGranted } from './plan';
import type { SessionAuthority } from './session-authority';

const USER = 'strongroom';
/** Bytes of the first message of TLS (RFC 8446, 5.1): a record of the handshake. */
const TLS_HANDSHAKE = 0x16;
/** Bytes of the head of a request. Cookies can be long. */
const HEAD_BYTES = 64 * 1024;
/** Milliseconds that a connection stays open between two requests. */
const KEPT_OPEN = 60_000;

/** Connections to one server without TLS. */
const AT_ONCE = 64;

export interface ProxyParts extends ExchangeParts {
  readonly authority: SessionAuthority;
  /** The variables of this process, which may name a proxy. */
  readonly runtime: Pick<Runtime, 'env'>;
}

export interface RunProxy {
  /** With its user and its password. */
  readonly url: string;
  /** Ends all connections. */
  close(): void;
}

export async function startProxy(parts: ProxyParts): Promise<RunProxy> {
  const proxy = new Proxying(parts);
  return proxy.start();
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

class Proxying {
  readonly #password = randomBytes(24).toString('base64url');
  readonly #login = sha256(`Basic ${Buffer.from(`${USER}:${this.#password}`).toString('base64')}`);
  readonly #network: Network;
  /** For what goes to other servers without TLS. */
  readonly #http: HttpClient;
  /** The server that a connection leads to, by scheme, host and port. */
  readonly #origins = new WeakMap<Duplex, string>();
  readonly #sockets = new Set<Duplex>();
  /** What programs connect to. */
  readonly #outer = createServer({ maxHeaderSize: HEAD_BYTES });
  /** What is inside of tunnels to servers of grants. */
  readonly #inner = createServer({ maxHeaderSize: HEAD_BYTES });

  constructor(private readonly parts: ProxyParts) {
    const { runtime } = parts;
    this.#network = new Network(
      { values: networkDefaults, credentials: {}, verifySsl: true },
      { runtime, systemProxy: environmentProxy(runtime.env) },
    );
    this.#http = new HttpClient({ network: this.#network, maxSockets: AT_ONCE });
    for (const server of [this.#outer, this.#inner]) {
      // An upload may take long, and a person may have to allow a request.
      server.requestTimeout = 0;
      server.keepAliveTimeout = KEPT_OPEN;
    }
    this.#outer.on('connection', (socket) => {
      this.#keep(socket);
    });
    this.#outer.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#tunnel(request, socket, head).catch((error: unknown) => {
        refuseTunnel(socket, error);
      });
    });
    this.#outer.on('request', (request, response) => {
      this.#forward(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else answerFailure(response, error);
      });
    });
    this.#outer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const target = this.#mayUse(request) ? absolute(request) : undefined;
      if (target !== undefined && isGranted(parts.variables(), target)) {
        const path = `${target.pathname}${target.search}`;
        void exchangeUpgrade(parts, { request, origin: target.origin, path }, socket, head);
      } else {
        // Clients ask for a tunnel.
        socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n');
      }
    });
    this.#inner.on('request', (request, response) => {
      const origin = this.#origins.get(request.socket) ?? '';
      void exchange(parts, { request, origin, path: request.url ?? '' }, response);
    });
    this.#inner.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const origin = this.#origins.get(request.socket) ?? '';
      void exchangeUpgrade(parts, { request, origin, path: request.url ?? '' }, socket, head);
    });
  }

  async start(): Promise<RunProxy> {
    this.#outer.listen(0, '127.0.0.1');
    await once(this.#outer, 'listening');
    const { port } = this.#outer.address() as AddressInfo;
    return {
      url: `http://${USER}:${this.#password}@127.0.0.1:${String(port)}`,
      close: () => {
        this.#outer.close();
        this.#http.close();
        for (const socket of this.#sockets) socket.destroy();
      },
    };
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    // Whoever uses it sees that it is closed.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Other users of this computer can connect, and do not know the password. */
  #mayUse({ headers }: IncomingMessage): boolean {
    const given = headers['proxy-authorization'] ?? '';
    return timingSafeEqual(sha256(given), this.#login);
  }

  async #tunnel(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    this.#keep(client);
    if (!this.#mayUse(request)) {
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="Strongroom"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
      return;
    }
    const target = urlOfAuthority(request.url ?? '');
    if (head.byteLength > 0) client.unshift(head);
    const plain = withScheme(target, 'http');
    const variables = this.parts.variables();
    if (!isGranted(variables, target) && !isGranted(variables, new URL(plain))) {
      await this.#pass(client, target);
      return;
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // Not the event `data`, after which nobody would have to ask for what follows.
    await once(client, 'readable');
    const first = client.read() as Buffer | null;
    if (first === null) {
      client.destroy();
      return;
    }
    client.unshift(first);
    if (first[0] !== TLS_HANDSHAKE) {
      this.#serve(client, plain);
      return;
    }
    const { host } = endpointOf(target);
    const context = this.parts.authority.contextFor(serverName(host));
    const secure = new TLSSocket(client, {
      isServer: true,
      secureContext: context,
      ALPNProtocols: ['http/1.1'],
      // A program that asks for one server in the tunnel to another is not answered.
      SNICallback: (name, answer) => {
        if (name.toLowerCase() === serverName(host)) answer(null, context);
        else answer(new Error('Another server was asked for'));
      },
    });
    this.#keep(secure);
    secure.once('close', () => client.destroy());
    this.#serve(secure, target.origin);
  }

  #serve(socket: Socket, origin: string): void {
    this.#origins.set(socket, origin);
    this.#inner.emit('connection', socket);
  }

  /** A tunnel whose content nobody here reads. */
  async #pass(client: Socket, target: URL): Promise<void> {
    const { host, port } = endpointOf(target);
    const gone = new AbortController();
    client.once('close', () => {
      gone.abort();
    });
    const proxy = await this.#network.proxyFor(target);
    let server: Socket;
    if (proxy === undefined) {
      server = connect({ host, port });
      this.#keep(server);
      await once(server, 'connect', { signal: gone.signal });
    } else {
      server = await this.#network.tunnel(proxy, { host, port }, gone.signal);
      this.#keep(server);
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    pipe(client, server, client, () => undefined);
  }

  /** A request without TLS, whose line has the whole address. */
  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#mayUse(request)) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="Strongroom"' }).end();
      return;
    }
    const target = absolute(request);
    if (target === undefined) {
      throw new AppError('INVALID_INPUT', {
        message: 'This is the proxy of a command, and the request is for no server.',
        hint: 'Ask a server through the proxy.',
      });
    }
    if (isGranted(this.parts.variables(), target)) {
      const path = `${target.pathname}${target.search}`;
      await exchange(this.parts, { request, origin: target.origin, path }, response);
      return;
    }
    await this.#passPlain(request, response, target);
  }

  async #passPlain(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const { method = '', headers } = request;
    const { 'content-length': length, 'transfer-encoding': encoding } = headers;
    const answer = await this.#http.open({
      method,
      url: target.href,
      headers: {
        ...Object.fromEntries(forwardedHeaders(request)),
        ...(headers['accept-encoding'] !== undefined && {
          'Accept-Encoding': headers['accept-encoding'],
        }),
        ...(length !== undefined && { 'Content-Length': length }),
      },
      ...((length !== undefined || encoding !== undefined) && { body: request }),
      signal: gone.signal,
    });
    response.sendDate = false;
    response.writeHead(answer.status, answersHeaders(answer));
    await pipeline(answer.body, response);
  }
}

/** The headers of an answer that is passed on. Node writes those of the connection again. */
const answersHeaders = ({ rawHeaders }: OpenAnswer): string[] => {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!/^(connection|keep-alive|proxy-.*|transfer-encoding)$/i.test(name)) kept.push(name, value);
  }
  return kept;
};

/** The address of a request without TLS; `undefined` if it has none. */
function absolute({ url = '' }: IncomingMessage): URL | undefined {
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const target = new URL(url);
  return target.username === '' && target.password === '' ? target : undefined;
}

/** `host:port` of a tunnel. Throws `INVALID_INPUT`. */
function urlOfAuthority(authority: string): URL {
  const isAuthority = /^[^/?#@\s\\]+:\d{1,5}$/.test(authority);
  if (isAuthority && URL.canParse(`https://${authority}`)) return new URL(`https://${authority}`);
  throw new AppError('INVALID_INPUT', {
    message: 'The tunnel is to no server.',
    hint: 'Name a host and a port.',
  });
}

function refuseTunnel(client: Socket, error: unknown): void {
  if (client.destroyed) return;
  const { status, text } = failureOf(networkError(error) ?? error);
  client.end(
    `HTTP/1.1 ${String(status)} Refused\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(text))}\r\nConnection: close\r\n\r\n${text}`,
  );
}
