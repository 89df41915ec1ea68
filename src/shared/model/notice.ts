import { z } from 'zod';
import { remedySchema } from './error-report';

/** A fault at start that Strongroom survived, such as a damaged file that it set aside. */
export const noticeSchema = z.object({
  id: z.string(),
  level: z.enum(['info', 'warning']),
  title: z.string(),
  text: z.string(),
  remedy: remedySchema.optional(),
});
export type Notice = z.infer<typeof noticeSchema>;
