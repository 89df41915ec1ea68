/** The changes of the edits and of the server, as the window shows them. The rules are in `merge`. */
import { z } from 'zod';
import { mergeOutcomes, sideChanges } from './merge';
import { openEnvironmentSchema } from './open-environment';
import { variableSchema } from './variable';

/** A key that the edits or somebody else changed. Only plain variables have values here. */
const mergedVariableSchema = z.object({
  /** The key in the base, or the key of an added variable. */
  key: z.string(),
  /** The new key in the edits. */
  renamed: z.string().optional(),
  mineChange: z.enum(sideChanges),
  theirsChange: z.enum(sideChanges),
  outcome: z.enum(mergeOutcomes),
  /** Whether theirs has changed since `since`, or may have changed. */
  moved: z.literal(true).optional(),
  /** Each is absent if there is none. `before` is also absent if it is no longer known. */
  before: variableSchema.optional(),
  mine: variableSchema.optional(),
  theirs: variableSchema.optional(),
});
export type MergedVariable = z.infer<typeof mergedVariableSchema>;

/** Why the secret is not there: a `scheduled` secret can be undeleted. */
const absences = ['missing', 'deleted', 'scheduled'] as const;
export type Absence = (typeof absences)[number];

export const environmentMergeSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('there'),
    rows: z.array(mergedVariableSchema),
    /** The secret now, without the edits. Pass its `base` to `saveMerged`. */
    theirs: openEnvironmentSchema.required({ base: true }),
    /** The version that the edits are based on, as people write it. */
    version: z.string().optional(),
  }),
  z.object({ state: z.literal('gone'), absence: z.enum(absences) }),
]);
export type EnvironmentMerge = z.infer<typeof environmentMergeSchema>;
