import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors';
import { errorReportSchema } from '../model/error-report';

const errorData = errorReportSchema.omit({ code: true, message: true });

const errorMap = Object.fromEntries(
  errorCodes.map((code) => [code, { data: errorData }]),
) as Record<ErrorCode, { data: typeof errorData }>;

/**
 * Every call can fail with every code of the table. The message, and the cause and hint in `data`, are for a
 * person.
 */
export const call = oc.errors(errorMap);

/** Who copies: the host did, or the window gets the text and does. */
export const copiedSchema = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('host'),
    clearsAfterMs: z.number(),
    /** Whether clipboard histories were asked to leave the text out. */
    isConcealed: z.boolean(),
  }),
  z.object({ by: z.literal('window'), clearsAfterMs: z.number(), value: z.string() }),
]);
export type Copied = z.infer<typeof copiedSchema>;
