/** A certificate authority for one run. Its key never leaves the memory of this process. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { writeCertificate, type Issuer } from './x509';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Long enough for any run. */
const AUTHORITY_LASTS = 365 * DAY;
const LEAF_LASTS = 7 * DAY;
/** A run may take longer than a certificate lasts. */
const LEAF_USED_FOR = DAY;

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Leaf {
  readonly context: SecureContext;
  /** Milliseconds since 1970, UTC. */
  readonly madeAt: number;
}

export class SessionAuthority {
  /** The certificate of the authority, as PEM. */
  readonly cert: string;
  readonly #issuer: Issuer;
  /** One key for all hosts: they all lead here. */
  readonly #leafKeys = keyPair();
  readonly #leaves = new Map<string, Leaf>();

  /** `now`: milliseconds since 1970, UTC. */
  constructor(private readonly now: () => number) {
    // Another name for each run: a program may keep what it knows of an authority.
    const commonName = `Strongroom session ${randomBytes(4).toString('hex')}`;
    this.#issuer = { commonName, ...keyPair() };
    this.cert = writeCertificate(
      {
        commonName,
        names: [],
        isAuthority: true,
        ...this.#valid(AUTHORITY_LASTS),
        publicKey: this.#issuer.publicKey,
      },
      this.#issuer,
    );
  }

  /** For a TLS server with the name or the address of a host. */
  contextFor(host: string): SecureContext {
    const known = this.#leaves.get(host);
    if (known !== undefined && this.now() - known.madeAt < LEAF_USED_FOR) return known.context;
    const { privateKey, publicKey } = this.#leafKeys;
    const cert = writeCertificate(
      {
        commonName: 'Strongroom',
        names: [host],
        isAuthority: false,
        ...this.#valid(LEAF_LASTS),
        publicKey,
      },
      this.#issuer,
    );
    const context = createSecureContext({
      cert,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    });
    this.#leaves.set(host, { context, madeAt: this.now() });
    return context;
  }

  #valid(lasts: number): { readonly notBefore: Date; readonly notAfter: Date } {
    const now = this.now();
    return { notBefore: new Date(now - HOUR), notAfter: new Date(now + lasts) };
  }
}
