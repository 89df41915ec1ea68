import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appInfoSchema } from '../../model/app-info';
import { commandLinkSchema } from '../../model/command-link';
import { preferenceChangesSchema, preferencesSchema } from '../../model/preferences';
import { updateStatusSchema } from '../../model/update';
import { call, copiedSchema } from '../base';

export const appContract = {
  info: call.output(appInfoSchema),
  /** Copies a text that is not secret. `window`: the host has no clipboard, so the window copies it. */
  copyText: call
    .input(z.object({ text: z.string().max(1024 * 1024) }))
    .output(z.object({ by: z.enum(['host', 'window']) })),
  /** Copies a text that contains values; the clipboard is cleared after a while. */
  copySecret: call.input(z.object({ text: z.string() })).output(copiedSchema),
  /** Whether a terminal finds `strongroom`, and which one. */
  command: call.output(commandLinkSchema),
  /** Links the command in a folder of the person. Throws `ALREADY_EXISTS` if another file is there. */
  installCommand: call.output(commandLinkSchema),
  /** Removes the link, and no other file. */
  removeCommand: call.output(commandLinkSchema),
  /**
   * An event after each change in a workspace that did not come from this window, and after each new notice. What
   * changed, it looks up.
   */
  changes: call.input(z.object({ workspaceId: z.uuid() })).output(eventIterator(z.object({}))),
  /** What the last check for updates found. */
  updates: call.output(updateStatusSchema),
  /** Reads the feed of releases now. Throws `INVALID_INPUT` if this build has none. */
  checkForUpdates: call.output(updateStatusSchema),
  preferences: call.output(preferencesSchema),
  savePreferences: call.input(preferenceChangesSchema).output(z.void()),
  dismissNotice: call.input(z.object({ id: z.string() })).output(z.void()),
};
