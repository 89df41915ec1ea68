import { z } from 'zod';

export const workspaceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
});

export type Workspace = z.infer<typeof workspaceSchema>;
