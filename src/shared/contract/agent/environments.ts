import { z } from 'zod';
import { environmentSchema } from '../../model/environment';
import { call } from '../base';

const listedSchema = environmentSchema
  .pick({
    id: true,
    name: true,
    synced: true,
    path: true,
    active: true,
    state: true,
    revision: true,
    pulledAt: true,
  })
  .extend({
    /** The name of its workspace. */
    workspace: z.string(),
  });

export const environmentsContract = {
  /**
   * The environments of one workspace, by its name or id, or of all workspaces. In the order people gave
   * them, without values. Throws `NO_SUCH_WORKSPACE`.
   */
  list: call
    .input(z.object({ workspace: z.string().optional() }).optional())
    .output(z.array(listedSchema)),
};
