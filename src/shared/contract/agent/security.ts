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
  /** Takes a PIN too. Throws `WRONG_PASSPHRASE`, `UNLOCK_PAUSED`, and `LOCKED` if there is no passphrase: then a person unlocks it in the window. */
  unlock: call.input(z.object({ passphrase: passphraseSchema })).output(protectionSchema),
  /**
   * Admits this connection to an unlocked app that does not share its unlock: see `PASSPHRASE_NEEDED`. Throws
   * `WRONG_PASSPHRASE`, and `LOCKED`: it unlocks nothing.
   */
  admit: call.input(z.object({ passphrase: passphraseSchema })).output(z.void()),
  /**
   * Sets whether programs may use the unlock of the app, which is off at first. To switch it on, the connection must be
   * admitted. Throws `INVALID_INPUT` if there is no passphrase.
   */
  share: call.input(z.object({ on: z.boolean() })).output(z.void()),
  /** Forgets values, logins and the key. Ends every connection of programs, this one too. */
  lock: call.output(z.void()),
};
