import { expect, it } from 'vitest';
import { excerptOf, matchRank, wantedOf } from './search';

it.each([
  ['DATABASE_URL', 'database_url', 4],
  ['DATABASE_URL', 'data', 3],
  ['DATABASE_URL', 'url', 2],
  ['payments/eu/prod', 'eu', 2],
  ['DATABASE_URL', 'base', 1],
  ['payments/eu/prod', 'prod payments', 1],
  ['DATABASE_URL', 'url stripe', undefined],
  ['DATABASE_URL', '  ', undefined],
])('%j matches %j with rank %j', (text, query, rank) => {
  expect(matchRank(text, wantedOf(query))).toBe(rank);
});

it.each([
  ['postgres://db.internal', 'internal', 'postgres://db.internal'],
  [
    `${'a'.repeat(40)}needle${'b'.repeat(80)}`,
    'NEEDLE',
    `…${'a'.repeat(16)}needle${'b'.repeat(42)}…`,
  ],
  ['one\ntwo', 'two', 'one two'],
])('shows %j around %j', (text, query, excerpt) => {
  expect(excerptOf(text, wantedOf(query))).toBe(excerpt);
});
