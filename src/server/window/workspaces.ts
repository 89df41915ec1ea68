import type { Core } from '@core/core';
import { os } from '../base';

export const workspaceHandlers = ({ workspaces }: Core) => ({
  list: os.workspaces.list.handler(() => workspaces.list()),
  create: os.workspaces.create.handler(({ input }) => workspaces.create(input.name)),
  rename: os.workspaces.rename.handler(({ input }) => workspaces.rename(input.id, input.name)),
  reorder: os.workspaces.reorder.handler(({ input }) => {
    workspaces.reorder(input.ids);
  }),
  switchTo: os.workspaces.switchTo.handler(({ input }) => {
    workspaces.switchTo(input.id);
  }),
  remove: os.workspaces.remove.handler(({ input }) => workspaces.remove(input.id)),
});
