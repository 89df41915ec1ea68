import type { Services } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const vaultHandlers = ({ vault, push, status }: Services) => ({
  settings: os.vault.settings.handler(({ input }) => vault.settings(input.workspaceId)),
  save: os.vault.save.handler(({ input }) => vault.save(input)),
  override: os.vault.override.handler(({ input }) => vault.override(input.workspaceId)),
  useGlobal: os.vault.useGlobal.handler(({ input }) => vault.useGlobal(input.workspaceId)),
  test: os.vault.test.handler(({ input, signal }) => vault.test(input, orNever(signal))),
  pullAll: os.vault.pullAll.handler(({ input, signal }) =>
    vault.pullAll(input.workspaceId, orNever(signal)),
  ),
  autoSync: os.vault.autoSync.handler(({ input, signal }) =>
    vault.autoSync(input.workspaceId, orNever(signal)),
  ),
  bringBack: os.vault.bringBack.handler(({ input, signal }) =>
    vault.bringBack(input.workspaceId, input.path, orNever(signal)),
  ),
  pushPlan: os.vault.pushPlan.handler(({ input, signal }) => push.plan(input, orNever(signal))),
  pushAll: os.vault.pushAll.handler(({ input, signal }) => push.run(input, orNever(signal))),
  status: os.vault.status.handler(({ input }) => status.status(input.workspaceId)),
  watch: os.vault.watch.handler(({ input, signal }) =>
    status.watch(input.workspaceId, orNever(signal)),
  ),
  lookAgain: os.vault.lookAgain.handler(({ input }) => status.look(input.workspaceId)),
});
