import { z } from 'zod';
import { COMPARED_MAX, comparisonSchema } from '../../model/comparison';
import { openEnvironmentSchema } from '../../model/open-environment';
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
   * Copies one variable, with its kind, to another environment and saves there as `environments.save` does:
   * `base` is the revision of the target that was shown. Logged, without the value.
   */
  copyVariable: call
    .input(z.object({ fromId: z.uuid(), toId: z.uuid(), key: z.string(), base: z.string() }))
    .output(openEnvironmentSchema),
};
