import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const connectionHandlers = ({ connections, status }: Core) => ({
  settings: os.connections.settings.handler(({ input }) => connections.settings(input.workspaceId)),
  save: os.connections.save.handler(({ input }) => connections.save(input)),
  override: os.connections.override.handler(({ input }) => connections.override(input.workspaceId)),
  useGlobal: os.connections.useGlobal.handler(({ input }) =>
    connections.useGlobal(input.workspaceId),
  ),
  offer: os.connections.offer.handler(({ input }) => connections.offer(input.provider)),
  signIn: os.connections.signIn.handler(({ input, signal }) =>
    connections.signIn(input, orNever(signal)),
  ),
  test: os.connections.test.handler(({ input, signal }) =>
    connections.test(input, orNever(signal)),
  ),
  status: os.connections.status.handler(({ input }) => status.status(input.workspaceId)),
  watch: os.connections.watch.handler(({ input, signal }) =>
    status.watch(input.workspaceId, orNever(signal)),
  ),
  lookAgain: os.connections.lookAgain.handler(({ input }) => status.look(input.workspaceId)),
});
