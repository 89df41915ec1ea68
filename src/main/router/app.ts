import type { Services } from '../app';
import { os } from './base';

export const appHandlers = ({ info, notices, clipboard }: Services) => ({
  info: os.app.info.handler(() => ({ ...info, notices: notices.list() })),
  copyText: os.app.copyText.handler(async ({ input }) => ({
    by: (await clipboard.write(input.text)) ? ('host' as const) : ('window' as const),
  })),
  dismissNotice: os.app.dismissNotice.handler(({ input }) => {
    notices.dismiss(input.id);
  }),
});
