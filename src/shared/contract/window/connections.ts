import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  checkStepSchema,
  connectionOfferSchema,
  connectionFormSchema,
  connectionSettingsSchema,
  providerId,
  providerStatusSchema,
  signInStepSchema,
} from '../../model/connection';
import { call } from '../base';

const workspaceScope = z.object({ workspaceId: z.uuid() });

export const connectionsContract = {
  settings: call.input(workspaceScope).output(connectionSettingsSchema),
  /**
   * Stores the form in its scope, and returns the settings that the workspace uses then. With the scope
   * `workspace`, a workspace that used the global defaults has its own settings from now on.
   */
  save: call.input(connectionFormSchema).output(connectionSettingsSchema),
  /**
   * Gives the workspace its own settings, which start as a copy of the global defaults. Credentials are not
   * copied: they must be entered for it.
   */
  override: call.input(workspaceScope).output(connectionSettingsSchema),
  /** Returns to the global defaults: deletes the workspace's own settings and credentials. */
  useGlobal: call.input(workspaceScope).output(connectionSettingsSchema),
  /** What was found on this computer for the form of a provider. */
  offer: call.input(workspaceScope.extend({ provider: providerId })).output(connectionOfferSchema),
  /**
   * Signs in with a browser, for a form that is saved or not. What comes of it stays in memory until a form takes
   * it, or until Lock.
   */
  signIn: call.input(connectionFormSchema).output(eventIterator(signInStepSchema)),
  /** Tests the form, saved or not. Stores nothing. */
  test: call.input(connectionFormSchema).output(eventIterator(checkStepSchema)),
  status: call.input(workspaceScope).output(providerStatusSchema),
  /**
   * The status now, and after each change. While somebody listens, a server that is out of reach is probed
   * now and then: a connection is opened, and nothing is sent.
   */
  watch: call.input(workspaceScope).output(eventIterator(providerStatusSchema)),
  /** Probes a server that is out of reach at once, in the same way. */
  lookAgain: call.input(workspaceScope).output(providerStatusSchema),
};
