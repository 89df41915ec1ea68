import { z } from 'zod';
import { appInfoSchema } from '../../model/app-info';
import { preferenceChangesSchema, preferencesSchema } from '../../model/preferences';
import { call, copiedSchema } from '../base';

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
