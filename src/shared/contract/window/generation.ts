import { z } from 'zod';
import {
  generationPlanSchema,
  generationResultSchema,
  generationSchema,
} from '../../model/generation';
import { call } from '../base';

export const generationContract = {
  /**
   * What generating a value would change in each environment. Reads synced ones from their provider, writes nothing
   * and generates nothing.
   */
  plan: call.input(generationSchema).output(generationPlanSchema),
  /**
   * Generates the value and writes it to each environment that is still at the revision of its plan. The window gets
   * no value. One environment that fails does not stop the others.
   */
  apply: call
    .input(
      z.object({
        generation: generationSchema,
        bases: z.array(z.object({ id: z.uuid(), base: z.string() })),
      }),
    )
    .output(generationResultSchema),
};
