import { z } from 'zod';
import { errorCodes } from '../errors';

const errorDetailsSchema = z.object({
  status: z.number().optional(),
  requestId: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  serverCode: z.string().optional(),
  field: z.string().optional(),
  suggestion: z.string().optional(),
  until: z.number().optional(),
});

/** What of an error crosses to the window, see `ErrorReport`. */
export const errorReportSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  cause: z.string().optional(),
  hint: z.string(),
  details: errorDetailsSchema.optional(),
});
