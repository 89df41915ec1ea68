import { z } from 'zod';
import { errorReportSchema } from './error-report';

/** How stored credentials are protected. */
export const protectionSchema = z.object({
  mode: z.enum([
    /** Nothing has been stored or chosen yet. */
    'undecided',
    'keychain',
    'passphrase',
    'session',
  ]),
  /** Whether a passphrase must be entered before credentials can be used. */
  locked: z.boolean(),
  /** Whether Lock shut the app. Until a person unlocks it, other calls than those of security throw `LOCKED`. */
  shut: z.boolean(),
  keychain: z.object({
    available: z.boolean(),
    /** The name of the keychain on this system. */
    name: z.string(),
    problem: errorReportSchema.optional(),
  }),
});
export type Protection = z.infer<typeof protectionSchema>;

export const PASSPHRASE_MIN = 8;

export const passphraseSchema = z.string().max(1024);

export const newPassphraseSchema = passphraseSchema.min(
  PASSPHRASE_MIN,
  `Use at least ${String(PASSPHRASE_MIN)} characters.`,
);
