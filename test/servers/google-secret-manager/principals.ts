/** Who may do what: roles, and the policies of projects, secrets and service accounts. */

/** Permissions of roles, as documented in “IAM roles and permissions” of Secret Manager. */
const ROLES = {
  'roles/secretmanager.secretAccessor': ['secretmanager.versions.access'],
  'roles/secretmanager.viewer': [
    'secretmanager.secrets.get',
    'secretmanager.secrets.getIamPolicy',
    'secretmanager.secrets.list',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ],
  'roles/secretmanager.secretVersionAdder': ['secretmanager.versions.add'],
  'roles/secretmanager.secretVersionManager': [
    'secretmanager.versions.add',
    'secretmanager.versions.destroy',
    'secretmanager.versions.disable',
    'secretmanager.versions.enable',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ],
  'roles/secretmanager.admin': [
    'secretmanager.secrets.create',
    'secretmanager.secrets.delete',
    'secretmanager.secrets.get',
    'secretmanager.secrets.getIamPolicy',
    'secretmanager.secrets.list',
    'secretmanager.secrets.setIamPolicy',
    'secretmanager.secrets.update',
    'secretmanager.versions.access',
    'secretmanager.versions.add',
    'secretmanager.versions.destroy',
    'secretmanager.versions.disable',
    'secretmanager.versions.enable',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ],
  'roles/serviceusage.serviceUsageConsumer': ['serviceusage.services.use'],
  'roles/iam.serviceAccountTokenCreator': ['iam.serviceAccounts.getAccessToken'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type RoleName = keyof typeof ROLES;

export const isRole = (name: string): name is RoleName => Object.hasOwn(ROLES, name);

export interface Principal {
  readonly kind: 'serviceAccount' | 'user';
  readonly email: string;
  /** The id of a service account's project. */
  readonly project: string | undefined;
}

/** As a policy names a principal: `user:anna@example.com`. */
export const memberOf = ({ kind, email }: Principal): string => `${kind}:${email}`;

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
}

/** A grant on a resource is also one on everything inside it. */
const isInside = (resource: string, outer: string): boolean =>
  resource === outer || resource.startsWith(`${outer}/`);

/** Policies by resource name. Names of projects have their numbers. */
export class Policies {
  private readonly bindings = new Map<string, readonly Binding[]>();

  of(resource: string): readonly Binding[] {
    return this.bindings.get(resource) ?? [];
  }

  set(resource: string, bindings: readonly Binding[]): void {
    this.bindings.set(
      resource,
      bindings.filter(({ members }) => members.length > 0),
    );
  }

  grant(member: string, role: RoleName, resource: string): void {
    const members = this.of(resource).find((binding) => binding.role === role)?.members ?? [];
    this.replace(resource, role, [...new Set([...members, member])]);
  }

  withdraw(member: string, role: RoleName, resource: string): void {
    const members = this.of(resource).find((binding) => binding.role === role)?.members ?? [];
    this.replace(
      resource,
      role,
      members.filter((other) => other !== member),
    );
  }

  allows(principal: Principal, permission: string, resource: string): boolean {
    const member = memberOf(principal);
    return [...this.bindings].some(
      ([outer, bindings]) =>
        isInside(resource, outer) &&
        bindings.some(
          ({ role, members }) =>
            isRole(role) &&
            members.includes(member) &&
            (ROLES[role] as readonly string[]).includes(permission),
        ),
    );
  }

  private replace(resource: string, role: RoleName, members: readonly string[]): void {
    const others = this.of(resource).filter((binding) => binding.role !== role);
    this.set(resource, [...others, { role, members }]);
  }
}
