import type { Services } from '../app';
import { os } from './base';

export const appHandlers = ({ info, notices }: Services) => ({
  info: os.app.info.handler(() => ({ ...info, notices: notices.list() })),
  dismissNotice: os.app.dismissNotice.handler(({ input }) => {
    notices.dismiss(input.id);
  }),
});
