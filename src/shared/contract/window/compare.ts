import { z } from 'zod';
import { COMPARED_MAX, comparisonSchema, copiedVariablesSchema } from '../../model/comparison';
import { call } from '../base';

export const compareContract = {
  /**
   * Compares environments of one workspace, key by key. No value leaves the core. Throws `INVALID_INPUT` for
   * environments of different workspaces.
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
   * Gives variables of one environment, to become unsaved edits of another. Writes nothing. Logged, without the
   * values.
   */
  copyVariables: call
    .input(z.object({ fromId: z.uuid(), toId: z.uuid(), keys: z.array(z.string()) }))
    .output(copiedVariablesSchema),
};
