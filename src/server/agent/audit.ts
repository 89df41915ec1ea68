import type { Core } from '@core/core';
import { agentOs } from '../base';

export const auditHandlers = ({ audit }: Core) => ({
  list: agentOs.audit.list.handler(({ input }) => audit.list(input)),
  verify: agentOs.audit.verify.handler(({ input }) => audit.verify(input)),
  export: agentOs.audit.export.handler(({ input: { format, ...filter } }) =>
    audit.export(filter, format),
  ),
});
