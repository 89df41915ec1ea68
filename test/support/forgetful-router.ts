/** For tests: a contract with a bug in it. */
import { os } from '@orpc/server';

export const forgetfulRouter = {
  ping: os.handler(() => 'pong'),
  /** Fails while nobody waits for it. The message holds a value. */
  forget: os.handler(() => {
    void Promise.reject(new Error('hunter2'));
    return 'forgotten';
  }),
};
