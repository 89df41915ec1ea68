import { z } from 'zod';
import { foundSchema, holdersSchema, QUERY_MAX } from '../../model/search';
import { call } from '../base';

/** Searches of the values in memory. None of these calls asks a provider. */
export const searchContract = {
  /**
   * Finds keys and plain values that contain a text. With `secrets`, also finds the keys of secret values that
   * contain it; that is logged, without the text. No secret value leaves the core.
   */
  find: call
    .input(
      z.object({
        workspaceId: z.uuid(),
        query: z.string().trim().min(1).max(QUERY_MAX),
        secrets: z.boolean(),
      }),
    )
    .output(foundSchema),
  /** Which environments have a variable of this key. */
  holders: call.input(z.object({ workspaceId: z.uuid(), key: z.string() })).output(holdersSchema),
};
