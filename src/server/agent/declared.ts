import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const declaredHandlers = ({ lookup, declarative }: Core) => ({
  plan: agentOs.declared.plan.handler(({ input, signal }) =>
    declarative.plan(lookup.workspace(input).id, input.declaration, orNever(signal)),
  ),
  apply: agentOs.declared.apply.handler(({ input, signal }) =>
    declarative.apply(lookup.workspace(input).id, input.declaration, input, orNever(signal)),
  ),
  release: agentOs.declared.release.handler(async ({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    return { owner: await declarative.release(id, orNever(signal)) };
  }),
});
