import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors';
import { errorReportSchema } from '../model/error-report';

const errorData = errorReportSchema.omit({ code: true, message: true });

const errorMap = Object.fromEntries(
  errorCodes.map((code) => [code, { data: errorData }]),
) as Record<ErrorCode, { data: typeof errorData }>;

/** Every call may fail with every code of the table: the message is for a person, and so are cause and hint in `data`. */
export const call = oc.errors(errorMap);

/** What became of a copy: the host has a clipboard, or the window gets the text to write itself. */
export const copiedSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('host'), clearsAfterMs: z.number() }),
  z.object({ by: z.literal('window'), clearsAfterMs: z.number(), value: z.string() }),
]);
