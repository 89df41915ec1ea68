import { z } from 'zod';
import { preferenceChangesSchema, preferencesSchema } from '../../model/preferences';
import { call, copiedSchema } from '../base';

/** Something that went wrong at start and was survived, such as a damaged file that was set aside. */
export const noticeSchema = z.object({
  id: z.string(),
  level: z.enum(['info', 'warning']),
  title: z.string(),
  text: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const appInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  host: z.enum(['desktop', 'browser']),
  dataDirectory: z.string(),
  /** What it runs on, such as Node.js. */
  runtimes: z.array(z.object({ name: z.string(), version: z.string() })),
  notices: z.array(noticeSchema),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const appContract = {
  info: call.output(appInfoSchema),
  /**
   * Puts a text that is no secret on the clipboard. `window`: the host has none, and the window puts it
   * there itself.
   */
  copyText: call
    .input(z.object({ text: z.string().max(1024 * 1024) }))
    .output(z.object({ by: z.enum(['host', 'window']) })),
  /** Puts a text with values in it on the clipboard, for a while. */
  copySecret: call.input(z.object({ text: z.string() })).output(copiedSchema),
  preferences: call.output(preferencesSchema),
  savePreferences: call.input(preferenceChangesSchema).output(z.void()),
  dismissNotice: call.input(z.object({ id: z.string() })).output(z.void()),
};
