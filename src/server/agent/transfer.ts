import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const transferHandlers = ({ pull, push, lookup, environments }: Core) => {
  const idsOf = (workspace: string | undefined, names: readonly string[] | undefined): string[] =>
    names === undefined
      ? environments.list(lookup.workspace({ workspace }).id).map(({ id }) => id)
      : names.map((environment) => lookup.environment({ workspace, environment }).environment.id);
  return {
    pull: agentOs.transfer.pull.handler(({ input, signal }) =>
      pull.pullAll(lookup.workspace(input).id, orNever(signal)),
    ),
    pushPlan: agentOs.transfer.pushPlan.handler(async ({ input, signal }) => {
      const workspaceId = lookup.workspace(input).id;
      const ids = new Set(idsOf(input.workspace, input.environments));
      const plan = await push.plan({ workspaceId, drafts: [] }, orNever(signal));
      return plan.filter(({ id }) => ids.has(id));
    }),
    push: agentOs.transfer.push.handler(({ input, signal }) => {
      const workspaceId = lookup.workspace(input).id;
      const ids = idsOf(input.workspace, input.environments);
      return push.run({ workspaceId, drafts: [], ids, undelete: input.undelete }, orNever(signal));
    }),
  };
};
