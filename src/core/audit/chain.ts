/** How the entries of the audit are chained. The format is part of the stored data: see decision 42. */
import { createHash } from 'node:crypto';
import type { AuditHead, AuditRow } from '@core/storage/audit';

/** SHA-256 over the hash of the entry before, the number, the time and the content, one per line. */
const hashOf = (before: string, { seq, at, content }: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256')
    .update(`${before}\n${String(seq)}\n${String(at)}\n${content}`)
    .digest('hex');

/** The entries that follow the last one, each after the one before. */
export function chained(
  last: AuditHead | undefined,
  at: number,
  contents: readonly string[],
): AuditRow[] {
  let before = last ?? BEGINNING;
  return contents.map((content) => {
    const row = { seq: before.seq + 1, at, content };
    const next = { ...row, hash: hashOf(before.hash, row) };
    before = next;
    return next;
  });
}

/** Why an entry does not follow another; `undefined` if it does. */
export function faultBetween(
  before: AuditHead,
  { hash, ...row }: AuditRow,
): 'missing' | 'changed' | undefined {
  if (row.seq !== before.seq + 1) return 'missing';
  return hash === hashOf(before.hash, row) ? undefined : 'changed';
}

/** What the first entry follows. */
export const BEGINNING: AuditHead = { seq: 0, hash: '' };
