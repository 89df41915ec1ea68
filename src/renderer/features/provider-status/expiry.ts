/** The sentences about credentials that end. */
import type { Expiry } from '@shared/model/connection';

const subjects = {
  token: 'The token',
  'sign-in': 'The sign-in',
  'temporary-key': 'The temporary key',
} as const satisfies Record<Expiry['what'], string>;

const MINUTE = 60_000;
/** A person is warned about what ends sooner, and is not renewed. */
const SOON = 15 * MINUTE;

/** Whether a person has to do something soon. */
export const endsSoon = (expiry: Expiry | undefined, now: number): expiry is Expiry =>
  expiry !== undefined && !expiry.renews && expiry.at - now <= SOON;

/** `in 8 min`, `in 3 h`, `in 12 days`; `now` for the last minute. */
export function timeLeft({ at }: Pick<Expiry, 'at'>, now: number): string {
  const minutes = Math.floor((at - now) / MINUTE);
  if (minutes < 1) return 'now';
  if (minutes < 120) return `in ${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `in ${String(hours)} h` : `in ${String(Math.floor(hours / 24))} days`;
}

/** `The token ends in 8 min`, or `The token has ended`. */
export const expirySentence = (expiry: Expiry, now: number): string =>
  expiry.at <= now
    ? `${subjects[expiry.what]} has ended`
    : `${subjects[expiry.what]} ends ${timeLeft(expiry, now)}`;

/** What to do before it ends. */
export const expiryAdvice = {
  token: 'It cannot be renewed any more. Enter a fresh one, or sign in in another way.',
  'sign-in': 'Sign in again before then, and nothing is interrupted.',
  'temporary-key': 'Get fresh keys where these came from.',
} as const satisfies Record<Expiry['what'], string>;
