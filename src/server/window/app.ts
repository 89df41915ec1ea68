import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const appHandlers = ({
  changes,
  info,
  notices,
  clipboard,
  commandLink,
  preferences,
  updates,
}: Core) => ({
  info: os.app.info.handler(() => ({ ...info, notices: notices.list() })),
  copyText: os.app.copyText.handler(async ({ input }) => ({
    by: (await clipboard.write(input.text)) ? ('host' as const) : ('window' as const),
  })),
  copySecret: os.app.copySecret.handler(({ input }) => clipboard.offer(input.text)),
  // Without a host that can link a command, there is none to find.
  command: os.app.command.handler(async () => (await commandLink?.status()) ?? {}),
  installCommand: os.app.installCommand.handler(async () => (await commandLink?.install()) ?? {}),
  removeCommand: os.app.removeCommand.handler(async () => (await commandLink?.remove()) ?? {}),
  changes: os.app.changes.handler(({ input, signal }) =>
    changes.watch(input.workspaceId, orNever(signal)),
  ),
  updates: os.app.updates.handler(() => updates.status()),
  checkForUpdates: os.app.checkForUpdates.handler(() => updates.check()),
  preferences: os.app.preferences.handler(() => preferences.get()),
  savePreferences: os.app.savePreferences.handler(({ input }) => {
    preferences.save(input);
  }),
  dismissNotice: os.app.dismissNotice.handler(({ input }) => {
    notices.dismiss(input.id);
  }),
});
