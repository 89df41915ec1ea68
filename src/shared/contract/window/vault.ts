import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { changeSetSchema } from '../../model/change-set';
import { environmentSchema } from '../../model/environment';
import { providerIds } from '../../providers/descriptor';
import { errorReportSchema } from '../../model/error-report';
import { call } from '../base';

const providerId = z.enum(providerIds);
const workspaceScope = z.object({ workspaceId: z.uuid() });

/** Settings of the form: texts, choices and switches by field name. Never credentials. */
export const formValuesSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));
export type FormValues = z.infer<typeof formValuesSchema>;

/** What to do with each stored credential; a field that is not named is kept. */
export const credentialChangesSchema = z.record(
  z.string(),
  z.discriminatedUnion('action', [
    z.object({ action: z.literal('keep') }),
    z.object({ action: z.literal('replace'), value: z.string().max(65_536) }),
    z.object({ action: z.literal('remove') }),
  ]),
);
export type CredentialChanges = z.infer<typeof credentialChangesSchema>;

/** What settings are for: every workspace without its own, or one workspace alone. */
export const settingsScopes = ['global', 'workspace'] as const;
export type SettingsScope = (typeof settingsScopes)[number];

export const vaultFormSchema = z.object({
  workspaceId: z.uuid(),
  /** Which settings the form is about. Left out: those that the workspace uses (`source`). */
  scope: z.enum(settingsScopes).optional(),
  provider: providerId,
  values: formValuesSchema,
  credentials: credentialChangesSchema,
});
export type VaultForm = z.infer<typeof vaultFormSchema>;

export const providerSettingsSchema = z.object({
  values: formValuesSchema,
  /** Names of the credentials that are stored. The credentials themselves never come back. */
  savedCredentials: z.array(z.string()),
  /** Whether this provider has been set up and saved. */
  saved: z.boolean(),
});

export const vaultSettingsSchema = z.object({
  /** Where these settings come from. */
  source: z.enum(settingsScopes),
  provider: providerId,
  /** The form of every provider, so that choosing another and back loses nothing. */
  providers: z.record(providerId, providerSettingsSchema),
});
export type VaultSettings = z.infer<typeof vaultSettingsSchema>;

/** One step of Test Connection. Sent when it starts (`running`) and again, with the same id, when it ends. */
export const checkStepSchema = z.object({
  id: z.string(),
  label: z.string(),
  status: z.enum([
    'running',
    'passed',
    'failed',
    'warned',
    /** There was nothing to test, or no way to: the detail says which. */
    'skipped',
    /** An earlier step failed. */
    'not-reached',
  ]),
  /** What was found, in a few words. */
  detail: z.string().optional(),
  durationMs: z.number().optional(),
  error: errorReportSchema.optional(),
});
export type CheckStep = z.infer<typeof checkStepSchema>;

export const skippedSchema = z.object({
  path: z.string(),
  error: errorReportSchema,
});
export type Skipped = z.infer<typeof skippedSchema>;

export const pullSummarySchema = z.object({
  type: z.literal('summary'),
  /** Paths for which an environment was made. */
  created: z.array(z.string()),
  /** Paths that had an environment already; their values were fetched anew. */
  existing: z.array(z.string()),
  /** Secrets and folders that were found but could not be read, and why. */
  skipped: z.array(skippedSchema),
  /** Synced environments whose path the provider no longer lists. */
  missing: z.array(z.string()),
  durationMs: z.number(),
});
export type PullSummary = z.infer<typeof pullSummarySchema>;

export const pullProgressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listing'), found: z.number().int() }),
  z.object({ type: z.literal('reading'), done: z.number().int(), total: z.number().int() }),
  pullSummarySchema,
]);
export type PullProgress = z.infer<typeof pullProgressSchema>;

