import type { Core } from '@core/core';
import { os } from '../base';

export const securityHandlers = ({ security }: Core) => ({
  protection: os.security.protection.handler(() => security.protection()),
  choose: os.security.choose.handler(({ input }) => security.choose(input.choice, input.current)),
  startOver: os.security.startOver.handler(({ input }) => security.startOver(input.choice)),
  replaceKey: os.security.replaceKey.handler(({ input }) => security.replaceKey(input.current)),
  sharing: os.security.sharing.handler(() => ({ on: security.sharesUnlock() })),
  share: os.security.share.handler(async ({ input }) => {
    await security.check(input.passphrase);
    security.share(true);
    return { on: security.sharesUnlock() };
  }),
  stopSharing: os.security.stopSharing.handler(() => {
    security.share(false);
    return { on: security.sharesUnlock() };
  }),
  unlock: os.security.unlock.handler(({ input }) => security.unlock(input.passphrase)),
  active: os.security.active.handler(() => {
    security.active();
  }),
  lock: os.security.lock.handler(() => security.lockKeeping()),
});
