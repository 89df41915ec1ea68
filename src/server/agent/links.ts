import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';
import { listed } from './environments';

export const linkHandlers = ({ environments, links, lookup }: Core) => ({
  link: agentOs.links.link.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const opened = await links.link({ ...input, id: environment.id }, orNever(signal));
    return listed({ workspace, environment: opened.environment });
  }),
  unlink: agentOs.links.unlink.handler(async ({ input, signal }) => {
    const { environment, workspace } = lookup.environment(input);
    const { id, synced } = environment;
    const { keepCopy: copy = false } = input;
    // Nobody looked at what may be in memory, so the copy is of the newest values.
    if (copy && synced) await environments.pull(id, orNever(signal));
    const opened = await links.disable({ id, copy }, orNever(signal));
    return listed({ workspace, environment: opened.environment });
  }),
});
