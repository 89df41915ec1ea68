import type { Services } from '../app';
import { os } from './base';

export const workspaceHandlers = ({ workspaces }: Services) => ({
  list: os.workspaces.list.handler(() => workspaces.list()),
});
