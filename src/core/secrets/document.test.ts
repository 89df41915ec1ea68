import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import { documentFromBytes, documentFromText, documentToText, fingerprint } from './document';

const roundTrip = (text: string): string => {
  const document = documentFromText(text);
  if (document.shape === 'binary') throw new Error('text became binary');
  return documentToText(document);
};

describe('documentFromText', () => {
  it('reads a JSON object as a map of typed values', () => {
    const document = documentFromText('{"A":"x","B":1.50,"C":true,"D":null,"E":{"f":[1]},"F":[]}');
    expect(document.shape).toBe('map');
    if (document.shape !== 'map') return;
    expect(
      [...document.entries].map(([key, { kind, value }]) => [key, kind, value.reveal()]),
    ).toEqual([
      ['A', 'text', 'x'],
      ['B', 'number', '1.50'],
      ['C', 'boolean', 'true'],
      ['D', 'null', 'null'],
      ['E', 'nested', '{"f":[1]}'],
      ['F', 'nested', '[]'],
    ]);
  });

  it.each(['', 'plain text', '[1,2]', '"quoted"', '42', 'null', '{broken', '{"a":1'])(
    'keeps %j as the one text it is',
    (text) => {
      expect(documentFromText(text).shape).toBe('text');
      expect(roundTrip(text)).toBe(text);
    },
  );

  it('gives any JSON object back unchanged, however long its numbers', () => {
    const text = '{"b":123456789012345678901234567890,"1":"x","a":1e400,"":"empty key"}';
    expect(roundTrip(text)).toBe(text);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        expect(JSON.parse(roundTrip(JSON.stringify(object)))).toEqual(
          JSON.parse(JSON.stringify(object)),
        );
      }),
    );
  });
});

describe('fingerprint', () => {
  it('tells content, order and shape apart', () => {
    const texts = ['{"a":"1","b":"2"}', '{"b":"2","a":"1"}', '{"a":1,"b":"2"}', 'YQ==', ''];
    const prints = [
      ...texts.map((text) => fingerprint(documentFromText(text))),
      fingerprint(documentFromBytes(Buffer.from('a'))),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('is the same for the same content', () => {
    expect(fingerprint(documentFromText('{ "a": "1" }'))).toBe(
      fingerprint(documentFromText('{"a":"1"}')),
    );
  });
});

it('shows no value when it is printed', () => {
  const documents = [documentFromText('{"A":"hunter2"}'), documentFromText('hunter2')];
  expect(inspect(documents, { depth: null })).not.toContain('hunter2');
  expect(JSON.stringify(documents.map((document) => Object.values(document)))).not.toContain(
    'hunter2',
  );
});
