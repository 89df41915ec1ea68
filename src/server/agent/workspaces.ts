import type { Workspace } from '@shared/model/workspace';
import type { Core } from '@core/core';
import { agentOs } from '../base';

export const workspaceHandlers = ({ workspaces, lookup }: Core) => {
  const listed = (workspace: Workspace) => ({
    ...workspace,
    current: workspace.id === workspaces.list().currentId,
  });
  return {
    list: agentOs.workspaces.list.handler(() => workspaces.list().workspaces.map(listed)),
    find: agentOs.workspaces.find.handler(({ input }) => listed(lookup.workspace(input))),
    create: agentOs.workspaces.create.handler(({ input }) => listed(workspaces.create(input.name))),
    rename: agentOs.workspaces.rename.handler(({ input }) =>
      listed(workspaces.rename(lookup.workspace(input).id, input.name)),
    ),
    use: agentOs.workspaces.use.handler(({ input }) => {
      const workspace = lookup.workspace(input);
      workspaces.switchTo(workspace.id);
      return listed(workspace);
    }),
    remove: agentOs.workspaces.remove.handler(async ({ input }) => {
      const { id } = lookup.workspace(input);
      await (input.force ? workspaces.remove(id) : workspaces.removeIfEmpty(id));
    }),
  };
};
