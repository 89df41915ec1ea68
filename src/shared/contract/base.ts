import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors';

export const errorDetailsSchema = z.object({
  status: z.number().optional(),
  requestId: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  serverCode: z.string().optional(),
  field: z.string().optional(),
  suggestion: z.string().optional(),
  until: z.number().optional(),
});

export const errorReportSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string(),
  details: errorDetailsSchema.optional(),
});

const errorData = z.object({ hint: z.string(), details: errorDetailsSchema.optional() });

const errorMap = Object.fromEntries(
  errorCodes.map((code) => [code, { data: errorData }]),
) as Record<ErrorCode, { data: typeof errorData }>;

/** Every call may fail with every code of the table: the message is for a person, `data.hint` too. */
export const call = oc.errors(errorMap);

/** What became of a copy: the host has a clipboard, or the window gets the text to write itself. */
export const copiedSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('host'), clearsAfterMs: z.number() }),
  z.object({ by: z.literal('window'), clearsAfterMs: z.number(), value: z.string() }),
]);
