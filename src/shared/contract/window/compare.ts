import { z } from 'zod';
import { COMPARED_MAX, comparisonSchema } from '../../model/comparison';
import { openEnvironmentSchema } from '../../model/open-environment';
import { call } from '../base';

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
