/**
 * Slows down the guessing of a PIN. The count is in the data directory, so that starting again, or another process, does
 * not begin at zero. Whoever can change the data directory can change it too; they still need the keychain.
 */
import { z } from 'zod';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import type { PreferenceRows } from '@core/storage/preferences';

/** The name of the row. */
const GUESSES = 'guesses';

const rowSchema = z.object({ wrong: z.number().int().min(0), at: z.number() });
type Row = z.infer<typeof rowSchema>;

const NONE: Row = { wrong: 0, at: 0 };

/** Guesses that cost no time. */
const FREE = 5;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Milliseconds after each wrong guess from then on; the last one counts for all later ones. */
const PAUSES = [30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE] as const;

const pauseAfter = (wrong: number): number =>
  wrong < FREE ? 0 : (PAUSES[wrong - FREE] ?? 60 * MINUTE);

export interface Guess {
  /** It was right: earlier guesses are forgotten. */
  forgive(): void;
  /** Nobody could tell whether it was right. */
  undo(): void;
}

export class Guesses {
  constructor(
    private readonly rows: PreferenceRows,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {}

  /**
   * Counts a guess as wrong before it is tried, so that ending the process in between gains nothing. Throws
   * `UNLOCK_PAUSED` if it comes too early.
   */
  begin(): Guess {
    const before = this.rows.get(GUESSES, rowSchema) ?? NONE;
    const now = this.runtime.now();
    const pause = pauseAfter(before.wrong);
    // A clock that was set back makes nobody wait longer than the pause.
    const left = Math.min(before.at + pause - now, pause);
    if (left > 0) throw paused(left);
    this.rows.set(GUESSES, { wrong: before.wrong + 1, at: now });
    return {
      forgive: () => {
        this.forget();
      },
      undo: () => {
        this.rows.set(GUESSES, before);
      },
    };
  }

  /** There is another PIN, or none. */
  forget(): void {
    if (this.rows.get(GUESSES, rowSchema) !== undefined) this.rows.set(GUESSES, NONE);
  }
}

function paused(leftMs: number): AppError {
  const seconds = Math.ceil(leftMs / SECOND);
  const time = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  const [count, unit] = time;
  return new AppError('UNLOCK_PAUSED', {
    message: `Too many wrong PINs. Try again in ${String(count)} ${String(unit)}${count === 1 ? '' : 's'}.`,
  });
}
