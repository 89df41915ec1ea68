import { z } from 'zod';
import { copiedVariablesSchema } from '../../model/comparison';
import { changeSetSchema } from '../../model/change-set';
import { environmentSchema } from '../../model/environment';
import { GLANCE_LIMIT } from '../../model/limits';
import { environmentNameSchema } from '../../model/names';
import { environmentMergeSchema } from '../../model/environment-merge';
import { secretPathSchema, syncPreviewSchema, syncResolutions } from '../../model/link';
import { mergeSides } from '../../model/merge';
import {
  copyFormats,
  copyLineSchema,
  exportFormats,
  openEnvironmentSchema,
} from '../../model/open-environment';
import { environmentHistorySchema, versionDifferenceSchema } from '../../model/secret-history';
import { followedSchema } from '../../model/stored-reference';
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
   * Creates a few environments to try the app with, in the local vault, which the workspace uses from then
   * on. They are deleted like any other.
   */
  createSamples: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(environmentSchema)),
  /** References to its variables follow: `followed` says which. */
  rename: call
    .input(z.object({ id: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema.extend({ followed: followedSchema })),
  /** Copies the values in memory to a new environment on this computer, which is not synced. */
  duplicate: call
    .input(z.object({ id: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema),
  reorder: call.input(z.object({ workspaceId: z.uuid(), ids: z.array(z.uuid()) })).output(z.void()),
  /**
   * Deletes it only here, or first at the provider and then here; if the provider fails, nothing is deleted
   * here.
   */
  remove: call.input(z.object({ id: z.uuid(), onServer: z.boolean() })).output(
    z.object({
      /** Set if it was to be deleted at the provider, and its path held nothing. */
      absent: z.literal(true).optional(),
      /** Whether the provider can undelete it. */
      recoverable: z.boolean().optional(),
      /** The end of the time to undelete it, in milliseconds since 1970, UTC. */
      until: z.number().optional(),
    }),
  ),
  /** Whether the provider could undelete it if it were deleted there. Deletes nothing. */
  removal: call.input(byId).output(z.object({ recoverable: z.boolean() })),
  /** Whether that variable of the environment replaces `{{NAME}}` in a value, for programs and on reveal. */
  setExpands: call.input(byId.extend({ expands: z.boolean() })).output(environmentSchema),
  setActive: call
    .input(z.object({ workspaceId: z.uuid(), id: z.uuid().nullable() }))
    .output(z.void()),
  open: call.input(byId).output(openEnvironmentSchema),
  /** Fetches the values of one synced environment from its provider. */
  pull: call.input(byId).output(openEnvironmentSchema),
  /**
   * Saves the edits. A synced environment is written to its provider and not to this computer. Throws
   * `CONFLICT` if `base` is no longer the current revision; then nothing was written.
   */
  save: call.input(edits).output(openEnvironmentSchema),
  /**
   * Compares edits with the newest values: those in memory or, with `fetch`, those at the provider, which are
   * then kept in memory too. Writes nothing.
   */
  merge: call
    .input(
      edits.extend({
        fetch: z.boolean(),
        /** The revision of theirs that was shown before: `moved` says what has changed since. */
        since: z.string().optional(),
      }),
    )
    .output(environmentMergeSchema),
  /**
   * Writes the edits merged with `theirs`; `choices` decides the conflicts, by the key of their row. Throws
   * `CONFLICT` if `theirs` is no longer the current revision; then nothing was written.
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
   * Writes all variables, with the edits, to a path that no longer holds anything. Throws `ALREADY_EXISTS` if
   * it holds something after all.
   */
  recreate: call.input(edits).output(openEnvironmentSchema),
  /**
   * Undeletes the secret at the provider, or one version that was deleted separately. The values in memory
   * stay as they are.
   */
  undelete: call.input(byId.extend({ revision: z.string().optional() })).output(z.void()),
  /**
   * Checks, from metadata alone, whether somebody else changed those of these environments whose values are
   * in memory. Returns the list of environments with the result. Metadata that cannot be read is no error.
   */
  glance: call
    .input(z.object({ workspaceId: z.uuid(), ids: z.array(z.uuid()).max(GLANCE_LIMIT) }))
    .output(z.array(environmentSchema)),
  /** The versions that the provider keeps, from metadata alone; none if there is no secret. */
  history: call.input(byId).output(environmentHistorySchema),
  /** The difference between two versions, or everything in one. */
  compareVersions: call
    .input(byId.extend({ before: z.string().optional(), after: z.string() }))
    .output(versionDifferenceSchema),
  /** Reveals one value of one version. Logged, without the value. */
  revealVersion: call
    .input(oneVariable.extend({ revision: z.string() }))
    .output(z.object({ value: z.string() })),
  /**
   * Gives one variable of a version, to become an unsaved edit. Writes nothing. Logged, without the value. Throws
   * `NO_SUCH_VARIABLE`.
   */
  versionVariable: call
    .input(oneVariable.extend({ revision: z.string() }))
    .output(copiedVariablesSchema),
  /**
   * Writes a version as a new one over `newest`, the current version; `null` if the secret is deleted. Throws
   * `CONFLICT` if `newest` is no longer current; then nothing was written.
   */
  rollBack: call
    .input(byId.extend({ revision: z.string(), newest: z.string().nullable() }))
    .output(openEnvironmentSchema),
  /** The configuration that owns an environment, by its mark in the store. Reads no value. */
  owner: call.input(byId).output(z.object({ owner: z.string().optional() })),
  /**
   * Removes the mark of the configuration that owns an environment, so that it can be changed here: the answer to
   * `OWNED_BY_CONFIG`. Throws `PERMISSION_DENIED` if the store does not let it.
   */
  release: call.input(byId).output(z.object({ owner: z.string().optional() })),
  /** Reveals one value at the base of edits, or at another revision that is still in memory. Logged. */
  revealAt: call
    .input(oneVariable.extend({ base: z.string() }))
    .output(z.object({ value: z.string() })),
  /** Reveals one value. Logged, without the value. */
  reveal: call.input(oneVariable).output(z.object({ value: z.string() })),
  /** Reveals these values, or all of them to edit them as text. Logged, without the values. */
  revealAll: call
    .input(byId.extend({ keys: z.array(z.string()).optional() }))
    .output(z.object({ values: z.array(z.object({ key: z.string(), value: z.string() })) })),
  /**
   * Copies one value to the clipboard. If the host has no clipboard, the window gets the value and copies it.
   * Logged, without the value.
   */
  copy: call.input(oneVariable).output(copiedSchema),
  /**
   * Copies several variables, in the given order and form. Other forms than `.env` have the values that programs
   * get: references are followed. Logged, without the values. `leftOut` is the number of variables that the
   * form cannot hold; throws `INVALID_INPUT` if it can hold none of them.
   */
  copyLines: call
    .input(
      z.object({
        id: z.uuid(),
        lines: z.array(copyLineSchema).min(1),
        format: z.enum(copyFormats).default('dotenv'),
      }),
    )
    .output(z.object({ copied: copiedSchema, leftOut: z.number() })),
  /** Compares values that the window has, for example from a file, with those of the environment. */
  compareValues: call
    .input(
      z.object({
        id: z.uuid(),
        entries: z.array(z.object({ key: z.string(), value: z.string() })),
      }),
    )
    .output(z.array(z.object({ key: z.string(), state: z.enum(['new', 'same', 'different']) }))),
  /**
   * Exports the variables that are not disabled, as programs get them: references are followed. Logged. Throws
   * `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`. `warnings` say what the format cannot
   * hold.
   */
  export: call
    .input(z.object({ id: z.uuid(), format: z.enum(exportFormats) }))
    .output(z.object({ text: z.string(), fileName: z.string(), warnings: z.array(z.string()) })),
  /** Compares what a path holds with the environment. Writes nothing. */
  previewSync: call
    .input(z.object({ id: z.uuid(), path: secretPathSchema }))
    .output(syncPreviewSchema),
  /**
   * Links an environment to a path. `push` creates a secret, and throws `ALREADY_EXISTS` if there is one. The
   * others take `serverRevision` from the preview, and throw `CONFLICT` if the secret has changed since.
   * Throws `SCHEDULED_FOR_DELETION` if the name still belongs to a secret that is scheduled for deletion.
   */
  enableSync: call
    .input(
      z.object({
        id: z.uuid(),
        path: secretPathSchema,
        resolution: z.enum(syncResolutions),
        serverRevision: z.string().optional(),
        /** For `merge`: the side to take for each key whose values differ. Default: `here`. */
        prefer: z.record(z.string(), z.enum(['here', 'server'])).optional(),
        /** For `push`: first undeletes a secret that is scheduled for deletion, then overwrites it. */
        undelete: z.literal(true).optional(),
      }),
    )
    .output(openEnvironmentSchema),
  /**
   * Unlinks the environment. Its values stay at the provider. Here they are dropped from memory, or with `copy`
   * become those of this computer, encrypted, with the edits of `draft`. Throws `BINARY_VALUE` if they cannot.
   */
  disableSync: call
    .input(
      byId.extend({
        copy: z.boolean().optional(),
        draft: edits.omit({ id: true }).optional(),
      }),
    )
    .output(openEnvironmentSchema),
};
