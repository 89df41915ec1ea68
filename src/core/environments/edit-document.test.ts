import type { Addition, Edit } from '@shared/model/change-set';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import type { VariableMark } from '@core/storage/variable-marks';
import { documentFromBytes, documentFromText, documentToText } from '@core/secrets/document';
import { editDocument, editMarks } from './edit-document';

const JSON_TEXT =
  '{"TEXT":"a","2":"second","N":1.50,"BIG":12345678901234567890,"ON":true,"NO":null,"X":{"b":[1,2.0],"a":"y"}}';

const edited = (text: string, edits: Edit[], additions: Addition[] = []) =>
  documentToText(editDocument(documentFromText(text), { edits, additions }));

describe('editing a document', () => {
  it('leaves what is not touched to the last digit, in its order', () => {
    expect(edited(JSON_TEXT, [])).toBe(JSON_TEXT);
    expect(edited(JSON_TEXT, [{ key: 'TEXT', value: 'é"\n' }], [{ key: 'NEW', value: '5' }])).toBe(
      `${JSON_TEXT.replace('"a"', String.raw`"é\"\n"`).slice(0, -1)},"NEW":"5"}`,
    );
  });

  it.each([
    ['number', '12345678901234567890', '12345678901234567890'],
    ['boolean', 'true', 'true'],
    ['null', 'null', 'null'],
    ['nested', '{"b":[1,2.0]}', '{"b":[1,2.0]}'],
    ['text', '2', '"2"'],
    ['number', 'typed over', '"typed over"'],
  ] as const)('gives what was copied its kind, %s: %s', (kind, value, json) => {
    expect(edited('{"A":1}', [{ key: 'A', value, kind }], [{ key: 'B', value, kind }])).toBe(
      `{"A":${json},"B":${json}}`,
    );
  });

  it('renames in place and takes out', () => {
    expect(
      edited('{"A":"1","B":2,"C":"3"}', [
        { key: 'A', rename: 'B' },
        { key: 'B', rename: 'A' },
        { key: 'C', remove: true },
      ]),
    ).toBe('{"B":"1","A":2}');
  });

  it.each([
    ['N', '2.25', '2.25'],
    ['N', 'two', '"two"'],
    ['ON', 'false', 'false'],
    ['ON', 'yes', '"yes"'],
    ['NO', 'null', 'null'],
    ['NO', 'something', '"something"'],
    ['X', '{"a":[]}', '{"a":[]}'],
    ['X', '[1', '"[1"'],
    ['TEXT', 'true', '"true"'],
  ])('keeps the kind of %s as long as %s can be one', (key, value, json) => {
    const after = edited(JSON_TEXT, [{ key, value }]);
    expect(after).toContain(`"${key}":${json}`);
    expect(() => JSON.parse(after) as unknown).not.toThrow();
  });

  it.each([
    ['two of a key by renaming', [{ key: 'A', rename: 'B' }], [], 'B'],
    ['two of a key by adding', [], [{ key: 'A', value: '' }], 'A'],
    [
      'two additions of a key',
      [],
      [
        { key: 'N', value: '' },
        { key: 'N', value: '' },
      ],
      'N',
    ],
  ])('refuses %s, and names the key', (_, edits: Edit[], additions, field) => {
    expect(() => edited('{"A":"1","B":"2"}', edits, additions)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details: { field } }),
    );
  });

  it('refuses an empty key, but leaves one that came so', () => {
    const code = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => edited('{"A":"1"}', [{ key: 'A', rename: '' }])).toThrow(code);
    expect(() => edited('{"A":"1"}', [], [{ key: '', value: '' }])).toThrow(code);
    expect(edited('{"":"1"}', [{ key: '', value: '2' }])).toBe('{"":"2"}');
  });

  it('calls an edit of what is no longer there a conflict', () => {
    expect(() => edited('{"A":"1"}', [{ key: 'GONE', value: 'x' }])).toThrow(
      expect.objectContaining({ code: 'CONFLICT', details: { field: 'GONE' } }),
    );
  });

  it('changes a secret that is one text as a whole, and in no other way', () => {
    const key = WHOLE_SECRET_KEY;
    expect(edited('one text', [{ key, value: 'another' }])).toBe('another');
    expect(edited('one text', [{ key, secret: false }])).toBe('one text');
    const code = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => edited('one text', [{ key, remove: true }])).toThrow(code);
    expect(() => edited('one text', [{ key, rename: 'A' }])).toThrow(code);
    expect(() => edited('one text', [], [{ key: 'A', value: '1' }])).toThrow(code);
  });

  it('does not touch what is binary', () => {
    const document = documentFromBytes(Buffer.from([0, 255]));
    expect(() => editDocument(document, { edits: [], additions: [] })).toThrow(
      expect.objectContaining({ code: 'BINARY_VALUE' }),
    );
  });
});

describe('editing marks', () => {
  const before = new Map<string, VariableMark>([
    ['A', { disabled: true, secret: false }],
    ['B', { disabled: false, secret: true }],
  ]);

  it('follows renames, also where two change places', () => {
    const edits = [
      { key: 'A', rename: 'B' },
      { key: 'B', rename: 'A' },
    ];
    expect(Object.fromEntries(editMarks(before, { edits, additions: [] }))).toEqual({
      A: { disabled: false, secret: true },
      B: { disabled: true, secret: false },
    });
  });

  it('sets, keeps and removes a note, which follows a rename', () => {
    const set = editMarks(before, {
      edits: [{ key: 'A', note: 'what it is for' }],
      additions: [{ key: 'C', value: 'x', note: 'new' }],
    });
    expect(set.get('A')).toEqual({ disabled: true, secret: false, note: 'what it is for' });
    expect(set.get('C')?.note).toBe('new');
    const renamed = editMarks(set, { edits: [{ key: 'A', rename: 'D' }], additions: [] });
    expect(renamed.get('D')?.note).toBe('what it is for');
    const emptied = editMarks(renamed, { edits: [{ key: 'D', note: '' }], additions: [] });
    expect(emptied.get('D')).toEqual({ disabled: true, secret: false });
  });

  it('goes with what is removed, and not over to what takes its key', () => {
    const marks = editMarks(before, {
      edits: [{ key: 'A', remove: true }],
      additions: [{ key: 'A', value: 'new' }],
    });
    expect(marks.get('A')).toEqual({ disabled: false, secret: undefined });
    expect(marks.get('B')).toEqual({ disabled: false, secret: true });
  });

  it('keeps what is not said again', () => {
    const edits = [
      { key: 'A', secret: true },
      { key: 'B', value: 'x', disabled: true },
    ];
    const marks = editMarks(before, { edits, additions: [] });
    expect(marks.get('A')).toEqual({ disabled: true, secret: true });
    expect(marks.get('B')).toEqual({ disabled: true, secret: true });
    expect(before.get('A')?.secret).toBe(false);
  });
});
