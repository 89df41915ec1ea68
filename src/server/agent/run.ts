import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const runHandlers = ({ programs }: Core) => ({
  variables: agentOs.run.variables.handler(async ({ input, signal }) => {
    const { variables, doubtful, read } = await programs.variables(input, orNever(signal));
    return { variables: [...variables], doubtful: [...doubtful], read: [...read] };
  }),
  references: agentOs.run.references.handler(async ({ input, signal }) => {
    const { values, doubtful } = await programs.references(input, orNever(signal));
    return { values: [...values], doubtful: [...doubtful] };
  }),
  revisions: agentOs.run.revisions.handler(({ input, signal }) =>
    programs.revisions(input.environments, orNever(signal)),
  ),
});
