import { z } from 'zod';
import { errorReportSchema } from './error-report';

/** How stored credentials are protected. */
export const protectionSchema = z.object({
  mode: z.enum([
    /** Nothing has been stored or chosen yet. */
    'undecided',
    'keychain',
    'passphrase',
    /** The key needs both: an entry of the keychain, and a PIN or passphrase. */
    'pin',
    'session',
  ]),
  /** Whether a passphrase or PIN must be entered before credentials can be used. */
  locked: z.boolean(),
  /** Whether Lock shut the app. Until a person unlocks it, other calls than those of security throw `LOCKED`. */
  shut: z.boolean(),
  keychain: z.object({
    available: z.boolean(),
    /** The name of the keychain on this system. */
    name: z.string(),
    problem: z.optional(errorReportSchema),
  }),
});
export type Protection = z.infer<typeof protectionSchema>;

/** Whether a person has to enter something before there is a key. */
export const isTyped = (mode: Protection['mode']): mode is 'passphrase' | 'pin' =>
  mode === 'passphrase' || mode === 'pin';

/** What that is called. */
export const wordOf = (mode: Protection['mode']): 'PIN' | 'passphrase' =>
  mode === 'pin' ? 'PIN' : 'passphrase';

export const PASSPHRASE_MIN = 8;

/** Without the keychain nobody can try a PIN, and with it wrong ones are slowed down. */
export const PIN_MIN = 4;

const MAX = 1024;

export const passphraseSchema = z.string().max(MAX);

export const newPassphraseSchema = z
  .string()
  .max(MAX)
  .min(PASSPHRASE_MIN, `Use at least ${String(PASSPHRASE_MIN)} characters.`);

export const newPinSchema = z
  .string()
  .max(MAX)
  .min(PIN_MIN, `Use at least ${String(PIN_MIN)} characters.`);
