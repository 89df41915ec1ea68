/** Requests that wait for a person, as the window shows them. */
import { z } from 'zod';
import { callerKinds } from './caller';

export const approvalAnswers = ['once', 'ten-minutes', 'deny'] as const;
export type ApprovalAnswer = (typeof approvalAnswers)[number];

/** Every text in it is safe to show: see `visibleText`. */
export const pendingApprovalSchema = z.object({
  id: z.uuid(),
  /** Milliseconds since 1970, UTC. */
  since: z.number(),
  /** When no answer means no. */
  until: z.number(),
  grant: z.object({ id: z.string(), name: z.string() }),
  /** Absent for what Strongroom does by itself. */
  caller: z
    .object({
      kind: z.enum(callerKinds),
      pid: z.number().int().positive().optional(),
      /** Of the program. */
      name: z.string().optional(),
      /** The user of this computer that it runs as; absent for a caller on another machine. */
      user: z.string().optional(),
      /** Whether the program says its name and number itself, and nothing confirms them. */
      claimed: z.literal(true).optional(),
    })
    .optional(),
  /** Absent if the caller gave none. */
  reason: z.string().optional(),
  method: z.string(),
  /** Host and port. */
  host: z.string(),
  /** Without the query. */
  path: z.string(),
});
export type PendingApproval = z.infer<typeof pendingApprovalSchema>;
