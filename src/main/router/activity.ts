import type { Services } from '../app';
import { os } from './base';

export const activityHandlers = ({ activity }: Services) => ({
  list: os.activity.list.handler(({ input }) => activity.list(input.workspaceId, input.limit)),
});
