import type { Workspace } from '@shared/model/workspace';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const workspaceHandlers = ({ workspaces, lookup, setup }: Core) => {
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
    exportSetup: agentOs.workspaces.exportSetup.handler(({ input }) =>
      setup.export(lookup.workspace(input).id),
    ),
    planSetup: agentOs.workspaces.planSetup.handler(({ input }) =>
      setup.plan(input.text, input.name),
    ),
    importSetup: agentOs.workspaces.importSetup.handler(({ input, signal }) =>
      setup.import(input.text, input.name, orNever(signal)),
    ),
    remove: agentOs.workspaces.remove.handler(async ({ input }) => {
      const { id } = lookup.workspace(input);
      await (input.force ? workspaces.remove(id) : workspaces.removeIfEmpty(id));
    }),
  };
};
