import { describe, expect, it } from 'vitest';
import { commonFolder, inFolder, proposedPath } from './paths';

describe('proposedPath', () => {
  it.each([
    ['payments/prod', 'payments/prod', 'payments/prod'],
    ['My Service', 'my-service', 'my-service'],
    ['payments/live', 'payments/prod', 'payments/live'],
    ['Payments Live', 'payments/prod/', 'payments-live/'],
    ['payments/prod', 'payments/prod/', 'payments/prod/'],
    ['!!!', 'payments/prod', 'payments/prod'],
  ])('for %s at %s is %s', (name, path, proposed) => {
    expect(proposedPath({ name, path })).toBe(proposed);
  });
});

it('finds the common folder', () => {
  expect(commonFolder(['a/b/prod', 'a/b/staging', 'a/b/c/prod/'])).toBe('a/b');
  expect(commonFolder(['a/prod', 'ab/prod'])).toBe('');
  expect(commonFolder(['a/prod'])).toBe('a');
  expect(commonFolder(['prod', 'a/prod'])).toBe('');
  expect(commonFolder([])).toBe('');
});

it('moves paths from one folder to another', () => {
  expect(inFolder('a/b/prod', 'a/b', 'teams')).toBe('teams/prod');
  expect(inFolder('a/b/prod/', 'a', '')).toBe('b/prod/');
  expect(inFolder('prod', '', 'teams/x')).toBe('teams/x/prod');
  expect(inFolder('ab/prod', 'a', 'teams')).toBe('ab/prod');
});
