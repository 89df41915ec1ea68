import { describe, expect, it } from 'vitest';
import { guessesFor } from './estimate';
import { weakness } from './strength';

describe('a passphrase', () => {
  it.each(['aaaaaaaa', 'password1', 'qwertyuiop', '12345678', 'Passw0rd!', 'letmein2026'])(
    'that many people use is weak: %s',
    (passphrase) => {
      expect(weakness(guessesFor(passphrase))).toMatch(/^Weak: .* in under a minute\./);
    },
  );

  it.each(['seven lamps and a heron', 'correct horse battery staple', 'xK3!vq9#Lw2z'])(
    'that takes years to guess is not: %s',
    (passphrase) => {
      expect(weakness(guessesFor(passphrase))).toBeUndefined();
    },
  );

  it.each([
    [10_000 * 59, 'under a minute'],
    [10_000 * 60, '1 minute'],
    [10_000 * 3600 * 5, '5 hours'],
    [10_000 * 86_400 * 200, '200 days'],
  ])('says how long it lasts: %d guesses, %s', (guesses, time) => {
    expect(weakness(guesses)).toContain(`in ${time}.`);
  });
});
