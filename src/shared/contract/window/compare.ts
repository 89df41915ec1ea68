import { z } from 'zod';
import { variableKinds } from '../../model/variable';
import { call } from '../base';
import { openEnvironmentSchema } from './environments';

/** How many environments can stand side by side. */
export const COMPARED_MAX = 20;

export const comparedEnvironmentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether its values are in memory; if not, all its cells are `unknown`. */
  loaded: z.boolean(),
  /** What `copyVariable` into it is based on. Absent while it is not loaded. */
  base: z.string().optional(),
});
export type ComparedEnvironment = z.infer<typeof comparedEnvironmentSchema>;

export const comparedCellSchema = z.discriminatedUnion('state', [
  /** The values of this environment are not in memory. */
  z.object({ state: z.literal('unknown') }),
  z.object({ state: z.literal('missing') }),
  z.object({
    state: z.literal('present'),
    kind: z.enum(variableKinds),
    /** The same number within a row: the same value of the same kind. Counts from 0. */
    group: z.number().int(),
    disabled: z.literal(true).optional(),
  }),
]);
export type ComparedCell = z.infer<typeof comparedCellSchema>;

export const comparedRowSchema = z.object({
  key: z.string(),
  /** Over the environments that are loaded. `missing`: at least one does not have it. */
  outcome: z.enum(['equal', 'different', 'missing']),
  /** One for each environment, in their order. */
  cells: z.array(comparedCellSchema),
});
export type ComparedRow = z.infer<typeof comparedRowSchema>;

export const comparisonSchema = z.object({
  /** In the order they were asked for. */
  environments: z.array(comparedEnvironmentSchema),
  rows: z.array(comparedRowSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const compareContract = {
  /**
   * Environments of one workspace, key by key. Computed in main: no value crosses. Throws
   * `INVALID_INPUT` for environments of different workspaces.
   */
  environments: call
    .input(
      z.object({
        ids: z
          .array(z.uuid())
          .min(2, 'Choose at least two environments.')
          .max(COMPARED_MAX, `At most ${String(COMPARED_MAX)} environments can be compared.`)
          .refine((ids) => new Set(ids).size === ids.length, 'Choose each environment once.'),
      }),
    )
    .output(comparisonSchema),
  /**
   * Puts one variable of an environment into another as it is, its kind included, and saves there as
   * `environments.save` does: `base` is what the target was seen at. Logged, without the value.
   */
  copyVariable: call
    .input(z.object({ fromId: z.uuid(), toId: z.uuid(), key: z.string(), base: z.string() }))
    .output(openEnvironmentSchema),
};
