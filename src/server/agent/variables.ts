import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const variableHandlers = ({ lookup, environments, editing, resolving, imports }: Core) => ({
  list: agentOs.variables.list.handler(async ({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    const { base, ...opened } = await environments.fresh(id, orNever(signal));
    // Strongroom may have been locked in between.
    if (base === undefined) throw new AppError('VALUES_NOT_LOADED');
    return { base, ...opened };
  }),
  names: agentOs.variables.names.handler(async ({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    const held = await environments.open(id);
    const { variables } =
      held.base === undefined ? await environments.fresh(id, orNever(signal)) : held;
    return variables.map(({ key }) => key);
  }),
  get: agentOs.variables.get.handler(({ input, signal }) => resolving.get(input, orNever(signal))),
  values: agentOs.variables.values.handler(({ input, signal }) =>
    resolving.values(input, orNever(signal)),
  ),
  save: agentOs.variables.save.handler(({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    return editing.save(id, input.base, input.changes, orNever(signal));
  }),
  import: agentOs.variables.import.handler(({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    return imports.import(id, input.variables, input, orNever(signal));
  }),
});
