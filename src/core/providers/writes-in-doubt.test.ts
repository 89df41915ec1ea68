import { expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { asRevision } from '@core/secrets/revision';
import { WritesInDoubt } from './writes-in-doubt';

const base = asRevision('1');

/** Runs writes one after the other. Each adds a try and ends as it says; returns the tries that each found. */
async function found(
  ...writes: readonly (readonly [
    expected: typeof base | null,
    end: AppError | 'done' | 'refused',
  ])[]
): Promise<string[]> {
  const inDoubt = new WritesInDoubt<number>();
  const all: string[] = [];
  for (const [index, [expected, end]] of writes.entries()) {
    await inDoubt
      .run('path', expected, (tries) => {
        all.push(tries.join());
        if (end !== 'refused') tries.push(index);
        if (end === 'done') return Promise.resolve();
        return Promise.reject(end === 'refused' ? new AppError('PERMISSION_DENIED') : end);
      })
      .catch(() => undefined);
  }
  return all;
}

const lost = new AppError('TIMED_OUT');

it('finds the tries of earlier writes from the same base that had no answer', async () => {
  expect(await found([base, lost], [base, lost], [base, 'done'])).toEqual(['', '0', '0,1']);
  expect(await found([null, lost], [null, 'done'])).toEqual(['', '0']);
});

it.each([
  ['another base', [base, lost], [null, 'done']],
  ['a write that is done', [base, 'done'], [base, 'done']],
  ['a conflict', [base, new AppError('CONFLICT')], [base, 'done']],
  ['a create that found a secret', [base, new AppError('ALREADY_EXISTS')], [base, 'done']],
  ['a write that was refused before it was sent', [base, 'refused'], [base, 'done']],
] as const)('finds none after %s', async (_name, first, second) => {
  expect(await found(first, second)).toEqual(['', '']);
});
