import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';
import { listed } from './environments';

export const linkHandlers = ({ links, lookup }: Core) => ({
  link: agentOs.links.link.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const opened = await links.link({ ...input, id: environment.id }, orNever(signal));
    return listed({ workspace, environment: opened.environment });
  }),
  unlink: agentOs.links.unlink.handler(async ({ input }) => {
    const { environment, workspace } = lookup.environment(input);
    const opened = await links.disable(environment.id);
    return listed({ workspace, environment: opened.environment });
  }),
});
