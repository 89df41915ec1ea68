/**
 * Agents that go the way a `Network` tells: with its certificates, and through a proxy where there is
 * one. Made on the one point that Node documents for it, `agent.createConnection`.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { withDeadline } from './deadline';
import { authorityOf, endpointOf } from './endpoint';
import type { Network } from './network';

/** As `http.Agent` takes them; `timeout` in milliseconds. */
export interface Pool {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
  readonly maxFreeSockets?: number;
  readonly timeout?: number;
}

/** Whoever waits may have left; a proxy that never answers must not keep a socket for good. */
const TUNNEL_MS = 30_000;

type Told = (error: Error | null, socket?: Duplex) => void;

function targetOf(options: http.ClientRequestArgs, scheme: 'http' | 'https'): URL {
  const host = options.host ?? 'localhost';
  const port = options.port ?? (scheme === 'https' ? 443 : 80);
  return new URL(`${scheme}://${authorityOf({ host, port: Number(port) })}`);
}

/** A tunnel to the target where there is a proxy on the way to it, and nothing otherwise. */
async function tunnelTo(
  network: Network,
  options: http.ClientRequestArgs,
  scheme: 'http' | 'https',
): Promise<Socket | undefined> {
  const target = targetOf(options, scheme);
  const proxy = await network.proxyFor(target);
  if (proxy === undefined) return undefined;
  return withDeadline(new AbortController().signal, TUNNEL_MS, (signal) =>
    network.tunnel(proxy, endpointOf(target), signal),
  );
}

/**
 * Gives a connection to whoever waits in the same turn in which it is begun: where there is no network,
 * it fails in the next one, and must be listened to by then.
 */
function deliver<Ready>(ready: Promise<Ready>, begin: (ready: Ready) => Duplex, tell: Told): void {
  const fail = (error: unknown): void => {
    tell(error instanceof Error ? error : new Error('No connection', { cause: error }));
  };
  ready.then((all) => {
    let socket: Duplex;
    try {
      socket = begin(all);
    } catch (error) {
      fail(error);
      return;
    }
    tell(null, socket);
  }, fail);
}

export class SecureAgent extends https.Agent {
  constructor(
    private readonly network: Network,
    pool: Pool,
  ) {
    super(pool);
  }

  override createConnection(options: https.RequestOptions, tell: Told): undefined {
    const ready = this.network.tlsSettings().then(async (settings) => ({
      settings,
      tunnel: await tunnelTo(this.network, options, 'https'),
    }));
    const begin = ({ settings, tunnel }: Awaited<typeof ready>): Duplex => {
      const socket = super.createConnection({
        ...options,
        ...settings,
        ...(tunnel && { socket: tunnel }),
      });
      if (!socket) throw new Error('https.Agent gives its connection at once');
      // A refused certificate may have been replaced on the disk by now.
      socket.once('error', () => {
        this.network.forgetFiles();
      });
      return socket;
    };
    deliver(ready, begin, tell);
  }
}

export class PlainAgent extends http.Agent {
  constructor(
    private readonly network: Network,
    pool: Pool,
  ) {
    super(pool);
  }

  override createConnection(options: http.ClientRequestArgs, tell: Told): undefined {
    const begin = (tunnel: Socket | undefined): Duplex => {
      const socket = tunnel ?? super.createConnection(options);
      if (!socket) throw new Error('http.Agent gives its connection at once');
      return socket;
    };
    deliver(tunnelTo(this.network, options, 'http'), begin, tell);
  }
}
