import type { Core } from '@core/core';
import { agentOs } from '../base';

export const clientHandlers = ({ clients, lookup }: Core) => ({
  list: agentOs.clients.list.handler(() => clients.list()),
  create: agentOs.clients.create.handler(({ input: { workspace, ...client } }) =>
    clients.create(lookup.workspace({ workspace }).id, client),
  ),
  update: agentOs.clients.update.handler(({ input: { client, ...changes } }) =>
    clients.update(client, changes),
  ),
  revoke: agentOs.clients.revoke.handler(({ input }) => clients.revoke(input.client)),
});
