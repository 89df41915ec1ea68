import type { Core } from '@core/core';
import { os } from '../base';

export const appHandlers = ({ info, notices, clipboard, preferences }: Core) => ({
  info: os.app.info.handler(() => ({ ...info, notices: notices.list() })),
  copyText: os.app.copyText.handler(async ({ input }) => ({
    by: (await clipboard.write(input.text)) ? ('host' as const) : ('window' as const),
  })),
  copySecret: os.app.copySecret.handler(({ input }) => clipboard.offer(input.text)),
  preferences: os.app.preferences.handler(() => preferences.get()),
  savePreferences: os.app.savePreferences.handler(({ input }) => {
    preferences.save(input);
  }),
  dismissNotice: os.app.dismissNotice.handler(({ input }) => {
    notices.dismiss(input.id);
  }),
});
