/**
 * Agents that take a `Route`: with its certificates, and through its proxy if there is one. They override
 * `agent.createConnection`, which Node documents for this.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupAddress } from 'node:dns';
import { Socket, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { withDeadline } from './deadline';
import { authorityOf, endpointOf, serverName } from './endpoint';
import { noticeRefusal } from './refused-client';
import type { Route } from './route';
import { lookupOf } from './socket';

/** As `http.Agent` takes them; `timeout` in milliseconds. */
export interface Pool {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
  readonly maxFreeSockets?: number;
  readonly timeout?: number;
}

/** The caller may have left by then; a proxy that never answers must not keep a socket for good. */
const TUNNEL_MS = 30_000;

/** What a request may tell its agent: the addresses to dial, which its caller has checked. */
interface Dialling {
  readonly checked?: readonly LookupAddress[];
}

/** Those addresses as a part of the name under which a connection is kept: it serves only the same addresses. */
const dialledName = ({ checked }: Dialling): string =>
  checked === undefined ? '' : `:${checked.map(({ address }) => address).join(',')}`;

const dialled = ({ checked }: Dialling): { lookup?: LookupFunction } =>
  checked === undefined ? {} : { lookup: lookupOf(checked) };

type OnConnection = (error: Error | null, socket?: Duplex) => void;

function targetOf(options: http.ClientRequestArgs, scheme: 'http' | 'https'): URL {
  const host = options.host ?? 'localhost';
  const port = options.port ?? (scheme === 'https' ? 443 : 80);
  return new URL(`${scheme}://${authorityOf({ host, port: Number(port) })}`);
}

/** A tunnel to the target; `undefined` if no proxy is on the way to it. */
export async function tunnelTo(
  route: Route,
  options: http.ClientRequestArgs & Dialling,
  scheme: 'http' | 'https',
): Promise<Socket | undefined> {
  const target = targetOf(options, scheme);
  const proxy = await route.proxyFor(target);
  if (proxy === undefined) return undefined;
  const endpoint = endpointOf(target);
  // A proxy would look the name up again, and could find another address.
  const host = options.checked?.[0]?.address ?? endpoint.host;
  return withDeadline(new AbortController().signal, TUNNEL_MS, (signal) =>
    route.tunnel(proxy, { ...endpoint, host }, signal),
  );
}

/**
 * Counts a connection that is on its way: an agent counts only those that it has, so a burst of requests would open
 * far more than `maxSockets`. A socket that leads nowhere holds the place, as in the package agent-base. Returns a
 * function that gives the place back.
 */
function holdPlace(agent: http.Agent, name: string): () => void {
  const sockets: NodeJS.Dict<Socket[]> = agent.sockets;
  const place = new Socket();
  (sockets[name] ??= []).push(place);
  return () => {
    const held = sockets[name] ?? [];
    held.splice(held.indexOf(place), 1);
    if (held.length === 0) delete sockets[name];
  };
}

/**
 * Hands over a connection in the same turn of the event loop that begins it. Without a network it fails in
 * the next turn, and somebody must listen for its errors by then.
 */
function deliver<Ready>(
  ready: Promise<Ready>,
  begin: (ready: Ready) => Duplex,
  { freePlace, connected }: { readonly freePlace: () => void; readonly connected: OnConnection },
): void {
  const hand = (socket: Duplex): void => {
    freePlace();
    connected(null, socket);
  };
  // As a connection that breaks: only then does the agent go on with the requests that wait for one.
  const fail = (error: unknown): void => {
    const broken = new Socket();
    hand(broken);
    broken.destroy(error instanceof Error ? error : new Error('No connection', { cause: error }));
  };
  ready.then((all) => {
    let socket: Duplex;
    try {
      socket = begin(all);
    } catch (error) {
      fail(error);
      return;
    }
    hand(socket);
  }, fail);
}

export class SecureAgent extends https.Agent {
  /** Connections that nobody uses yet, by host and port. */
  readonly #offered = new Map<string, TLSSocket>();

  constructor(
    private readonly route: Route,
    private readonly pool: Pool,
  ) {
    super(pool);
  }

  override getName(options: https.RequestOptions & Dialling = {}): string {
    return `${super.getName(options)}${dialledName(options)}`;
  }

  override createConnection(
    options: https.RequestOptions & Dialling,
    connected: OnConnection,
  ): undefined {
    const offered = options.checked === undefined ? this.#take(options) : undefined;
    if (offered !== undefined) {
      process.nextTick(connected, null, offered);
      return;
    }
    const ready = this.route.tlsSettings().then(async (settings) => ({
      settings,
      tunnel: await tunnelTo(this.route, options, 'https'),
    }));
    const begin = ({ settings, tunnel }: Awaited<typeof ready>): Duplex => {
      const socket = super.createConnection({
        ...options,
        // A server looks a name up without the dot that may end it: RFC 6066, section 3.
        ...(options.servername !== undefined && { servername: serverName(options.servername) }),
        ...settings,
        ...dialled(options),
        ...(tunnel && { socket: tunnel }),
      });
      if (!socket) throw new Error('https.Agent gives its connection at once');
      noticeRefusal(socket as TLSSocket);
      // A refused certificate may have been replaced on the disk by now.
      socket.once('error', () => {
        this.route.forgetFiles();
      });
      return socket;
    };
    const freePlace = holdPlace(this, this.getName(options));
    deliver(ready, begin, { freePlace, connected });
  }

  /** Takes a connection that was made to find out what the server speaks, for the next request to it. */
  offer(socket: TLSSocket, server: URL): void {
    const { host } = server;
    this.#offered.set(host, socket);
    // Nobody may come for it.
    socket.unref();
    socket.setTimeout(this.pool.timeout ?? 0, expire);
    socket.once('close', () => {
      if (this.#offered.get(host) === socket) this.#offered.delete(host);
    });
  }

  override destroy(): void {
    for (const socket of this.#offered.values()) socket.destroy();
    super.destroy();
  }

  #take(options: https.RequestOptions): TLSSocket | undefined {
    const { host } = targetOf(options, 'https');
    const socket = this.#offered.get(host);
    this.#offered.delete(host);
    if (socket === undefined || socket.destroyed) return undefined;
    socket.ref();
    return socket.setTimeout(0, expire);
  }
}

function expire(this: Socket): void {
  this.destroy();
}

export class PlainAgent extends http.Agent {
  constructor(
    private readonly route: Route,
    pool: Pool,
  ) {
    super(pool);
  }

  override getName(options: http.ClientRequestArgs & Dialling = {}): string {
    return `${super.getName(options)}${dialledName(options)}`;
  }

  override createConnection(
    options: http.ClientRequestArgs & Dialling,
    connected: OnConnection,
  ): undefined {
    const begin = (tunnel: Socket | undefined): Duplex => {
      const socket = tunnel ?? super.createConnection({ ...options, ...dialled(options) });
      if (!socket) throw new Error('http.Agent gives its connection at once');
      return socket;
    };
    const freePlace = holdPlace(this, this.getName(options));
    deliver(tunnelTo(this.route, options, 'http'), begin, { freePlace, connected });
  }
}
