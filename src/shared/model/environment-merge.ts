/** What edits and the server have each changed, as the window shows it. The rules are in `merge`. */
import { z } from 'zod';
import { mergeOutcomes, sideChanges } from './merge';
import { openEnvironmentSchema } from './open-environment';
import { variableSchema } from './variable';

/** A key that was touched since edits began, by them or by somebody else; values only of plain ones. */
const mergedVariableSchema = z.object({
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
const absences = ['missing', 'deleted', 'scheduled'] as const;
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
