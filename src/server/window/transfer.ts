import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const transferHandlers = ({ pull, push }: Core) => ({
  pullAll: os.transfer.pullAll.handler(({ input, signal }) =>
    pull.pullAll(input.workspaceId, orNever(signal)),
  ),
  autoSync: os.transfer.autoSync.handler(({ input, signal }) =>
    pull.autoSync(input.workspaceId, orNever(signal)),
  ),
  undelete: os.transfer.undelete.handler(({ input, signal }) =>
    pull.undelete(input.workspaceId, input.path, orNever(signal)),
  ),
  pushPlan: os.transfer.pushPlan.handler(({ input, signal }) => push.plan(input, orNever(signal))),
  pushAll: os.transfer.pushAll.handler(({ input, signal }) => push.run(input, orNever(signal))),
});
