import { z } from 'zod';
import { remedySchema } from './error-report';

/** Something that went wrong at start and was survived, such as a damaged file that was set aside. */
export const noticeSchema = z.object({
  id: z.string(),
  level: z.enum(['info', 'warning']),
  title: z.string(),
  text: z.string(),
  remedy: remedySchema.optional(),
});
export type Notice = z.infer<typeof noticeSchema>;
