import type { CredentialType, Grant } from '@shared/model/grant';
import { templateNamed } from '@shared/model/grant-templates';
import type { Caller } from '@shared/model/caller';
import type { Verdict } from '@shared/model/policy';

export const typeWords = {
  bearer: 'Bearer',
  'api-key': 'API key',
  basic: 'Basic',
  sigv4: 'AWS SigV4',
} as const satisfies Record<CredentialType, string>;

export const callerLabels = {
  window: 'Window',
  cli: 'Command line',
  sdk: 'Library',
  mcp: 'MCP clients',
  serve: 'Other machines',
} as const satisfies Record<Caller['kind'], string>;

export const verdictWords = {
  allow: 'Allow',
  ask: 'Ask',
  deny: 'Deny',
} as const satisfies Record<Verdict, string>;

/** The service that a grant is for, or the type of its credential. */
export const serviceOf = ({ template, type }: Pick<Grant, 'template' | 'type'>): string =>
  templateNamed(template ?? '')?.name ?? typeWords[type];

const secretLabels: Readonly<Record<string, string>> = {
  token: 'Token',
  username: 'User name',
  password: 'Password',
  accessKeyId: 'Access key ID',
  secretAccessKey: 'Secret access key',
  sessionToken: 'Session token',
};

/** What a secret is called, at its service if the template says so. */
export function secretLabel(
  name: string,
  { template, type }: { readonly template?: string | undefined; readonly type: CredentialType },
): string {
  const own = templateNamed(template ?? '')?.labels?.[name];
  if (own !== undefined) return `${own.charAt(0).toUpperCase()}${own.slice(1)}`;
  if (type === 'api-key' && name === 'token') return 'API key';
  return secretLabels[name] ?? name;
}

/** The state that is shown: one that is active and was never used is “not used yet”. */
export type ShownState = Grant['state'] | 'unused';

export const shownState = ({ state, usedAt }: Pick<Grant, 'state' | 'usedAt'>): ShownState =>
  state === 'active' && usedAt === undefined ? 'unused' : state;

export const stateWords = {
  active: 'active',
  unused: 'not used yet',
  disabled: 'disabled',
  expired: 'expired',
  ended: 'ended',
} as const satisfies Record<ShownState, string>;

/** The time zone of this computer. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
