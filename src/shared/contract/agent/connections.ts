import { eventIterator } from '@orpc/contract';
import {
  checkStepSchema,
  connectionFormSchema,
  connectionSettingsSchema,
  providerStatusSchema,
  signInStepSchema,
} from '../../model/connection';
import { workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

const formSchema = workspaceSelectorSchema.extend(
  connectionFormSchema.omit({ workspaceId: true }).shape,
);

/** Credentials go in, and never come out. */
export const connectionsContract = {
  /** The settings of every provider, and the one in use. */
  settings: call.input(workspaceSelectorSchema).output(connectionSettingsSchema),
  /** Stores a form, and returns the settings that the workspace uses then. */
  save: call.input(formSchema).output(connectionSettingsSchema),
  /** Signs in with a browser, for a form. A save or a test can take what comes of it. */
  signIn: call.input(formSchema).output(eventIterator(signInStepSchema)),
  /** Tests a form, or the settings in use. Stores nothing. A failed test is a step, not an error. */
  test: call
    .input(
      workspaceSelectorSchema.extend({ form: formSchema.omit({ workspace: true }).optional() }),
    )
    .output(eventIterator(checkStepSchema)),
  /** Returns to the global defaults: deletes the workspace's own settings and credentials. */
  remove: call.input(workspaceSelectorSchema).output(connectionSettingsSchema),
  /** The last answer of the provider in use. */
  status: call.input(workspaceSelectorSchema).output(providerStatusSchema),
};
