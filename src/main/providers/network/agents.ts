/**
 * Agents that go the way a `Network` tells: with its certificates, and through a proxy where there is
 * one. Made on the one point that Node documents for it, `agent.createConnection`.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { callbackify } from 'node:util';
import { withDeadline } from '../deadline';
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

type Done = (error: Error | null, socket: Duplex) => void;

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

export class SecureAgent extends https.Agent {
  constructor(
    private readonly network: Network,
    pool: Pool,
  ) {
    super(pool);
  }

  override createConnection(options: https.RequestOptions, done: Done): undefined {
    callbackify(() => this.#connect(options))(done);
  }

  async #connect(options: https.RequestOptions): Promise<Duplex> {
    const settings = await this.network.tlsSettings();
    const tunnel = await tunnelTo(this.network, options, 'https');
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
  }
}

export class PlainAgent extends http.Agent {
  constructor(
    private readonly network: Network,
    pool: Pool,
  ) {
    super(pool);
  }

  override createConnection(options: http.ClientRequestArgs, done: Done): undefined {
    callbackify(() => this.#connect(options))(done);
  }

  async #connect(options: http.ClientRequestArgs): Promise<Duplex> {
    const tunnel = await tunnelTo(this.network, options, 'http');
    if (tunnel !== undefined) return tunnel;
    const socket = super.createConnection(options);
    if (!socket) throw new Error('http.Agent gives its connection at once');
    return socket;
  }
}
