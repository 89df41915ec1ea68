import { z } from 'zod';
import {
  newPassphraseSchema,
  newPinSchema,
  passphraseSchema,
  protectionSchema,
} from '../../model/protection';
import { call } from '../base';

const choiceSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('keychain') }),
  z.object({ mode: z.literal('passphrase'), passphrase: newPassphraseSchema }),
  z.object({ mode: z.literal('pin'), passphrase: newPinSchema }),
  z.object({ mode: z.literal('session') }),
]);

const sharingSchema = z.object({ on: z.boolean() });

export const securityContract = {
  /** Checks whether there is a keychain, without reading from it. */
  protection: call.output(protectionSchema),
  /**
   * Chooses how credentials are protected from now on. Stored credentials are carried over; `session` deletes
   * the stored copies and keeps the credentials in memory until the app quits. `current` is the passphrase, if one
   * protects them now.
   */
  choose: call
    .input(z.object({ choice: choiceSchema, current: passphraseSchema.optional() }))
    .output(protectionSchema),
  /** As `choose`, without the key in use: stored credentials stay, and cannot be read any more. */
  startOver: call.input(z.object({ choice: choiceSchema })).output(protectionSchema),
  /**
   * Makes a new key, and encrypts everything again with it. Backups that only the old key opens are deleted. `current`
   * as for `choose`. Throws `INVALID_INPUT` if no key is stored, or a backup waits to be restored.
   */
  replaceKey: call.input(z.object({ current: passphraseSchema.optional() })).output(z.void()),
  /** Whether programs of this user may use the unlock of the app. */
  sharing: call.output(sharingSchema),
  /** Lets programs use the unlock. Throws `WRONG_PASSPHRASE`, `LOCKED`, and `INVALID_INPUT` without a passphrase. */
  share: call.input(z.object({ passphrase: passphraseSchema })).output(sharingSchema),
  stopSharing: call.output(sharingSchema),
  /** Without a passphrase if none protects credentials. Throws `WRONG_PASSPHRASE` and `UNLOCK_PAUSED`. */
  unlock: call
    .input(z.object({ passphrase: passphraseSchema.optional() }))
    .output(protectionSchema),
  /** Says that a person uses the window: it is not locked for as long as the settings say. */
  active: call.output(z.void()),
  /**
   * Forgets values, logins and the key, and ends every connection of windows and programs. From then on, other calls
   * than those of security throw `LOCKED`.
   */
  lock: call.output(z.void()),
};
