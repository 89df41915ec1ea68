import { PASSPHRASE_MIN } from '@shared/model/protection';

interface NewPassphrase {
  readonly first: string;
  readonly second: string;
}

export interface NewPassphraseIssues {
  readonly first?: string;
  readonly second?: string;
}

/** The issues of a new passphrase; empty if there are none. */
export function newPassphraseIssues({ first, second }: NewPassphrase): NewPassphraseIssues {
  if (first.length < PASSPHRASE_MIN) {
    return { first: `Use at least ${String(PASSPHRASE_MIN)} characters.` };
  }
  return first === second ? {} : { second: 'The two are not the same.' };
}
