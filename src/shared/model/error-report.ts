import { z } from 'zod';
import { errorCodes, type ErrorReport, type Remedy } from '../errors';

const errorDetailsSchema = z.object({
  status: z.number().optional(),
  requestId: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  serverCode: z.string().optional(),
  field: z.string().optional(),
  suggestion: z.string().optional(),
  owner: z.string().optional(),
  rule: z.string().optional(),
  until: z.number().optional(),
});

export const remedySchema: z.ZodType<Remedy> = z.union([
  z.object({ open: z.literal('connection'), field: z.string().optional() }),
  z.object({ open: z.enum(['protection', 'workspaces', 'environments']) }),
  z.object({ do: z.enum(['unlock', 'pull', 'undelete']) }),
  z.object({ run: z.string() }),
  z.object({ handOver: z.string() }),
]);

/** The part of an error that leaves the core, see `ErrorReport`. */
export const errorReportSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  cause: z.string().optional(),
  hint: z.string(),
  remedy: z.optional(remedySchema),
  details: z.optional(errorDetailsSchema),
});

/** The error that a call of a contract failed with; `undefined` for any other error. */
export function reportIn(error: {
  readonly code: string;
  readonly message: string;
  readonly data: unknown;
}): ErrorReport | undefined {
  const { code, message, data } = error;
  return errorReportSchema.safeParse({
    code,
    message,
    ...(typeof data === 'object' ? data : undefined),
  }).data;
}
