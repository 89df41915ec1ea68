import { z } from 'zod';
import { changeSetSchema } from '../../model/change-set';
import { environmentNameSchema, environmentSchema } from '../../model/environment';
import { mergeOutcomes, mergeSides, sideChanges } from '../../model/merge';
import { variableSchema } from '../../model/variable';
import { call, copiedSchema } from '../base';

const byId = z.object({ id: z.uuid() });
const oneVariable = z.object({ id: z.uuid(), key: z.string() });

/** A variable as a line: `as` is the key it gets, `value` what was typed and is not stored. */
export const copyLineSchema = z.object({
  key: z.string(),
  as: z.string().optional(),
  value: z.string().optional(),
});
export type CopyLine = z.infer<typeof copyLineSchema>;

/** Where the values of an environment live at the provider, as it is typed. */
export const vaultPathSchema = z
  .string()
  .trim()
  .min(1, 'Enter the path.')
  .max(1024, 'A path can have at most 1,024 characters.');

export const openEnvironmentSchema = z.object({
  environment: environmentSchema,
  shape: z.enum(['map', 'text', 'binary']),
  /** Empty while the values are not in memory. Secret values are not among it: see `reveal`. */
  variables: z.array(variableSchema),
  /** What edits are based on; goes back with `save`. Absent while the values are not in memory. */
  base: z.string().optional(),
});
export type OpenEnvironment = z.infer<typeof openEnvironmentSchema>;

export const exportFormats = ['dotenv', 'json', 'shell'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** How a key stands on both sides, when an environment meets what is already at a path. */
export const sideBySideSchema = z.object({
  key: z.string(),
  state: z.enum(['here', 'server', 'same', 'different']),
});
export type SideBySide = z.infer<typeof sideBySideSchema>;

export const syncPreviewSchema = z.object({
  path: z.string(),
  /** Whether the path holds a secret already. */
  exists: z.boolean(),
  shape: z.enum(['map', 'text', 'binary']).optional(),
  keys: z.array(sideBySideSchema),
  /** What was seen there; goes back with `enableSync`. */
  serverRevision: z.string().optional(),
});
export type SyncPreview = z.infer<typeof syncPreviewSchema>;

export const syncResolutions = ['push', 'merge', 'take-server', 'replace'] as const;
export type SyncResolution = (typeof syncResolutions)[number];

/** A key that was touched since edits began, by them or by somebody else; values only of plain ones. */
export const mergedVariableSchema = z.object({
  /** What edits were made on; where it was added, as it was added. */
  key: z.string(),
  /** What the edits call it. */
  renamed: z.string().optional(),
  mineChange: z.enum(sideChanges),
  theirsChange: z.enum(sideChanges),
  outcome: z.enum(mergeOutcomes),
  /** Whether theirs is not what it was at `since`, or cannot be told to be. */
  moved: z.literal(true).optional(),
  /** Each is absent where there is none. `before` also where it is no longer known. */
  before: variableSchema.optional(),
  mine: variableSchema.optional(),
  theirs: variableSchema.optional(),
});
export type MergedVariable = z.infer<typeof mergedVariableSchema>;

/** How the secret is gone: `scheduled` can be brought back as it was. */
export const absences = ['missing', 'deleted', 'scheduled'] as const;
export type Absence = (typeof absences)[number];

export const environmentMergeSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('there'),
    rows: z.array(mergedVariableSchema),
    /** What is there now, without the edits. Its `base` goes back with `saveMerged`. */
    theirs: openEnvironmentSchema.required({ base: true }),
    /** The version that the edits were made on, as people say it. */
    version: z.string().optional(),
  }),
  z.object({ state: z.literal('gone'), absence: z.enum(absences) }),
]);
export type EnvironmentMerge = z.infer<typeof environmentMergeSchema>;

/** How the secret itself stands. */
export const secretStandingSchema = z.object({
  state: z.enum(['present', 'deleted', 'scheduled', 'absent']),
  /** Of one that is gone: whether `restore` can bring its newest version back. */
  recoverable: z.boolean().optional(),
  /** When it can no longer be, milliseconds since 1970, UTC, where that is known. */
  until: z.number().optional(),
});
export type SecretStanding = z.infer<typeof secretStandingSchema>;

