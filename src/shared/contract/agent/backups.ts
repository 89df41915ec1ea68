import { z } from 'zod';
import { backupListSchema, backupSchema } from '../../model/backup';
import { call } from '../base';

export const backupsContract = {
  list: call.output(backupListSchema),
  make: call.output(backupSchema),
  /** Puts a backup in the place of the database at the next start. */
  restore: call.input(z.object({ name: z.string().max(200) })).output(backupListSchema),
};
