import type { AuditEntry, AuditEvent, AuditVerdict } from '@shared/model/audit';
import { visibleText } from '@shared/model/visible-text';
import { formatCount, plural } from '@renderer/lib/format';

export const eventWords = {
  request: 'Request',
  'grant-created': 'Created a grant',
  'grant-updated': 'Changed a grant',
  'grant-rotated': 'Replaced a secret',
  'grant-cloned': 'Cloned a grant',
  'grant-disabled': 'Disabled a grant',
  'grant-enabled': 'Enabled a grant',
  'grant-deleted': 'Deleted a grant',
  'client-created': 'Created a client',
  'client-updated': 'Changed a client',
  'client-revoked': 'Revoked a client',
  'signed-in': 'Signed in',
  'sign-in-failed': 'Could not sign in',
  unlocked: 'Unlocked',
  'unlock-failed': 'Could not unlock',
  locked: 'Locked',
  'protection-changed': 'Changed protection',
  'key-replaced': 'Replaced the key',
  revealed: 'Revealed',
  copied: 'Copied',
  exported: 'Exported',
  'workspace-deleted': 'Deleted a workspace',
} as const satisfies Record<AuditEvent, string>;

export const decisionWords = { allowed: 'allowed', refused: 'refused' } as const;

const LONGEST = 200;

/** Text of the audit, which other programs may have written. */
export const shown = (text: string | undefined): string => visibleText(text ?? '', LONGEST);

/** `GET api.stripe.com/v1/balance`; empty if the entry is about no request. */
export const requestText = ({ method, host, path }: AuditEntry): string =>
  method === undefined
    ? ''
    : visibleText(`${method} ${host ?? ''}${path ?? ''}`, LONGEST, { cut: 'middle' });

/** What an entry is about, without the grant and the request. */
export const placeText = ({ grant, workspace, environment, secret, detail }: AuditEntry): string =>
  shown(
    [environment ?? secret ?? (grant === undefined ? workspace : undefined), detail]
      .filter((part) => part !== undefined && part !== '')
      .join(': '),
  );

const faults = {
  changed: 'This entry was changed after it was written.',
  missing: 'Entries before it were removed.',
  cut: 'Entries after it were removed.',
} as const;

/** What a check of the chain has found, in one or two sentences. */
export function verdictText({ holds, entries, brokenAt = 0, because }: AuditVerdict): string {
  if (holds)
    return `The chain is intact: ${plural(entries, 'entry', 'entries')}, none changed or removed.`;
  const where = `The chain breaks at entry ${formatCount(brokenAt)}.`;
  return because === undefined ? where : `${where} ${faults[because]}`;
}
