import { z } from 'zod';
import { passphraseSchema, newPassphraseSchema, protectionSchema } from '../../model/protection';
import { call } from '../base';

export const securityContract = {
  /** Checks whether there is a keychain, without reading from it. */
  protection: call.output(protectionSchema),
  /**
   * Chooses how credentials are protected, the first time. Throws `INVALID_INPUT` if that was chosen before:
   * a program does not change it.
   */
  setUp: call
    .input(
      z.discriminatedUnion('mode', [
        z.object({ mode: z.literal('keychain') }),
        z.object({ mode: z.literal('passphrase'), passphrase: newPassphraseSchema }),
      ]),
    )
    .output(protectionSchema),
  /** Throws `WRONG_PASSPHRASE`. */
  unlock: call.input(z.object({ passphrase: passphraseSchema })).output(protectionSchema),
  /** Forgets values, logins and, with a passphrase, the key. */
  lock: call.output(protectionSchema),
};
