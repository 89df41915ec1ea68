import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';
import { listed } from './environments';

export const historyHandlers = ({ history, lookup }: Core) => ({
  list: agentOs.history.list.handler(({ input, signal }) =>
    history.list(lookup.environment(input).environment.id, orNever(signal)),
  ),
  compare: agentOs.history.compare.handler(({ input, signal }) => {
    const { id } = lookup.environment(input).environment;
    return history.compareNamed({ id, before: input.before, after: input.after }, orNever(signal));
  }),
  restore: agentOs.history.restore.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const opened = await history.restore(environment.id, input.version, orNever(signal));
    return listed({ workspace, environment: opened.environment });
  }),
});
