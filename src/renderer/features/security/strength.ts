/** How long a passphrase keeps somebody out who has a copy of the data directory. */
import { useEffect, useState } from 'react';

/**
 * Guesses a second. One costs 128 MiB and some tenths of a second here (see `PASSPHRASE_COST`); this is what somebody
 * with a thousand such machines makes of that.
 */
const GUESSES_PER_SECOND = 10_000;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A warning for a passphrase that takes this number of guesses; `undefined` if they take more than a year. */
export function weakness(guesses: number): string | undefined {
  const seconds = guesses / GUESSES_PER_SECOND;
  if (seconds >= YEAR) return undefined;
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? ['minute', MINUTE];
  const count = Math.max(1, Math.round(seconds / size));
  const time =
    seconds < MINUTE ? 'under a minute' : `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
  return `Weak: with a copy of your data and many machines, somebody could guess it in ${time}. Add a few random words.`;
}

/** Of a text while it is typed. The estimate and its dictionary are loaded with the first text. */
export function useWeakness(passphrase: string): string | undefined {
  const [known, setKnown] = useState<{ readonly of: string; readonly text: string | undefined }>();

  useEffect(() => {
    if (passphrase === '') return undefined;
    let isCurrent = true;
    void import('./estimate').then(({ guessesFor }) => {
      if (isCurrent) setKnown({ of: passphrase, text: weakness(guessesFor(passphrase)) });
    });
    return () => {
      isCurrent = false;
    };
  }, [passphrase]);

  return known?.of === passphrase ? known.text : undefined;
}
