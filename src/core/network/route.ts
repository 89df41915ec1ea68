/** What an agent has to know of the way to its servers. `Network` is the one that knows it. */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Endpoint } from './endpoint';
import type { Proxy } from './proxy';

/** For `tls.connect`. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

export interface Route {
  /** Throws `INVALID_CONFIGURATION` with the field if a certificate file cannot be used. */
  tlsSettings(): Promise<TlsSettings>;
  /** The next connection reads the files again: a certificate may have been renewed. */
  forgetFiles(): void;
  /** The proxy on the way to a target. Throws `INVALID_CONFIGURATION` if it cannot be used. */
  proxyFor(target: URL): Promise<Proxy | undefined>;
  /** Throws what `openTunnel` and the reading of files do. */
  tunnel(
    proxy: Proxy,
    endpoint: Pick<Endpoint, 'host' | 'port'>,
    signal: AbortSignal,
  ): Promise<Socket>;
}