export const environmentHistorySchema = z.discriminatedUnion('isKept', [
  z.object({ isKept: z.literal(false) }),
  z.object({
    isKept: z.literal(true),
    secret: secretStandingSchema,
    /** False where the credentials may see only some of them. */
    isComplete: z.boolean(),
    /** The newest first. Times in milliseconds since 1970, UTC. */
    versions: z.array(
      z.object({
        revision: z.string(),
        /** As people say it, such as `v14`. */
        version: z.string(),
        state: z.enum(['current', 'past', 'deleted', 'destroyed']),
        labels: z.array(z.string()),
        /** Whether it is the one in memory. */
        isHeld: z.boolean(),
        createdAt: z.number().optional(),
        createdBy: z.string().optional(),
        deletedAt: z.number().optional(),
      }),
    ),
  }),
]);
export type EnvironmentHistory = z.infer<typeof environmentHistorySchema>;

export const versionDifferenceSchema = z.object({
  /** Values only of plain variables. */
  rows: z.array(
    z.object({
      key: z.string(),
      change: z.enum(sideChanges),
      before: variableSchema.optional(),
      after: variableSchema.optional(),
    }),
  ),
  unchanged: z.number().int(),
});
export type VersionDifference = z.infer<typeof versionDifferenceSchema>;

const edits = z.object({ id: z.uuid(), base: z.string(), changes: changeSetSchema });

