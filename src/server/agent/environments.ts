import type { ListedEnvironment } from '@shared/contract/agent/environments';
import type { Core } from '@core/core';
import { removedView } from '@core/environments/environment-service';
import type { Found } from '@core/references/lookup';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const listed = ({ environment, workspace }: Found): ListedEnvironment => ({
  ...environment,
  workspace: workspace.name,
});

export const environmentHandlers = ({
  workspaces,
  environments,
  lookup,
  resolving,
  compare,
  checking,
}: Core) => ({
  list: agentOs.environments.list.handler(({ input }) => {
    const wanted =
      input?.workspace === undefined ? workspaces.list().workspaces : [lookup.workspace(input)];
    return wanted.flatMap((workspace) =>
      environments.list(workspace.id).map((environment) => listed({ environment, workspace })),
    );
  }),
  find: agentOs.environments.find.handler(({ input }) => listed(lookup.environment(input))),
  create: agentOs.environments.create.handler(({ input }) => {
    const workspace = lookup.workspace(input);
    return listed({ workspace, environment: environments.create(workspace.id, input.name) });
  }),
  rename: agentOs.environments.rename.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const { followed, ...renamed } = await environments.rename(
      environment.id,
      input.name,
      orNever(signal),
    );
    return { ...listed({ workspace, environment: renamed }), followed };
  }),
  remove: agentOs.environments.remove.handler(async ({ input, signal }) => {
    const { onServer, force } = input;
    const { id } = lookup.environment(input).environment;
    return removedView(
      await (force
        ? environments.remove(id, onServer, orNever(signal))
        : environments.removeIfEmpty(id, onServer, orNever(signal))),
    );
  }),
  setExpands: agentOs.environments.setExpands.handler(({ input }) => {
    const { environment, workspace } = lookup.environment(input);
    return listed({
      workspace,
      environment: environments.setExpands(environment.id, input.expands),
    });
  }),
  activate: agentOs.environments.activate.handler(({ input }) => {
    const { environment, workspace } = lookup.environment(input);
    environments.setActive(workspace.id, environment.id);
    return listed({ workspace, environment: { ...environment, active: true } });
  }),
  pull: agentOs.environments.pull.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const pulled = await environments.pull(environment.id, orNever(signal));
    return listed({ workspace, environment: pulled.environment });
  }),
  export: agentOs.environments.export.handler(({ input, signal }) =>
    resolving.export(input, orNever(signal)),
  ),
  check: agentOs.environments.check.handler(async ({ input, signal }) => {
    const { environment, variables, expected } = await checking.check(input, orNever(signal));
    return { environment, variables: [...variables], expected: [...expected] };
  }),
  compare: agentOs.environments.compare.handler(
    async ({ input: { workspace, environments: names }, signal }) => {
      const ids = names.map(
        (environment) => lookup.environment({ workspace, environment }).environment.id,
      );
      for (const id of ids) await environments.fresh(id, orNever(signal));
      return compare.environments(ids);
    },
  ),
});
