/** The audit as lines of a file. */
import type { AuditEntry } from '@shared/model/audit';

const timeOf = ({ at }: AuditEntry): string => new Date(at).toISOString();

/** JSON, with the time in ISO 8601, UTC. */
export function jsonLine({ at, ...entry }: AuditEntry): string {
  return `${JSON.stringify({ ...entry, at: timeOf({ at, ...entry }) })}\n`;
}

const columns: Readonly<Record<string, (entry: AuditEntry) => string | number | undefined>> = {
  seq: ({ seq }) => seq,
  at: timeOf,
  event: ({ event }) => event,
  actor: ({ actor }) => actor,
  caller: ({ caller }) => caller?.kind,
  pid: ({ caller }) => caller?.process?.pid,
  program: ({ caller }) => caller?.process?.name,
  address: ({ caller }) => caller?.address,
  reason: ({ reason }) => reason,
  workspace: ({ workspace }) => workspace,
  environment: ({ environment }) => environment,
  secret: ({ secret }) => secret,
  grant: ({ grant }) => grant?.id,
  grantName: ({ grant }) => grant?.name,
  method: ({ method }) => method,
  host: ({ host }) => host,
  path: ({ path }) => path,
  decision: ({ decision }) => decision,
  rule: ({ rule }) => rule,
  status: ({ status }) => status,
  duration: ({ duration }) => duration,
  error: ({ error }) => error,
  detail: ({ detail }) => detail,
  hash: ({ hash }) => hash,
};

/** With the line break of RFC 4180. */
const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

export const CSV_HEADER = line(Object.keys(columns));

export const csvLine = (entry: AuditEntry): string =>
  line(Object.values(columns).map((column) => cellOf(column(entry))));

/**
 * Quoted if it has to be (RFC 4180). Names and reasons come from other programs, and a spreadsheet would run a text
 * that begins like a formula, so an apostrophe goes before it.
 */
function cellOf(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
