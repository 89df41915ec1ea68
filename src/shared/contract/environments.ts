import { z } from 'zod';
import { environmentNameSchema, environmentSchema } from '../model/environment';
import { variableSchema } from '../model/variable';
import { call } from './base';

const byId = z.object({ id: z.uuid() });
const oneVariable = z.object({ id: z.uuid(), key: z.string() });

export const openEnvironmentSchema = z.object({
  environment: environmentSchema,
  shape: z.enum(['map', 'text', 'binary']),
  /** Empty while the values are not in memory. Values are not among it: see `reveal`. */
  variables: z.array(variableSchema),
});
export type OpenEnvironment = z.infer<typeof openEnvironmentSchema>;

export const environmentsContract = {
  list: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(environmentSchema)),
  create: call
    .input(z.object({ workspaceId: z.uuid(), name: environmentNameSchema }))
    .output(environmentSchema),
  open: call.input(byId).output(openEnvironmentSchema),
  /** Fetches the values of one synced environment from its provider. */
  pull: call.input(byId).output(openEnvironmentSchema),
  /** One value, to be shown. Logged, without the value. */
  reveal: call.input(oneVariable).output(z.object({ value: z.string() })),
  /**
   * Puts one value on the clipboard. Where the host has no clipboard the window gets the value to do
   * so itself. Logged, without the value.
   */
  copy: call
    .input(oneVariable)
    .output(
      z.discriminatedUnion('by', [
        z.object({ by: z.literal('host'), clearsAfterMs: z.number() }),
        z.object({ by: z.literal('window'), clearsAfterMs: z.number(), value: z.string() }),
      ]),
    ),
};