export const environmentsContract = {
  list: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(environmentSchema)),
  create: call
    .input(z.object({ workspaceId: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema),
  /**
   * Makes a few environments to try the app with, in the local vault, which the workspace uses from then
   * on. They are deleted like any other.
   */
  createSamples: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(environmentSchema)),
  rename: call
    .input(z.object({ id: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema),
  /** A copy on this computer, not synced, of the values that are in memory. */
  duplicate: call
    .input(z.object({ id: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema),
  reorder: call.input(z.object({ workspaceId: z.uuid(), ids: z.array(z.uuid()) })).output(z.void()),
  /** Here only, or at the provider first and then here; a failure there removes nothing here. */
  remove: call.input(z.object({ id: z.uuid(), onServer: z.boolean() })).output(
    z.object({
      /** Whether the provider can bring it back. */
      recoverable: z.boolean().optional(),
      /** Until when, milliseconds since 1970, UTC. */
      until: z.number().optional(),
    }),
  ),
  setActive: call
    .input(z.object({ workspaceId: z.uuid(), id: z.uuid().nullable() }))
    .output(z.void()),
  open: call.input(byId).output(openEnvironmentSchema),
  /** Fetches the values of one synced environment from its provider. */
  pull: call.input(byId).output(openEnvironmentSchema),
  /**
   * Makes the edits. A synced environment is written to its provider and not to this computer. Throws
   * `CONFLICT` where `base` is no longer what is there; then nothing was written.
   */
  save: call.input(edits).output(openEnvironmentSchema),
  /**
   * How edits stand to what is there by now: the newest in memory or, with `fetch`, at the provider,
   * which then is in memory too. Writes nothing.
   */
  merge: call
    .input(
      edits.extend({
        fetch: z.boolean(),
        /** Theirs as it was shown before: `moved` tells what is different since. */
        since: z.string().optional(),
      }),
    )
    .output(environmentMergeSchema),
  /**
   * Writes what the edits and `theirs` come to; `choices` decides the conflicts, by the key of their
   * row. Throws `CONFLICT` where it is no longer `theirs` that is there; then nothing was written.
   */
  saveMerged: call
    .input(
      edits.extend({
        theirs: z.string(),
        choices: z.array(z.object({ key: z.string(), side: z.enum(mergeSides) })),
      }),
    )
    .output(openEnvironmentSchema),
  /**
   * Writes all the variables with the edits to where nothing is any more. Throws `ALREADY_EXISTS`
   * where something is there after all.
   */
  writeAnew: call.input(edits).output(openEnvironmentSchema),
  /**
   * Brings back at the provider what was deleted there, or one version that was deleted by itself. What
   * is in memory stays as it is.
   */
  restore: call.input(byId.extend({ revision: z.string().optional() })).output(z.void()),
  /**
   * Looks at metadata alone whether somebody else changed those of these environments whose values are
   * in memory, and gives the list with what was seen. What cannot be seen is no error.
   */
  glance: call
    .input(z.object({ workspaceId: z.uuid(), ids: z.array(z.uuid()).max(100) }))
    .output(z.array(environmentSchema)),
  /** The versions that the provider keeps, by metadata alone; none where there is no secret. */
  history: call.input(byId).output(environmentHistorySchema),
  /** What a version holds that another did not, or all of it. */
  compareVersions: call
    .input(byId.extend({ before: z.string().optional(), after: z.string() }))
    .output(versionDifferenceSchema),
  /** One value of one version. Logged, without the value. */
  revealVersion: call
    .input(oneVariable.extend({ revision: z.string() }))
    .output(z.object({ value: z.string() })),
  /**
   * Writes a version as a new one over `newest`, the current one; `null` where the secret is deleted.
   * Throws `CONFLICT` where that is not what is there; then nothing was written.
   */
  restoreVersion: call
    .input(byId.extend({ revision: z.string(), newest: z.string().nullable() }))
    .output(openEnvironmentSchema),
  /** One value as it was at the base of edits, or as it is at another revision still in memory. Logged. */
  revealAt: call
    .input(oneVariable.extend({ base: z.string() }))
    .output(z.object({ value: z.string() })),
  /** One value, to be shown. Logged, without the value. */
  reveal: call.input(oneVariable).output(z.object({ value: z.string() })),
  /** All values, to be edited as text. Logged, without the values. */
  revealAll: call
    .input(byId)
    .output(z.object({ values: z.array(z.object({ key: z.string(), value: z.string() })) })),
  /**
   * Puts one value on the clipboard. Where the host has no clipboard the window gets the value to do
   * so itself. Logged, without the value.
   */
  copy: call.input(oneVariable).output(copiedSchema),
  /**
   * The same with several, as the lines of a `.env` in the order given. Logged, without the values.
   * `leftOut` is how many such a file cannot hold; throws `INVALID_INPUT` where that is all of them.
   */
  copyLines: call
    .input(z.object({ id: z.uuid(), lines: z.array(copyLineSchema).min(1) }))
    .output(z.object({ copied: copiedSchema, leftOut: z.number() })),
  /** How values the window has (from a file, say) stand to those that are here. */
  compareValues: call
    .input(
      z.object({
        id: z.uuid(),
        entries: z.array(z.object({ key: z.string(), value: z.string() })),
      }),
    )
    .output(z.array(z.object({ key: z.string(), state: z.enum(['new', 'same', 'different']) }))),
  /** The variables that are not disabled. Logged. `warnings` say what the format cannot hold. */
  export: call
    .input(z.object({ id: z.uuid(), format: z.enum(exportFormats) }))
    .output(z.object({ text: z.string(), fileName: z.string(), warnings: z.array(z.string()) })),
  /** What is at a path, beside what is here. Writes nothing. */
  previewSync: call
    .input(z.object({ id: z.uuid(), path: vaultPathSchema }))
    .output(syncPreviewSchema),
  /**
   * Links an environment to a path. `push` creates and throws `ALREADY_EXISTS` where something is
   * there; the others take `serverRevision` from the preview and throw `CONFLICT` where it moved.
   * Throws `SCHEDULED_FOR_DELETION` where the name is still taken by what is being deleted.
   */
  enableSync: call
    .input(
      z.object({
        id: z.uuid(),
        path: vaultPathSchema,
        resolution: z.enum(syncResolutions),
        serverRevision: z.string().optional(),
        /** For `merge`: which side each key takes that differs; `here` where nothing is said. */
        prefer: z.record(z.string(), z.enum(['here', 'server'])).optional(),
        /** For `push`: brings back first what is scheduled for deletion there, and writes over it. */
        restore: z.literal(true).optional(),
      }),
    )
    .output(openEnvironmentSchema),
  /** Takes the link away. The values leave this computer's memory and stay at the provider. */
  disableSync: call.input(byId).output(openEnvironmentSchema),
};
