import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const connectionHandlers = ({ connections, lookup, status }: Core) => ({
  settings: agentOs.connections.settings.handler(({ input }) =>
    connections.settings(lookup.workspace(input).id),
  ),
  save: agentOs.connections.save.handler(({ input: { workspace, ...form } }) =>
    connections.save({ workspaceId: lookup.workspace({ workspace }).id, ...form }),
  ),
  signIn: agentOs.connections.signIn.handler(({ input: { workspace, ...form }, signal }) =>
    connections.signIn(
      { workspaceId: lookup.workspace({ workspace }).id, ...form },
      orNever(signal),
    ),
  ),
  test: agentOs.connections.test.handler(({ input: { form, ...selector }, signal }) => {
    const workspaceId = lookup.workspace(selector).id;
    const tested = form ?? inUse(connections.settings(workspaceId));
    return connections.test({ workspaceId, ...tested }, orNever(signal));
  }),
  remove: agentOs.connections.remove.handler(({ input }) =>
    connections.useGlobal(lookup.workspace(input).id),
  ),
  status: agentOs.connections.status.handler(({ input }) =>
    status.status(lookup.workspace(input).id),
  ),
});

/** The stored settings as a form. */
const inUse = ({ provider, providers }: ReturnType<Core['connections']['settings']>) => ({
  provider,
  values: providers[provider].values,
  credentials: {},
});
