import { z } from 'zod';
import { clientSchema, newClientSchema } from '../../model/client';
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
  /** Ends the rights of a client at once. Throws `NO_SUCH_CLIENT`. */
  revoke: call.input(z.object({ client: z.string() })).output(clientSchema),
};
