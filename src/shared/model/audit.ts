/** The audit: what was done with secrets, by whom, and what was refused. Entries are chained by their hashes. */
import { z } from 'zod';
import { callerSchema } from './caller';

export const auditEvents = [
  /** A request with a grant, sent or refused. */
  'request',
  'grant-created',
  'grant-updated',
  'grant-rotated',
  'grant-cloned',
  'grant-disabled',
  'grant-enabled',
  'grant-deleted',
  /** A provider accepted the credential of a connection; once for each login, and for each Test Connection. */
  'signed-in',
  'sign-in-failed',
  'client-created',
  'client-updated',
  'client-revoked',
  'unlocked',
  'unlock-failed',
  'locked',
  'protection-changed',
  'key-replaced',
  'revealed',
  'copied',
  'exported',
  'workspace-deleted',
] as const;
export type AuditEvent = (typeof auditEvents)[number];

export const auditDecisions = ['allowed', 'refused'] as const;

/** What one entry says. It never holds a value, a header or a body. */
export const auditContentSchema = z.object({
  event: z.enum(auditEvents),
  /** The user of this computer that Strongroom runs as. */
  actor: z.string(),
  /** Absent for what Strongroom did by itself. */
  caller: callerSchema.optional(),
  /** The reason that the caller gave. */
  reason: z.string().optional(),
  /** The name of the workspace, which may be deleted by now. */
  workspace: z.string().optional(),
  environment: z.string().optional(),
  /** The path of a secret at its provider. */
  secret: z.string().optional(),
  grant: z.object({ id: z.string(), name: z.string() }).optional(),
  method: z.string().optional(),
  /** Host and port. */
  host: z.string().optional(),
  /** Without the query. */
  path: z.string().optional(),
  decision: z.enum(auditDecisions).optional(),
  /** What decided: a rule of the grant, or a limit of Strongroom. */
  rule: z.string().optional(),
  /** The HTTP status of the answer; absent if there was none. */
  status: z.number().int().optional(),
  /** Milliseconds until the answer began, or until the request failed. */
  duration: z.number().optional(),
  /** The code of the error that the caller got. */
  error: z.string().optional(),
  /** The names of what was changed or given out, or another remark. */
  detail: z.string().optional(),
});
export type AuditContent = z.infer<typeof auditContentSchema>;

export const auditEntrySchema = auditContentSchema.extend({
  /** 1 for the first entry, without gaps. */
  seq: z.number().int(),
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
  /** SHA-256 over the hash of the entry before and this entry, in hexadecimal. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Which entries are listed or exported. */
export const auditFilterSchema = z.object({
  /** Default: all. */
  events: z.array(z.enum(auditEvents)).optional(),
  /** The id of a grant, or a name that it had. */
  grant: z.string().optional(),
  decision: z.enum(auditDecisions).optional(),
  callers: z.array(callerSchema.shape.kind).optional(),
  /** Milliseconds since 1970, UTC; entries from this moment on. */
  since: z.number().optional(),
  /** Entries before this moment. */
  until: z.number().optional(),
  /** Any field must contain this text, in any case. */
  text: z.string().max(200).optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const auditVerdictSchema = z.object({
  holds: z.boolean(),
  /** How many entries were checked. */
  entries: z.number().int(),
  /** The hash of the last entry; empty without entries. Note it elsewhere to detect a rewritten audit. */
  head: z.string(),
  /** The first entry that does not fit. */
  brokenAt: z.number().int().optional(),
  /**
   * `changed`: the entry is not what it was when it was written. `missing`: entries are gone before it. `cut`:
   * the entries after it are gone.
   */
  because: z.enum(['changed', 'missing', 'cut']).optional(),
  /** Whether the hash that was asked for is that of an entry. Absent if none was asked for. */
  contains: z.boolean().optional(),
});
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;

export const auditFormats = ['jsonl', 'csv'] as const;
export type AuditFormat = (typeof auditFormats)[number];
