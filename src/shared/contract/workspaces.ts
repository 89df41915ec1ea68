import { z } from 'zod';
import { workspaceSchema } from '../model/workspace';
import { call } from './base';

export const workspacesContract = {
  list: call.output(z.object({ workspaces: z.array(workspaceSchema), currentId: z.uuid() })),
};
