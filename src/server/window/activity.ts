import type { Core } from '@core/core';
import { os } from '../base';

export const activityHandlers = ({ activity }: Core) => ({
  list: os.activity.list.handler(({ input }) => activity.list(input)),
  export: os.activity.export.handler(({ input }) => activity.export(input)),
});
