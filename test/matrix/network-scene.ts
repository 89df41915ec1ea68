/** Obstacles between this computer and a server that let no request through. */
import type { NetworkValues } from '@shared/providers/network';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { startForwardProxy } from '../servers/forward-proxy';
import { startSecretsManagerServer } from '../servers/secrets-manager/server';
import { startVaultServer } from '../servers/vault/server';
import { Secret } from '@core/secrets/secret';
import { type SecretsProvider } from '@core/providers/provider';
import { asRevision } from '@core/secrets/revision';
import { connectAws } from './aws-scene';
import type { Row, Scene } from './matrix';
import { markers } from './operations';
import { connectVault } from './vault-scene';

/** The server of a provider. */
interface Target {
  readonly url: string;
  readonly requests: readonly unknown[];
  close(): Promise<void>;
}

export interface Kind {
  readonly name: string;
  readonly serve: (tls?: TlsOptions) => Promise<Target>;
  readonly connect: (way: Way, isSlow: boolean) => SecretsProvider;
}

export const kinds: readonly Kind[] = [
  {
    name: 'Vault',
    serve: (tls) => startVaultServer(tls && { tls }),
    connect: ({ url, values, credentials }, isSlow) =>
      connectVault(url, isSlow ? 1500 : 30_000, values, credentials),
  },
  {
    name: 'AWS',
    serve: async (tls) => {
      const server = await startSecretsManagerServer(tls && { tls });
      return {
        url: server.endpoint,
        requests: server.requests,
        close: () => server.stop(),
      };
    },
    connect: ({ url, values, credentials }, isSlow) =>
      connectAws(url, 'AKIAIOSFODNN7EXAMPLE', isSlow, values, credentials),
  },
];

/** The settings that lead to the server. */
export interface Way {
  readonly url: string;
  readonly values?: Partial<NetworkValues>;
  readonly credentials?: Readonly<Record<string, Secret>>;
}

export interface Obstacle extends Way {
  close(): Promise<void>;
}

export interface NetworkRow extends Row {
  /** Puts an obstacle in front of the server that `serve` starts, with TLS or without. */
  readonly obstacle: (serve: Kind['serve']) => Promise<Obstacle>;
  /** The differences with AWS: plain http goes through a tunnel too, and there is no health step. */
  readonly onAws?: Partial<Pick<Row, 'code' | 'steps' | 'except'>>;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

/** Only an address; nobody listens there. */
export const address =
  (url: string): NetworkRow['obstacle'] =>
  async () => ({ url, close: async () => undefined });

/** A port of this computer that nothing listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

/** A server that accepts every connection and passes its socket to `serve`. */
export const sockets =
  (serve: (socket: Socket) => void): NetworkRow['obstacle'] =>
  async () => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    const port = await listen(server);
    return {
      url: `https://127.0.0.1:${String(port)}`,
      close: async () => {
        for (const socket of open) socket.destroy();
        await close(server);
      },
    };
  };

export const overTls =
  (tls: TlsOptions, values: Partial<NetworkValues> = {}): NetworkRow['obstacle'] =>
  async (serve) => {
    const { url, close: stop } = await serve(tls);
    return { url, values, close: stop };
  };

/** The address says http and the server uses https, or the reverse. */
export const mistaken =
  (tls?: TlsOptions): NetworkRow['obstacle'] =>
  async (serve) => {
    const { url, close: stop } = await serve(tls);
    return { url: url.replace(/^https?/, tls === undefined ? 'https' : 'http'), close: stop };
  };

type Proxy = Awaited<ReturnType<typeof startForwardProxy>>;

/** A proxy with a login in front of the server, made to misbehave. */
export const behindProxy =
  (misbehave: (proxy: Proxy) => void, tls?: TlsOptions): NetworkRow['obstacle'] =>
  async (serve) => {
    const target = await serve(tls);
    const proxy = await startForwardProxy({ login: { user: 'me', password: 'right' } });
    misbehave(proxy);
    return {
      url: target.url,
      values: { proxy: 'typed', proxyUrl: proxy.url, proxyUser: 'me' },
      credentials: { proxyPassword: new Secret(markers.credential) },
      close: async () => {
        await proxy.stop();
        await target.close();
      },
    };
  };

export const openNetwork =
  ({ serve, connect }: Kind) =>
  async ({ obstacle, isSlow = false }: NetworkRow): Promise<Scene> => {
    const targets: Target[] = [];
    const way = await obstacle(async (tls) => {
      const target = await serve(tls);
      targets.push(target);
      return target;
    });
    const provider = connect(way, isSlow);
    return {
      provider,
      revision: asRevision('1@2026-01-01T00:00:00.000000001Z'),
      // No request reaches the server, so no credentials do.
      look: () => ({ requests: targets.map(({ requests }) => requests.length) }),
      strike: () => undefined,
      hasHappened: () => false,
      close: async () => {
        provider.dispose();
        await way.close();
      },
    };
  };
