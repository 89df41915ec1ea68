import { z } from 'zod';
import { PASSPHRASE_MIN, PIN_MIN, wordOf } from '@shared/model/protection';

type Typed = 'passphrase' | 'pin';

/** The label of its field. */
export const secretLabel = { passphrase: 'Passphrase', pin: 'PIN' } as const satisfies Record<
  Typed,
  string
>;

/** What is typed to unlock. */
export const secretSchema = (mode: Typed): z.ZodType<string, string> =>
  z.string().min(1, `Enter the ${wordOf(mode)}.`);

interface NewPassphrase {
  readonly first: string;
  readonly second: string;
}

export interface NewPassphraseIssues {
  readonly first?: string;
  readonly second?: string;
}

/** The issues of a new passphrase or PIN; empty if there are none. */
export function newPassphraseIssues(
  { first, second }: NewPassphrase,
  mode: Typed = 'passphrase',
): NewPassphraseIssues {
  const least = mode === 'pin' ? PIN_MIN : PASSPHRASE_MIN;
  if (first.length < least) return { first: `Use at least ${String(least)} characters.` };
  return first === second ? {} : { second: 'The two are not the same.' };
}
