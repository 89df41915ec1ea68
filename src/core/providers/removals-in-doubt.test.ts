import { AppError, type ErrorCode } from '@shared/errors';
import { expect, it } from 'vitest';
import { asRevision } from '@core/secrets/revision';
import type { RemoveOutcome } from './provider';
import { RemovalsInDoubt } from './writes-in-doubt';

const failing = (code: ErrorCode) => async (): Promise<RemoveOutcome> => {
  throw new AppError(code);
};

it('takes a secret that is gone as removed if the answer to the same removal was lost', async () => {
  const removals = new RemovalsInDoubt();
  const lost = removals.run('a', asRevision('1'), failing('CONNECTION_RESET'));
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
  expect(await removals.run('a', asRevision('1'), failing('NOT_FOUND'))).toEqual({
    recoverable: false,
  });
  const third = removals.run('a', asRevision('1'), failing('NOT_FOUND'));
  await expect(third).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('says that what is scheduled for deletion can be recovered', async () => {
  const removals = new RemovalsInDoubt();
  const lost = removals.run('a', asRevision('1'), failing('TIMED_OUT'));
  await expect(lost).rejects.toMatchObject({ code: 'TIMED_OUT' });
  const again = await removals.run('a', asRevision('1'), failing('SCHEDULED_FOR_DELETION'));
  expect(again).toEqual({ recoverable: true });
});

it.each([
  ['another path', 'b', '1'],
  ['another version', 'a', '2'],
])('does not for %s', async (_, path, revision) => {
  const removals = new RemovalsInDoubt();
  const lost = removals.run('a', asRevision('1'), failing('CONNECTION_RESET'));
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
  const other = removals.run(path, asRevision(revision), failing('NOT_FOUND'));
  await expect(other).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