/** The last answer of the provider in use. */
export const providerStatusSchema = z.object({
  provider: providerId,
  state: z.enum(['not-configured', 'unknown', 'ok', 'failed', 'offline']),
  latencyMs: z.number().optional(),
  at: z.number().optional(),
  /** Of `offline`: since when, and when it is looked for next; milliseconds since 1970, UTC. */
  since: z.number().optional(),
  nextLookAt: z.number().optional(),
  error: errorReportSchema.optional(),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

/** Unsaved edits of one environment, as the window holds them. */
export const draftSchema = z.object({
  id: z.uuid(),
  /** What the edits were made on. */
  base: z.string(),
  changes: changeSetSchema,
});
export type Draft = z.infer<typeof draftSchema>;

export const pushActions = [
  /** Nothing is there: it is written, and linked where it was not. */
  'create',
  /** What is there is replaced by the edited version. */
  'update',
  /** The same is there already: nothing is written, it is only linked. */
  'link',
  /** There is nothing to push. */
  'none',
  /** It would not be pushed: `error` says why. */
  'refused',
] as const;
export type PushAction = (typeof pushActions)[number];

/** What Push All would do with one environment. */
export const pushRowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  path: z.string(),
  action: z.enum(pushActions),
  /** Keys that would come, have another value, and go at the provider. */
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  error: errorReportSchema.optional(),
});
export type PushRow = z.infer<typeof pushRowSchema>;

export const pushedSchema = z.object({ id: z.uuid(), name: z.string(), path: z.string() });
export type Pushed = z.infer<typeof pushedSchema>;

export const notPushedSchema = pushedSchema.extend({ error: errorReportSchema });
export type NotPushed = z.infer<typeof notPushedSchema>;

export const pushSummarySchema = z.object({
  type: z.literal('summary'),
  pushed: z.array(pushedSchema),
  /** Each as it was before: its edits are still unsaved, and it can be tried again alone. */
  failed: z.array(notPushedSchema),
  /** There was nothing to push. */
  unchanged: z.array(pushedSchema),
  durationMs: z.number(),
});
export type PushSummary = z.infer<typeof pushSummarySchema>;

export const pushProgressSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('pushing'),
    done: z.number().int(),
    total: z.number().int(),
    /** The environment that has just been dealt with. With an error its edits are still unsaved. */
    finished: pushedSchema.extend({ error: errorReportSchema.optional() }).optional(),
  }),
  pushSummarySchema,
]);
export type PushProgress = z.infer<typeof pushProgressSchema>;

export const vaultContract = {
  settings: call.input(workspaceScope).output(vaultSettingsSchema),
  /**
   * Stores the form in its scope, and answers with what the workspace uses then. With `workspace`, a
   * workspace that was on the global defaults has its own settings from now on.
   */
  save: call.input(vaultFormSchema).output(vaultSettingsSchema),
  /**
   * Gives the workspace settings of its own, beginning as a copy of the global defaults. Credentials
   * are not copied: they have to be entered for it.
   */
  override: call.input(workspaceScope).output(vaultSettingsSchema),
  /** Back to the global defaults: forgets the workspace's own settings and credentials. */
  useGlobal: call.input(workspaceScope).output(vaultSettingsSchema),
  /** Tests the form as it stands, saved or not. Stores nothing. */
  test: call.input(vaultFormSchema).output(eventIterator(checkStepSchema)),
  /** Lists the provider's secrets, makes missing environments, fetches the values into memory. */
  pullAll: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /**
   * Pull All, once after each start and only where Auto Sync is on; otherwise the stream ends at once.
   */
  autoSync: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /**
   * Brings back what was deleted at a path, and pulls it; an environment is made for it where there is
   * none. Gives the environment. Throws as `recover` and `read` of the provider do.
   */
  bringBack: call.input(workspaceScope.extend({ path: z.string() })).output(environmentSchema),
  /** What Push All would do, in the order of the environments. Reads, and writes nothing. */
  pushPlan: call
    .input(workspaceScope.extend({ drafts: z.array(draftSchema) }))
    .output(z.array(pushRowSchema)),
  /**
   * Pushes these environments, with their drafts. What one is refused for does not stop the others. An
   * environment that is not synced is linked to its path, as switching sync on does. With `restore`,
   * what is scheduled for deletion at a path is brought back first, and written over.
   */
  pushAll: call
    .input(
      workspaceScope.extend({
        drafts: z.array(draftSchema),
        ids: z.array(z.uuid()),
        restore: z.boolean().optional(),
      }),
    )
    .output(eventIterator(pushProgressSchema)),
  status: call.input(workspaceScope).output(providerStatusSchema),
  /**
   * The status, and again at each change. While it is followed, a server that is out of reach is looked
   * for now and then, by connecting to it: nothing is sent.
   */
  watch: call.input(workspaceScope).output(eventIterator(providerStatusSchema)),
  /** Looks now, in the same way, whether a server that is out of reach is back. */
  lookAgain: call.input(workspaceScope).output(providerStatusSchema),
};
