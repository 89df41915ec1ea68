import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const runHandlers = ({ programs, brokered }: Core) => ({
  variables: agentOs.run.variables.handler(
    async ({ input: { brokered: wish, ...input }, signal }) => {
      const given =
        wish === undefined
          ? { ...(await programs.variables(input, orNever(signal))), brokered: [] }
          : await brokered.variables(input, wish.variables, orNever(signal));
      return {
        variables: [...given.variables],
        brokered: [...given.brokered],
        doubtful: [...given.doubtful],
        read: [...given.read],
      };
    },
  ),
  references: agentOs.run.references.handler(async ({ input, signal }) => {
    const { values, doubtful } = await programs.references(input, orNever(signal));
    return { values: [...values], doubtful: [...doubtful] };
  }),
  revisions: agentOs.run.revisions.handler(({ input, signal }) =>
    programs.revisions(input.environments, orNever(signal)),
  ),
});
