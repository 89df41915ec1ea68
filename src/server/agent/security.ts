import { isTyped } from '@shared/model/protection';
import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import type { Admissions } from './admissions';

export const securityHandlers = ({ security }: Core, admissions: Admissions) => ({
  protection: agentOs.security.protection.handler(() => security.protection()),
  setUp: agentOs.security.setUp.handler(({ input }) => security.setUp(input)),
  unlock: agentOs.security.unlock.handler(async ({ input, context }) => {
    // Without a passphrase, a program could not show that a person is there.
    if (security.isShut() && !isTyped(security.mode())) throw security.refusal();
    const protection = await security.unlock(input.passphrase);
    admissions.add(context.caller);
    return protection;
  }),
  admit: agentOs.security.admit.handler(async ({ input, context }) => {
    await security.check(input.passphrase);
    admissions.add(context.caller);
  }),
  share: agentOs.security.share.handler(({ input, context }) => {
    if (input.on && security.isLocked()) throw new AppError('LOCKED');
    if (input.on && !admissions.has(context.caller)) throw new AppError('PASSPHRASE_NEEDED');
    security.share(input.on);
  }),
  // Nobody is at the window to decide: Lock comes, even if unsaved edits cannot be stored.
  lock: agentOs.security.lock.handler(() =>
    security.lockKeeping().catch(() => {
      security.lock();
    }),
  ),
});
