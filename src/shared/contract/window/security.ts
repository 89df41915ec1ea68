import { z } from 'zod';
import { PASSPHRASE_MIN, protectionSchema } from '../../model/protection';
import { call } from '../base';

const passphraseSchema = z.string().max(1024);

export const securityContract = {
  /** Checks whether there is a keychain, without reading from it. */
  protection: call.output(protectionSchema),
  /**
   * Chooses how credentials are protected from now on. Stored credentials are carried over; `session` deletes
   * the stored copies and keeps the credentials in memory until the app quits.
   */
  choose: call
    .input(
      z.discriminatedUnion('mode', [
        z.object({ mode: z.literal('keychain') }),
        z.object({
          mode: z.literal('passphrase'),
          passphrase: passphraseSchema.min(
            PASSPHRASE_MIN,
            `Use at least ${String(PASSPHRASE_MIN)} characters.`,
          ),
        }),
        z.object({ mode: z.literal('session') }),
      ]),
    )
    .output(protectionSchema),
  unlock: call.input(z.object({ passphrase: passphraseSchema })).output(protectionSchema),
  /** Forgets values, logins and, with a passphrase, the key. */
  lock: call.output(protectionSchema),
};
