/** The variables and files that make a program trust the authority of its run, and nobody else. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';

type Environment = Readonly<Record<string, string | undefined>>;

/** Each names a file with authorities that are trusted beside those that the program has. */
const ADDING = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'] as const;

/** Each names a file with all authorities that are trusted. */
const REPLACING = [
  // OpenSSL, and with it Ruby, PHP, Python’s ssl and httpx; Go on Linux; rustls; uv.
  'SSL_CERT_FILE',
  'NIX_SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'HTTPLIB2_CA_CERTS',
  'PIP_CERT',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'BUNDLE_SSL_CA_CERT',
  'AWS_CA_BUNDLE',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
] as const;

/** Where systems keep the authorities that they trust, as Go looks for them. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Those of the system; those that Node brings if the system has no file of them. */
function systemAuthorities(): string {
  const { getCACertificates } = tls as {
    readonly getCACertificates?: (type: 'system') => readonly string[];
  };
  const file = SYSTEM_FILES.find((path) => existsSync(path));
  if (file !== undefined) return readFileSync(file, 'latin1');
  const stored = getCACertificates?.('system') ?? [];
  return (stored.length > 0 ? stored : tls.rootCertificates).join('\n');
}

/** `undefined` if there is no such file, as the program itself would find. */
function authoritiesIn(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

export interface Trust {
  readonly env: Readonly<Record<string, string>>;
  /** Removes the files. */
  remove(): void;
}

/**
 * Writes the files into a folder that only this user can read. `cert`: the authority of the run, as PEM; `parent`: the
 * variables of this process, whose files are kept in those that take their place.
 */
export function trustIn(cert: string, parent: Environment): Trust {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-'));
  const files = new Map<string, string>();
  const fileWith = (authorities: string): string => {
    const known = files.get(authorities);
    if (known !== undefined) return known;
    const path = join(folder, `authorities-${String(files.size)}.pem`);
    writeFileSync(path, authorities === '' ? cert : `${authorities.trimEnd()}\n${cert}`, {
      mode: 0o600,
    });
    files.set(authorities, path);
    return path;
  };
  const system = systemAuthorities();
  return {
    env: Object.fromEntries([
      ...ADDING.map((name) => [name, fileWith(authoritiesIn(parent[name]) ?? '')]),
      ...REPLACING.map((name) => [name, fileWith(authoritiesIn(parent[name]) ?? system)]),
    ]) as Record<string, string>,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
