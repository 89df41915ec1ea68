import { z } from 'zod';
import { noticeSchema } from './notice';

/** The hosts of a core: the desktop app, the browser host, and a command while it runs. */
export const hostKinds = ['desktop', 'browser', 'serve', 'cli'] as const;
export type HostKind = (typeof hostKinds)[number];

export const appInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  host: z.enum(hostKinds),
  dataDirectory: z.string(),
  /** The runtimes that it runs on, such as Node.js. */
  runtimes: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Whether this build has a feed of releases, and so can check for updates. */
  hasReleaseFeed: z.boolean(),
  notices: z.array(noticeSchema),
});
export type AppInfo = z.infer<typeof appInfoSchema>;
