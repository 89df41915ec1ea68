/** Settings of a provider, findings of Test Connection, and the status of the server. */
import { z } from 'zod';
import { providerIds } from '../providers/descriptor';
import { errorReportSchema } from './error-report';
import { formValuesSchema } from './form-values';

export const providerId = z.enum(providerIds);

/** What to do with each stored credential; a missing field is kept. */
const credentialChangesSchema = z.record(
  z.string(),
  z.discriminatedUnion('action', [
    z.object({ action: z.literal('keep') }),
    z.object({ action: z.literal('replace'), value: z.string().max(65_536) }),
    z.object({ action: z.literal('remove') }),
    /** The one that was found on this computer: see `connectionOfferSchema`. */
    z.object({ action: z.literal('take') }),
  ]),
);
export type CredentialChanges = z.infer<typeof credentialChangesSchema>;

/** Settings are for every workspace without its own settings, or for one workspace. */
const settingsScopes = ['global', 'workspace'] as const;
export type SettingsScope = (typeof settingsScopes)[number];

export const connectionFormSchema = z.object({
  workspaceId: z.uuid(),
  /** The settings that the form edits. Default: those that the workspace uses (`source`). */
  scope: z.enum(settingsScopes).optional(),
  provider: providerId,
  values: formValuesSchema,
  credentials: credentialChangesSchema,
});
export type ConnectionForm = z.infer<typeof connectionFormSchema>;

/** What other tools left on this computer, for a form to be filled with. */
export const connectionOfferSchema = z.object({
  /** Values to choose from, by the name of the field. Others can be typed. */
  choices: z.record(z.string(), z.array(z.string())).optional(),
  proposal: z
    .object({
      values: formValuesSchema,
      /** The names of the credentials that a form can take. Their texts stay in the core. */
      credentials: z.array(z.string()),
      /** Where they were found, such as `VAULT_ADDR` or `~/.vault-token`. */
      from: z.array(z.string()),
      /** Which of those the credentials are from. */
      credentialsFrom: z.string().optional(),
    })
    .optional(),
});
export type ConnectionOffer = z.infer<typeof connectionOfferSchema>;

/** What fields of a form can be filled with after a sign-in, such as the accounts and roles of a person. */
const signInChoicesSchema = z.object({
  /** Values of fields that belong together, by the name of the field, each in the same order. */
  combinations: z.array(z.record(z.string(), z.string())),
  /** What a value is called, such as the name of an account. */
  names: z.record(z.string(), z.string()),
});
export type SignInChoices = z.infer<typeof signInChoicesSchema>;

/** A step of a sign-in that a person finishes in a browser. */
export const signInStepSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    /** The page to sign in at: https, or on this computer. */
    url: z.string(),
    /** To be compared with what the page shows. */
    code: z.string().optional(),
    /** Whether the host has opened the page already. */
    opened: z.boolean(),
  }),
  z.object({
    type: z.literal('done'),
    /** The names of the credentials that a form can take now. */
    credentials: z.array(z.string()),
    /** Milliseconds since 1970, UTC. */
    expiresAt: z.number().optional(),
    choices: z.optional(signInChoicesSchema),
  }),
]);
export type SignInStep = z.infer<typeof signInStepSchema>;

const providerSettingsSchema = z.object({
  values: formValuesSchema,
  /** Names of the credentials that are stored. The credentials themselves never come back. */
  savedCredentials: z.array(z.string()),
  /** By name: what a credential is stored for, if these values lead elsewhere. See `destinationOf`. */
  savedElsewhere: z.record(z.string(), z.string()),
  /** Whether this provider has been set up and saved. */
  saved: z.boolean(),
});

export const connectionSettingsSchema = z.object({
  /** Where these settings come from. */
  source: z.enum(settingsScopes),
  provider: providerId,
  /** The form of every provider, so that choosing another and back loses nothing. */
  providers: z.record(providerId, providerSettingsSchema),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

/** One step of Test Connection. Sent when it starts (`running`) and again, with the same id, when it ends. */
export const checkStepSchema = z.object({
  id: z.string(),
  label: z.string(),
  status: z.enum([
    'running',
    'passed',
    'failed',
    'warned',
    /** There was nothing to test, or it could not be tested: the detail says which. */
    'skipped',
    /** An earlier step failed. */
    'not-reached',
  ]),
  /** The finding, in a few words. */
  detail: z.string().optional(),
  durationMs: z.number().optional(),
  error: z.optional(errorReportSchema),
});
export type CheckStep = z.infer<typeof checkStepSchema>;

/** What ends by itself: a token, a sign-in, or a temporary key. */
const expiringKinds = ['token', 'sign-in', 'temporary-key'] as const;

/** When the credentials that a connection uses end. */
const expirySchema = z.object({
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
  what: z.enum(expiringKinds),
  /** Whether Strongroom renews it by itself while it is in use. */
  renews: z.boolean(),
});
export type Expiry = z.infer<typeof expirySchema>;

/** The last answer of the provider in use. */
export const providerStatusSchema = z.object({
  provider: providerId,
  state: z.enum(['not-configured', 'unknown', 'ok', 'failed', 'offline']),
  latencyMs: z.number().optional(),
  at: z.number().optional(),
  /** Of `offline`: since when, and the time of the next probe; milliseconds since 1970, UTC. */
  since: z.number().optional(),
  nextLookAt: z.number().optional(),
  error: z.optional(errorReportSchema),
  /** Absent if nothing ends, or nothing is known yet. */
  expires: z.optional(expirySchema),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;
