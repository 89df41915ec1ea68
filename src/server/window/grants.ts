import type { Core } from '@core/core';
import { os } from '../base';

export const grantHandlers = ({ grants }: Core) => ({
  list: os.grants.list.handler(({ input }) => grants.list(input.workspaceId)),
  find: os.grants.find.handler(({ input }) => grants.find(input.id)),
  create: os.grants.create.handler(({ input }) => grants.create(input.workspaceId, input)),
  update: os.grants.update.handler(({ input }) => grants.update(input.id, input)),
  rotate: os.grants.rotate.handler(({ input }) => grants.rotate(input.id, input.secrets)),
  clone: os.grants.clone.handler(({ input }) => grants.clone(input.id, input)),
  setDisabled: os.grants.setDisabled.handler(({ input }) =>
    grants.setDisabled(input.id, input.disabled),
  ),
  remove: os.grants.remove.handler(({ input }) => grants.remove(input.id)),
});
