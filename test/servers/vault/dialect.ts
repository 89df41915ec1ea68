/**
 * The differences between the answers of HashiCorp Vault and OpenBao. Those of OpenBao were compared with
 * the real server; those of Vault follow its public API documentation and source.
 */
export type Product = 'vault' | 'openbao';

/** The owner of the networks that an AppRole login comes from outside of. */
export type CidrOwner = 'secret ID' | 'secret ID of limited uses' | 'role';

export interface Dialect {
  readonly product: Product;
  readonly version: string;
  /** The command line tool in hints. */
  readonly cli: string;
  readonly tokenPrefix: string;
  /** Since 1.16 Vault says `invalid token` beside `permission denied`. */
  readonly invalidToken: readonly string[];
  readonly missingRoleIdStatus: 400 | 500;
  /** The answer of `sys/health` in a namespace. */
  readonly healthInNamespace: { readonly status: number; readonly errors: readonly string[] };
  cidrRefused(address: string, owner: CidrOwner): string;
  /** Why a path with parent references is refused; `undefined` if it is allowed. */
  parentReferences(segments: readonly string[]): string | undefined;
  /** Envelope fields that only this product has. */
  readonly mountTypeInEnvelope: boolean;
  readonly metadataCas: boolean;
}

const VAULT: Dialect = {
  product: 'vault',
  version: '1.21.1',
  cli: 'vault',
  tokenPrefix: 'hvs.',
  invalidToken: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'],
  missingRoleIdStatus: 400,
  healthInNamespace: { status: 404, errors: [] },
  cidrRefused: (address, owner) =>
    `source address "${address}" unauthorized through CIDR restrictions on the ${owner === 'role' ? 'role' : 'secret ID'}`,
  parentReferences: (segments) =>
    segments.some((segment) => segment.includes('..'))
      ? 'path cannot contain parent references'
      : undefined,
  mountTypeInEnvelope: true,
  metadataCas: false,
};

const OPENBAO: Dialect = {
  product: 'openbao',
  version: '2.4.3',
  cli: 'bao',
  tokenPrefix: 's.',
  invalidToken: ['permission denied'],
  missingRoleIdStatus: 500,
  healthInNamespace: { status: 400, errors: ['operation unavailable in namespaces'] },
  cidrRefused: (address, owner) => {
    if (owner === 'secret ID') {
      return `source address "${address}" unauthorized through CIDR restrictions on the secret ID`;
    }
    const name = owner === 'role' ? 'role' : 'secret ID';
    return `source address "${address}" unauthorized by CIDR restrictions on the ${name}: %!w(<nil>)`;
  },
  parentReferences: (segments) =>
    segments.includes('..') ? 'relative paths not supported' : undefined,
  mountTypeInEnvelope: false,
  metadataCas: true,
};

export const dialectOf = (product: Product): Dialect => (product === 'vault' ? VAULT : OPENBAO);
