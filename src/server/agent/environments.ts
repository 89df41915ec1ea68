import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';

export const environmentHandlers = ({ workspaces, environments }: Core) => ({
  list: agentOs.environments.list.handler(({ input }) => {
    const all = workspaces.list().workspaces;
    const wanted = input?.workspace;
    const listed =
      wanted === undefined ? all : all.filter(({ id, name }) => wanted === id || wanted === name);
    if (listed.length === 0) throw new AppError('NO_SUCH_WORKSPACE');
    return listed.flatMap(({ id, name }) =>
      environments.list(id).map((environment) => ({ ...environment, workspace: name })),
    );
  }),
});
