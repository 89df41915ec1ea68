import { z } from 'zod';
import { appliedVaultSchema, declarationSchema, vaultPlanSchema } from '../../model/declaration';
import { selectorSchema, workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

const declared = workspaceSelectorSchema.extend({ declaration: declarationSchema });

/** Declared set-ups, see `model/declaration`. Values go in, and none come out. */
export const declaredContract = {
  /** What `apply` would do to each vault. A vault that cannot be read is in it with the reason. Changes nothing. */
  plan: call.input(declared).output(z.array(vaultPlanSchema)),
  /**
   * Applies the plan to the vaults that are named in `agreed`, with the `base` of their plan. A vault that was
   * changed since, that may not be adopted or that would lose everything, fails; the others go on.
   */
  apply: call
    .input(
      declared.extend({
        agreed: z.array(z.object({ vault: z.string(), base: z.string() })),
        /** Vaults that the configuration may take over. */
        adopt: z.array(z.string()),
        /** Vaults of which everything may be deleted. */
        deleteAll: z.array(z.string()),
      }),
    )
    .output(z.array(appliedVaultSchema)),
  /**
   * Removes the mark of the configuration that owns an environment, so that it can be changed by hand. Throws
   * `PERMISSION_DENIED` if the store does not let it.
   */
  release: call.input(selectorSchema).output(z.object({ owner: z.string().optional() })),
};
