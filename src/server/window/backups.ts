import type { Core } from '@core/core';
import { os } from '../base';

export const backupHandlers = ({ backups }: Core) => ({
  list: os.backups.list.handler(() => backups.list()),
  make: os.backups.make.handler(() => backups.make()),
  restore: os.backups.restore.handler(async ({ input }) => {
    await backups.restore(input.name);
    return backups.list();
  }),
  cancelRestore: os.backups.cancelRestore.handler(() => {
    backups.cancelRestore();
    return backups.list();
  }),
});
