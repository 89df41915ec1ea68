import { z } from 'zod';
import { clientChangesSchema, clientSchema, newClientSchema } from '../../model/client';
import { workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

/** The clients of `strongroom serve`. */
export const clientsContract = {
  /** By name, those of all workspaces. */
  list: call.output(z.array(clientSchema)),
  /** The token is in no later answer. Throws `NAME_TAKEN`, `NO_SUCH_GRANT` and `NO_SUCH_ENVIRONMENT`. */
  create: call
    .input(workspaceSelectorSchema.extend(newClientSchema.shape))
    .output(z.object({ client: clientSchema, token: z.string() })),
  /**
   * Changes what a client may do, at once; its token stays. Throws `NO_SUCH_CLIENT`, `NO_SUCH_GRANT`,
   * `NO_SUCH_ENVIRONMENT`, `NAME_TAKEN`, and `INVALID_INPUT` if a policy knows the client by its old name only.
   */
  update: call.input(clientChangesSchema.extend({ client: z.string() })).output(clientSchema),
  /** Ends the rights of a client at once. Throws `NO_SUCH_CLIENT`. */
  revoke: call.input(z.object({ client: z.string() })).output(clientSchema),
};
