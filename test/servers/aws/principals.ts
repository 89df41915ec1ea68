/** Who may do what: access keys, roles and the policies they carry. */
import { randomBytes, randomInt } from 'node:crypto';
import { ServiceError } from './errors';

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  /** `secretsmanager:GetSecretValue`; `*` and `?` match as in IAM. */
  readonly actions: readonly string[];
  /** ARN patterns. */
  readonly resources: readonly string[];
  /** `ForAnyValue:StringEquals` on `secretsmanager:VersionStage`: applies only to requests that name one of these. */
  readonly stages?: readonly string[];
}

/** Actions without a prefix, as `GetSecretValue`, are those of the service that the stand-in is. */
export interface Grant {
  /** Allowed actions. Default: all. */
  readonly allow?: readonly string[] | undefined;
  /** ARN patterns that `allow` is limited to. Default: `['*']`. */
  readonly resources?: readonly string[] | undefined;
  /** Actions that are refused even if another statement allows them. */
  readonly deny?: readonly string[] | undefined;
  /** More statements, for cases that the short forms above cannot express. */
  readonly statements?: readonly PolicyStatement[] | undefined;
}

/** Can be the `credentials` of an SDK client. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
  readonly userId: string;
  /** Milliseconds since 1970; only temporary credentials expire. */
  expiresAt: number | undefined;
  policy: readonly PolicyStatement[];
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly roleId: string;
  readonly externalId: string | undefined;
  /** ARN patterns of the principals that may assume it. Default: all that have the permission. */
  readonly trusts: readonly string[] | undefined;
  readonly maxSessionSeconds: number;
  readonly policy: readonly PolicyStatement[];
}

/** The policy of a grant; `prefix` (as `secretsmanager`) goes in front of actions that have none. */
export function statementsOf(grant: Grant, prefix: string): PolicyStatement[] {
  const statements: PolicyStatement[] = [
    { effect: 'Allow', actions: grant.allow ?? ['*'], resources: grant.resources ?? ['*'] },
  ];
  if (grant.deny !== undefined) {
    statements.push({ effect: 'Deny', actions: grant.deny, resources: ['*'] });
  }
  return [...statements, ...(grant.statements ?? [])].map((statement) => ({
    ...statement,
    actions: statement.actions.map((action) =>
      action.includes(':') || action === '*' ? action : `${prefix}:${action}`,
    ),
  }));
}

/** `*` matches any run of characters, `?` exactly one character, anything else itself. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]');
  return new RegExp(`^${source}$`).test(text);
}

const applies = (
  statement: PolicyStatement,
  action: string,
  resource: string,
  stage: string | undefined,
): boolean =>
  (statement.stages === undefined || statement.stages.some((one) => one === stage)) &&
  statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
  statement.resources.some((pattern) => matches(pattern, resource));

export interface Permission {
  /** With its prefix, as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /**
   * The resource that the policy is matched with, and that the message names. Absent for actions without a
   * resource (ListSecrets, BatchGetSecretValue): only a statement on `*` grants those.
   */
  readonly resource?: string | undefined;
  /** The resource to match when the message names another one. */
  readonly matchAs?: string | undefined;
  /** The staging label that the request names. */
  readonly stage?: string | undefined;
}

/** Undefined when allowed, else the sentence of IAM. */
export function refusal(
  principal: Pick<AccessKey, 'arn' | 'policy'>,
  { action, resource, matchAs, stage }: Permission,
): string | undefined {
  const target = matchAs ?? resource ?? '*';
  const relevant = principal.policy.filter((statement) =>
    applies(statement, action, target, stage),
  );
  const subject = `User: ${principal.arn} is not authorized to perform: ${action}${resource === undefined ? '' : ` on resource: ${resource}`}`;
  if (relevant.some(({ effect }) => effect === 'Deny')) {
    return `${subject} with an explicit deny in an identity-based policy`;
  }
  return relevant.length > 0
    ? undefined
    : `${subject} because no identity-based policy allows the ${action} action`;
}

/** Throws AccessDeniedException. */
export function authorize(principal: AccessKey, permission: Permission): void {
  const message = refusal(principal, permission);
  if (message !== undefined) throw new ServiceError('AccessDeniedException', message);
}

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** AKIA long-lived key, ASIA temporary key, AIDA user, AROA role. */
export const uniqueId = (prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA'): string =>
  prefix +
  Array.from({ length: 16 }, () => idAlphabet.charAt(randomInt(idAlphabet.length))).join('');

export const newSecretAccessKey = (): string => randomBytes(30).toString('base64');

export const newSessionToken = (): string =>
  `IQoJb3JpZ2luX2Vj${randomBytes(96).toString('base64')}`;
