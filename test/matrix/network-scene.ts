/** Obstacles between this computer and a server that let no request through. */
import type { NetworkValues } from '@shared/providers/network';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { startForwardProxy } from '../servers/forward-proxy';
import { startSecretsManagerServer } from '../servers/secrets-manager/server';
import { startVaultServer } from '../servers/vault/server';
import type { Way } from '../support/client-side';
import type { ClientSide } from '../support/client-sides';
import type { Row, Scene } from './matrix';
import { markers } from './operations';

/** The server of a provider. */
interface Target {
  readonly url: string;
  readonly requests: readonly unknown[];
  close(): Promise<void>;
}

export interface Kind {
  readonly name: 'Vault' | 'AWS';
  readonly serve: (tls?: TlsOptions) => Promise<Target>;
}

export const kinds: readonly Kind[] = [
  {
    name: 'Vault',
    serve: (tls) => startVaultServer(tls && { tls }),
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
  },
];

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

/** A port of this computer that nothing listens on, and that nobody else gets until it is closed. */
async function closedPort(): Promise<{
  readonly port: number;
  readonly close: () => Promise<void>;
}> {
  const server = createServer((far) => far.resume());
  // The near end of a connection is taken, and nobody listens there.
  const socket = connect(await listen(server), '127.0.0.1');
  await once(socket, 'connect');
  return {
    port: socket.localPort ?? 0,
    close: async () => {
      socket.destroy();
      await close(server);
    },
  };
}

/** An address where nothing listens, as a server or as a proxy on the way to one. */
export const nothingListens =
  (wayTo: (closed: string) => Way): NetworkRow['obstacle'] =>
  async () => {
    const { port, close: end } = await closedPort();
    return { ...wayTo(`http://127.0.0.1:${String(port)}`), close: end };
  };

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
      credentials: { proxyPassword: markers.credential },
      close: async () => {
        await proxy.stop();
        await target.close();
      },
    };
  };

export const openNetwork =
  ({ name, serve }: Kind, { ask }: ClientSide) =>
  async ({ obstacle, isSlow = false }: NetworkRow): Promise<Scene> => {
    const targets: Target[] = [];
    const { close: end, ...way } = await obstacle(async (tls) => {
      const target = await serve(tls);
      targets.push(target);
      return target;
    });
    const revision = '1@2026-01-01T00:00:00.000000001Z';
    return {
      run: (operation) => ask('operate', { provider: name, way, isSlow, operation, revision }),
      // No request reaches the server, so no credentials do.
      look: () => ({ requests: targets.map(({ requests }) => requests.length) }),
      strike: () => undefined,
      hasHappened: () => false,
      close: end,
    };
  };
