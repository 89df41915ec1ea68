import { z } from 'zod';
import { newPassphraseSchema, passphraseSchema, protectionSchema } from '../../model/protection';
import { call } from '../base';

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
        z.object({ mode: z.literal('passphrase'), passphrase: newPassphraseSchema }),
        z.object({ mode: z.literal('session') }),
      ]),
    )
    .output(protectionSchema),
  unlock: call.input(z.object({ passphrase: passphraseSchema })).output(protectionSchema),
  /** Forgets values, logins and, with a passphrase, the key. */
  lock: call.output(protectionSchema),
};
