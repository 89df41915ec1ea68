/** Who may do what: Azure RBAC or access policies, and the vault's firewall. */
import { forbidden, type KeyVaultError } from './errors';
import type { Operation } from './operations';

/** The caller that an access token names. */
export interface Caller {
  readonly appId: string;
  readonly objectId: string;
  readonly tenantId: string;
}

const secretActions = 'Microsoft.KeyVault/vaults/secrets/';

/** Data actions; `*` matches any characters. Source: Azure built-in roles, “Security”. */
const roles = {
  'Key Vault Administrator': ['Microsoft.KeyVault/vaults/*'],
  'Key Vault Secrets Officer': [`${secretActions}*`],
  'Key Vault Secrets User': [
    `${secretActions}getSecret/action`,
    `${secretActions}readMetadata/action`,
  ],
  'Key Vault Reader': ['Microsoft.KeyVault/vaults/*/read', `${secretActions}readMetadata/action`],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type RoleName = keyof typeof roles;

/** A role for the whole vault, or for one secret. */
export type RoleAssignment = RoleName | { readonly role: RoleName; readonly secret: string };

export type SecretPermission = 'get' | 'list' | 'set' | 'delete' | 'recover' | 'purge';

/** The service looks at `roles` or at `permissions`, depending on the vault's access model. */
export interface Grant {
  /** Key Vault Secrets Officer by default, if there are no `permissions` either. */
  readonly roles?: readonly RoleAssignment[];
  /** All by default, if there are no `roles` either. */
  readonly permissions?: readonly SecretPermission[];
}

const allPermissions: readonly SecretPermission[] = [
  'get',
  'list',
  'set',
  'delete',
  'recover',
  'purge',
];

/** Source: REST reference (permissions) and Azure permissions for Security (data actions). */
const needs: Readonly<
  Record<Operation, { readonly action: string; readonly permission: SecretPermission }>
> = {
  GetSecret: { action: 'getSecret/action', permission: 'get' },
  SetSecret: { action: 'setSecret/action', permission: 'set' },
  UpdateSecret: { action: 'update/action', permission: 'set' },
  DeleteSecret: { action: 'delete', permission: 'delete' },
  ListSecrets: { action: 'readMetadata/action', permission: 'list' },
  ListSecretVersions: { action: 'readMetadata/action', permission: 'list' },
  GetDeletedSecret: { action: 'readMetadata/action', permission: 'get' },
  ListDeletedSecrets: { action: 'readMetadata/action', permission: 'list' },
  RecoverDeletedSecret: { action: 'recover/action', permission: 'recover' },
  PurgeDeletedSecret: { action: 'purge/action', permission: 'purge' },
};

export type AccessModel = 'rbac' | 'policy';

export type Network =
  | { readonly kind: 'open' }
  /** Only these client addresses. */
  | { readonly kind: 'firewall'; readonly allow: readonly string[] }
  /** No public network access. */
  | { readonly kind: 'private' };

export interface Vault {
  readonly name: string;
  readonly location: string;
}

const matches = (pattern: string, action: string): boolean => {
  const [start = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === action;
  return action.startsWith(start) && action.endsWith(rest.at(-1) ?? '');
};

const describeCaller = ({ appId, objectId, tenantId }: Caller): string =>
  `appid=${appId};oid=${objectId};iss=https://sts.windows.net/${tenantId}/`;

export class Access {
  model: AccessModel = 'rbac';
  network: Network = { kind: 'open' };
  /** By object id. */
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly vault: Vault) {}

  /** Replaces what the principal may do. */
  grant(objectId: string, grant: Grant): void {
    this.grants.set(objectId, grant);
  }

  /** Throws Forbidden if the vault's network settings keep the caller out. */
  admit(caller: Caller, address: string): void {
    const { network } = this;
    const who = `Caller: ${describeCaller(caller)}\r\nVault: ${this.vaultName}`;
    if (network.kind === 'private') {
      throw forbidden(
        `Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\n${who}`,
        'ForbiddenByConnection',
      );
    }
    if (network.kind === 'firewall' && !network.allow.includes(address)) {
      throw forbidden(
        `Client address is not authorized and caller is not a trusted service.\r\nClient address: ${address}\r\n${who}`,
        'ForbiddenByFirewall',
      );
    }
  }

  /** Throws Forbidden. `secret` is the name as the request gives it; none for a list. */
  authorize(caller: Caller, operation: Operation, secret: string | undefined): void {
    const grant = this.grants.get(caller.objectId) ?? { roles: [], permissions: [] };
    const refusal =
      this.model === 'rbac'
        ? this.refusalByRole(caller, grant, operation, secret)
        : this.refusalByPolicy(caller, grant, operation);
    if (refusal !== undefined) throw refusal;
  }

  get vaultName(): string {
    return `${this.vault.name};location=${this.vault.location}`;
  }

  private refusalByRole(
    caller: Caller,
    grant: Grant,
    operation: Operation,
    secret: string | undefined,
  ): KeyVaultError | undefined {
    const action = `${secretActions}${needs[operation].action}`;
    const assignments =
      grant.roles ?? (grant.permissions === undefined ? ['Key Vault Secrets Officer'] : []);
    const allowed = assignments.some((assignment: RoleAssignment) => {
      const { role, secret: scope } =
        typeof assignment === 'string' ? { role: assignment, secret: undefined } : assignment;
      const covers = scope === undefined || scope.toUpperCase() === secret?.toUpperCase();
      return covers && roles[role].some((pattern) => matches(pattern, action));
    });
    if (allowed) return undefined;
    const resource = [
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/strongroom',
      `/providers/microsoft.keyvault/vaults/${this.vault.name}`,
      secret === undefined ? '' : `/secrets/${secret.toLowerCase()}`,
    ].join('');
    return forbidden(
      [
        'Caller is not authorized to perform action on resource.',
        'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
        `Caller: ${describeCaller(caller)}`,
        `Action: '${action}'`,
        `Resource: '${resource}'`,
        'Assignment: (not found)',
        'DenyAssignmentId: null',
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        `Vault: ${this.vaultName}`,
        '',
      ].join('\r\n'),
      'ForbiddenByRbac',
    );
  }

  private refusalByPolicy(
    { appId, objectId, tenantId }: Caller,
    grant: Grant,
    operation: Operation,
  ): KeyVaultError | undefined {
    const { permission } = needs[operation];
    const permissions = grant.permissions ?? (grant.roles === undefined ? allPermissions : []);
    if (permissions.includes(permission)) return undefined;
    return forbidden(
      `The user, group or application 'appid=${appId};oid=${objectId};numgroups=0;iss=https://sts.windows.net/${tenantId}/' does not have secrets ${permission} permission on key vault '${this.vaultName}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
      'ForbiddenByPolicy',
    );
  }
}
