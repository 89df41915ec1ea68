import { z } from 'zod';
import { additionSchema } from './change-set';
import { openEnvironmentShape } from './open-environment';
import { variableKinds } from './variable';

/** The number of environments that can be compared. */
export const COMPARED_MAX = 20;

const comparedEnvironmentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether its values are in memory; if not, all its cells are `unknown`. */
  loaded: z.boolean(),
});
export type ComparedEnvironment = z.infer<typeof comparedEnvironmentSchema>;

const comparedCellSchema = z.discriminatedUnion('state', [
  /** The values of this environment are not in memory. */
  z.object({ state: z.literal('unknown') }),
  z.object({
    state: z.literal('missing'),
    /** Whether a rule of the workspace needs it there. */
    expected: z.literal(true).optional(),
  }),
  z.object({
    state: z.literal('present'),
    kind: z.enum(variableKinds),
    /** The same number within a row: the same value of the same kind. Counts from 0. */
    group: z.number().int(),
    disabled: z.literal(true).optional(),
    /** Why the value is not as expected, without a part of it. */
    misfit: z.string().optional(),
  }),
]);
export type ComparedCell = z.infer<typeof comparedCellSchema>;

const comparedRowSchema = z.object({
  key: z.string(),
  /** Among the loaded environments. `missing`: at least one does not have the variable. */
  outcome: z.enum(['equal', 'different', 'missing']),
  /** One for each environment, in their order. */
  cells: z.array(comparedCellSchema),
});
export type ComparedRow = z.infer<typeof comparedRowSchema>;

export const comparisonSchema = z.object({
  /** In the order of the request. */
  environments: z.array(comparedEnvironmentSchema),
  rows: z.array(comparedRowSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Variables of one environment, and the environment that they are copied to. */
export const copiedVariablesSchema = z.object({
  variables: z.array(additionSchema),
  target: z.object(openEnvironmentShape).required({ base: true }),
});
export type CopiedVariables = z.infer<typeof copiedVariablesSchema>;
