import { z } from 'zod';
import { changeSetSchema } from '../../model/change-set';
import { environmentNameSchema, environmentSchema } from '../../model/environment';
import { environmentMergeSchema } from '../../model/environment-merge';
import { secretPathSchema, syncPreviewSchema, syncResolutions } from '../../model/link';
import { mergeSides } from '../../model/merge';
import { copyLineSchema, exportFormats, openEnvironmentSchema } from '../../model/open-environment';
import { environmentHistorySchema, versionDifferenceSchema } from '../../model/secret-history';
import { call, copiedSchema } from '../base';

const byId = z.object({ id: z.uuid() });
const oneVariable = z.object({ id: z.uuid(), key: z.string() });
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
  recreate: call.input(edits).output(openEnvironmentSchema),
  /**
   * Brings back at the provider what was deleted there, or one version that was deleted by itself. What
   * is in memory stays as it is.
   */
  undelete: call.input(byId.extend({ revision: z.string().optional() })).output(z.void()),
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
  rollBack: call
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
    .input(z.object({ id: z.uuid(), path: secretPathSchema }))
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
        path: secretPathSchema,
        resolution: z.enum(syncResolutions),
        serverRevision: z.string().optional(),
        /** For `merge`: which side each key takes that differs; `here` where nothing is said. */
        prefer: z.record(z.string(), z.enum(['here', 'server'])).optional(),
        /** For `push`: brings back first what is scheduled for deletion there, and writes over it. */
        undelete: z.literal(true).optional(),
      }),
    )
    .output(openEnvironmentSchema),
  /** Takes the link away. The values leave this computer's memory and stay at the provider. */
  disableSync: call.input(byId).output(openEnvironmentSchema),
};
