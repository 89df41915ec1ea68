import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorAreas, errorCodes, rowOf } from '@shared/errors';
import { parsed, sourcesIn } from '@test/support/syntax';
import { makersIn, thrownIn } from '@test/support/thrown-codes';
import { errorsPage, renderErrorsPage } from './errors-doc.mjs';

it('docs/guide/errors.md says what the table of errors says: npm run docs:errors writes it', async () => {
  const page = readFileSync(errorsPage, 'utf8');
  expect(page).toBe(await renderErrorsPage());
  const codes = [...page.matchAll(/`([A-Z_]+)` +\|/g)].map(([, code]) => code);
  const inOrder = errorAreas.flatMap((area) =>
    errorCodes.filter((code) => rowOf(code).area === area),
  );
  expect(codes).toEqual(inOrder);
  expect(new Set(codes)).toEqual(new Set(errorCodes));
});

it('every code of the table is thrown by something', () => {
  const sources = sourcesIn('src/core', 'src/server', 'src/main', 'src/shared/model');
  const makers = new Set(sources.flatMap((source) => [...makersIn(source)]));
  const thrown = new Set(sources.flatMap((source) => [...thrownIn(source, makers)]));
  expect(errorCodes.filter((code) => !thrown.has(code))).toEqual([]);
});

describe('a code counts as thrown', () => {
  const codesIn = (text: string): readonly string[] => [...thrownIn(parsed('x.ts', text))];

  it.each([
    ['an error is made of it', "throw new AppError('A');"],
    ['an error is made of one of two', "const e = (x: string) => new AppError(x ? 'A' : 'B');"],
    ['it is found with its sentences', "const rule: Rule = () => ['A', { hint: 'Do.' }];"],
    ['it is one of two findings', "const rule = () => (x ? ['A'] : ['B', undefined]);"],
    ['a table has it with its sentences', "const meanings = { 404: { code: 'A', hint: '' } };"],
    ['a table of codes has it', "const codes: Readonly<Record<string, ErrorCode>> = { X: 'A' };"],
    ['a function returns it', "const of = (x: number): ErrorCode => { return x ? 'A' : 'B'; };"],
    ['a constant has it', "const known = codes[x] ?? (y ? 'A' : undefined); new AppError(known);"],
    ['it goes to a maker of errors', "const e = (c: ErrorCode) => new AppError(c); e('A');"],
    ['it goes to a maker of findings', "const same = (c: ErrorCode) => () => [c]; same('A');"],
  ])('where %s', (_, text) => {
    expect(codesIn(text)).toContain('A');
  });

  it.each([
    ['compared with', "if (error.code === 'A' || isAppError(error, 'A')) throw error;"],
    ['decided by', "throw new AppError(code === 'A' ? other : code);"],
    ['listed', "const codes = new Set<ErrorCode>(['A']); const more: ErrorCode[] = ['A'];"],
    ['looked for in a list', "const is = (code: string) => ['A'].includes(code);"],
    ['a key of a map', "const words = new Map([['A', 'missing']]); const by = { A: 'missing' };"],
    ['named elsewhere', "dismissErrors('A'); switch (code) { case 'A': break; }"],
    ['in a sentence', "throw new AppError('B', { message: 'A' });"],
  ])('not where it is only %s', (_, text) => {
    expect(codesIn(text)).not.toContain('A');
  });
});
