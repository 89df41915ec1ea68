import { z } from 'zod';
import { noticeSchema } from './notice';

export const appInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  host: z.enum(['desktop', 'browser']),
  dataDirectory: z.string(),
  /** The runtimes below it, such as Node.js. */
  runtimes: z.array(z.object({ name: z.string(), version: z.string() })),
  notices: z.array(noticeSchema),
});
export type AppInfo = z.infer<typeof appInfoSchema>;
