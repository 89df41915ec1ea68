import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  checkStepSchema,
  connectionFormSchema,
  connectionSettingsSchema,
  providerStatusSchema,
} from '../../model/connection';
import { call } from '../base';

const workspaceScope = z.object({ workspaceId: z.uuid() });

export const connectionsContract = {
  settings: call.input(workspaceScope).output(connectionSettingsSchema),
  /**
   * Stores the form in its scope, and answers with what the workspace uses then. With `workspace`, a
   * workspace that was on the global defaults has its own settings from now on.
   */
  save: call.input(connectionFormSchema).output(connectionSettingsSchema),
  /**
   * Gives the workspace its own settings, which start as a copy of the global defaults. Credentials are not
   * copied: they must be entered for it.
   */
  override: call.input(workspaceScope).output(connectionSettingsSchema),
  /** Back to the global defaults: forgets the workspace's own settings and credentials. */
  useGlobal: call.input(workspaceScope).output(connectionSettingsSchema),
  /** Tests the form as it stands, saved or not. Stores nothing. */
  test: call.input(connectionFormSchema).output(eventIterator(checkStepSchema)),
  status: call.input(workspaceScope).output(providerStatusSchema),
  /**
   * The status, and again at each change. While it is followed, a server that is out of reach is looked
   * for now and then, by connecting to it: nothing is sent.
   */
  watch: call.input(workspaceScope).output(eventIterator(providerStatusSchema)),
  /** Looks now, in the same way, whether a server that is out of reach is back. */
  lookAgain: call.input(workspaceScope).output(providerStatusSchema),
};
