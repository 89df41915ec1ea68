import type { Core } from '@core/core';
import { agentOs } from '../base';

export const backupHandlers = ({ backups }: Core) => ({
  list: agentOs.backups.list.handler(() => backups.list()),
  make: agentOs.backups.make.handler(() => backups.make()),
  restore: agentOs.backups.restore.handler(async ({ input }) => {
    await backups.restore(input.name);
    return backups.list();
  }),
});
