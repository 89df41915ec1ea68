import { z } from 'zod';
import { errorReportSchema } from '../../model/error-report';
import { call } from '../base';

/** How credentials at rest are protected. */
export const protectionSchema = z.object({
  mode: z.enum([
    /** Nothing has been stored yet, and nothing chosen. */
    'undecided',
    'keychain',
    'passphrase',
    'session',
  ]),
  /** Whether a passphrase has to be entered before credentials can be used. */
  locked: z.boolean(),
  keychain: z.object({
    available: z.boolean(),
    /** What the keychain is called on this system. */
    name: z.string(),
    problem: errorReportSchema.optional(),
  }),
});
export type Protection = z.infer<typeof protectionSchema>;

export const PASSPHRASE_MIN = 8;

const passphraseSchema = z.string().max(1024);

export const securityContract = {
  /** Looks for the keychain, without reading from it. */
  protection: call.output(protectionSchema),
  /**
   * Chooses how credentials are kept from now on. Stored ones are carried over; `session` forgets the
   * stored copies and keeps them in memory until the app quits.
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
  /** Empties the memory: values, logins and, with a passphrase, the key. */
  lock: call.output(protectionSchema),
};
