import { z } from 'zod';

/** Something that went wrong at start and was survived, such as a damaged file that was set aside. */
export const noticeSchema = z.object({
  id: z.string(),
  level: z.enum(['info', 'warning']),
  title: z.string(),
  text: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;
