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
