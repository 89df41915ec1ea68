import type { Core } from '@core/core';
import { agentOs } from '../base';

export const securityHandlers = ({ security }: Core) => ({
  protection: agentOs.security.protection.handler(() => security.protection()),
  setUp: agentOs.security.setUp.handler(({ input }) => security.setUp(input)),
  unlock: agentOs.security.unlock.handler(({ input }) => security.unlock(input.passphrase)),
  lock: agentOs.security.lock.handler(() => security.lock()),
});
