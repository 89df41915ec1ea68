import type { Core } from '@core/core';
import { os } from '../base';

export const auditHandlers = ({ audit }: Core) => ({
  list: os.audit.list.handler(({ input }) => audit.list(input)),
  verify: os.audit.verify.handler(({ input }) => audit.verify(input)),
  export: os.audit.export.handler(({ input: { format, ...filter } }) =>
    audit.export(filter, format),
  ),
});
