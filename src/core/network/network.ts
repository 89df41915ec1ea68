/** How one configuration gets to its servers: whom it trusts, with which certificate, through which proxy. */
import * as tls from 'node:tls';
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { NetworkValues } from '@shared/providers/network';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import { PlainAgent, SecureAgent, type Pool } from './agents';
import type { Endpoint } from './endpoint';
import { readCertificateFiles, type CertificateFiles } from './files';
import { readNamedFile } from './named-file';
import { findProxy, type Proxy } from './proxy';
import type { Route, TlsSettings } from './route';
import type { SystemProxy } from './system-proxy';
import { openTunnel } from './tunnel';
import { untilAborted } from './until-aborted';

export interface NetworkSettings {
  readonly values: NetworkValues;
  /** Uses `clientKeyPassphrase` and `proxyPassword`. */
  readonly credentials: Readonly<Record<string, Secret | undefined>>;
  readonly verifySsl: boolean;
}

interface Contexts {
  /** Absent if nothing differs from what Node does by itself. */
  readonly server: tls.SecureContext | undefined;
  /** The same without the client certificate, for a proxy. */
  readonly proxy: tls.SecureContext | undefined;
}

/**
 * Whom Node trusts by itself. `ca` replaces these, NODE_EXTRA_CA_CERTS included, so our list begins with
 * them: see https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions
 */
function defaultAuthorities(): readonly string[] {
  // Since Node 22.15, which Electron has. It knows the store of the system too, if that is used.
  const { getCACertificates } = tls as {
    readonly getCACertificates?: (type: 'default') => readonly string[];
  };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/** The file of NODE_EXTRA_CA_CERTS. A fuse makes Node ignore the variable in the packaged app. */
async function extraAuthorities({ env }: Pick<Runtime, 'env'>): Promise<readonly string[]> {
  const path = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (path === '') return [];
  try {
    return [(await readNamedFile({ path, label: 'NODE_EXTRA_CA_CERTS' })).toString('latin1')];
  } catch {
    // Node itself goes on without a file that it cannot read.
    return [];
  }
}

async function contextsOf(
  { authorities, client }: CertificateFiles,
  runtime: Pick<Runtime, 'env'>,
): Promise<Contexts> {
  const more = [...(await extraAuthorities(runtime)), ...authorities];
  const trust = more.length === 0 ? {} : { ca: [...defaultAuthorities(), ...more] };
  const proxy = more.length === 0 ? undefined : tls.createSecureContext(trust);
  if (client === undefined) return { server: proxy, proxy };
  const { cert, key, passphrase } = client;
  return {
    server: tls.createSecureContext({
      ...trust,
      cert,
      key,
      ...(passphrase !== undefined && { passphrase }),
    }),
    proxy,
  };
}

/** What a network takes from the computer it is on. */
export interface Surroundings {
  readonly runtime: Pick<Runtime, 'env'>;
  readonly systemProxy: SystemProxy;
}

export class Network implements Route {
  readonly #settings: NetworkSettings;
  readonly #surroundings: Surroundings;
  #contexts: Promise<Contexts> | undefined;

  constructor(settings: NetworkSettings, surroundings: Surroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
  }

  get values(): NetworkValues {
    return this.#settings.values;
  }

  get verifySsl(): boolean {
    return this.#settings.verifySsl;
  }

  /** Reads the certificate files again. Throws `INVALID_CONFIGURATION` with the field, and `CANCELLED`. */
  readFiles(signal: AbortSignal): Promise<CertificateFiles> {
    this.forgetFiles();
    const { credentials } = this.#settings;
    return readCertificateFiles(this.values, credentials['clientKeyPassphrase'], signal);
  }

  forgetFiles(): void {
    this.#contexts = undefined;
  }

  async tlsSettings(): Promise<TlsSettings> {
    const { server } = await this.#open();
    // Set either way, since NODE_TLS_REJECT_UNAUTHORIZED would decide otherwise.
    const verified = { rejectUnauthorized: this.verifySsl };
    return server === undefined ? verified : { ...verified, secureContext: server };
  }

  proxyFor(target: URL): Promise<Proxy | undefined> {
    const { values, credentials } = this.#settings;
    const password = credentials['proxyPassword'];
    return findProxy({ values, password }, this.#surroundings.systemProxy, target);
  }

  async tunnel(
    proxy: Proxy,
    endpoint: Pick<Endpoint, 'host' | 'port'>,
    signal: AbortSignal,
  ): Promise<Socket> {
    const trust = proxy.isTls ? await untilAborted(this.proxyTrust(), signal) : undefined;
    return openTunnel(proxy, endpoint, { trust, signal });
  }

  /** Whom to trust if a proxy speaks TLS. */
  async proxyTrust(): Promise<tls.SecureContext | undefined> {
    return (await this.#open()).proxy;
  }

  /** An agent for requests to any server. It takes the way that each of them needs. */
  agent(secure: boolean, pool: Pool): Agent {
    return secure ? new SecureAgent(this, pool) : new PlainAgent(this, pool);
  }

  #open(): Promise<Contexts> {
    if (this.#contexts === undefined) {
      const opening = readCertificateFiles(
        this.values,
        this.#settings.credentials['clientKeyPassphrase'],
      ).then((files) => contextsOf(files, this.#surroundings.runtime));
      this.#contexts = opening;
      // The next attempt finds a file that has been fixed.
      opening.catch(() => {
        if (this.#contexts === opening) this.#contexts = undefined;
      });
    }
    return this.#contexts;
  }
}
