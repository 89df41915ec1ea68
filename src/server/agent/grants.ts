import type { Core } from '@core/core';
import { agentOs } from '../base';

export const grantHandlers = ({ grants, lookup }: Core) => ({
  list: agentOs.grants.list.handler(({ input }) => grants.list(lookup.workspace(input).id)),
  find: agentOs.grants.find.handler(({ input }) => grants.find(input.grant, input)),
  create: agentOs.grants.create.handler(({ input }) =>
    grants.create(lookup.workspace(input).id, input),
  ),
  update: agentOs.grants.update.handler(({ input }) =>
    grants.update(grants.row(input.grant, input).id, input),
  ),
  rotate: agentOs.grants.rotate.handler(({ input }) =>
    grants.rotate(grants.row(input.grant, input).id, input.secrets),
  ),
  clone: agentOs.grants.clone.handler(({ input }) =>
    grants.clone(grants.row(input.grant, input).id, input),
  ),
  setDisabled: agentOs.grants.setDisabled.handler(({ input }) =>
    grants.setDisabled(grants.row(input.grant, input).id, input.disabled),
  ),
  remove: agentOs.grants.remove.handler(({ input }) =>
    grants.remove(grants.row(input.grant, input).id),
  ),
});
