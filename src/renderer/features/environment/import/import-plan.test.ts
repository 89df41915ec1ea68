import type { Variable } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import { addVariables, editVariable, emptyDraft, removeRows, rowsOf } from '../draft';
import {
  IMPORT_MAX_BYTES,
  checkText,
  effective,
  nameFromFile,
  planImport,
  readImport,
  readSource,
} from './import-plan';

it.each([
  ['.env', 'development'],
  ['env', 'development'],
  ['.env.production', 'production'],
  ['staging.env', 'staging'],
  ['.env.qa.txt', 'qa'],
  ['secrets', 'secrets'],
  [`${'x'.repeat(300)}.env`, 'x'.repeat(200)],
])('makes of %s the environment %s', (file, name) => {
  expect(nameFromFile(file)).toBe(name);
});

const SAME: Variable = { key: 'SAME', kind: 'text', secret: true };
const OTHER: Variable = { key: 'OTHER', kind: 'text', secret: true };
const variables = [SAME, OTHER];
const file = readImport('NEW=1\nSAME=s\nOTHER=o\nBLANK=\n');
const compared = [
  { key: 'NEW', state: 'new' },
  { key: 'SAME', state: 'same' },
  { key: 'OTHER', state: 'different' },
  { key: 'BLANK', state: 'new' },
] as const;

const plan = (overwrite: boolean, rows = rowsOf(variables, undefined)) =>
  Object.fromEntries(
    planImport(file, rows, compared, overwrite).map(({ key, action }) => [key, action]),
  );

describe('a plan', () => {
  it('keeps existing keys and skips blank values', () => {
    expect(plan(false)).toEqual({ NEW: 'add', SAME: 'same', OTHER: 'keep', BLANK: 'blank' });
  });

  it('changes existing keys with “Overwrite”', () => {
    expect(plan(true)).toEqual({ NEW: 'add', SAME: 'same', OTHER: 'change', BLANK: 'blank' });
    const steps = planImport(file, rowsOf(variables, undefined), compared, true);
    expect(effective(steps).map(({ key }) => key)).toEqual(['NEW', 'OTHER']);
  });

  it('compares with values that were typed and not saved', () => {
    let draft = editVariable(emptyDraft('r'), OTHER, { value: 'o' });
    draft = addVariables(removeRows(draft, rowsOf([SAME], undefined)), [
      { key: 'NEW', value: 'typed' },
    ]);
    expect(plan(false, rowsOf(variables, draft))).toEqual({
      NEW: 'keep',
      SAME: 'add',
      OTHER: 'same',
      BLANK: 'blank',
    });
  });
});

describe('a file that is no .env file', () => {
  it('is refused by its size, which the refusal names', async () => {
    const large = new Blob([new Uint8Array(IMPORT_MAX_BYTES + 1).fill(65)]);
    expect((await readSource(large)).refusal).toBe(
      'This is larger than 5 MB: it has 5,242,881 bytes. Nothing was imported.',
    );
    expect(checkText('A'.repeat(IMPORT_MAX_BYTES + 1)).refusal).toContain('larger than 5 MB');
    expect(checkText('A'.repeat(IMPORT_MAX_BYTES)).refusal).toBeUndefined();
  });

  it.each([
    ['zero bytes', [65, 0, 66]],
    ['bytes that are not UTF-8', [0xff, 0xfe, 0x41]],
  ])('is refused for %s', async (_what, bytes) => {
    expect((await readSource(new Blob([new Uint8Array(bytes)]))).refusal).toContain(
      'not UTF-8 text',
    );
  });

  it('is not confused with text of any script', async () => {
    expect(await readSource(new Blob(['NAME=東京\n']))).toEqual({ text: 'NAME=東京\n' });
  });
});
