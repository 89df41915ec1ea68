import { describe, expect, it } from 'vitest';
import { documentFromBytes, documentFromText } from './document';
import { sameContent } from './same-content';

const same = (a: string, b: string): boolean =>
  sameContent(documentFromText(a), documentFromText(b));

describe('the same', () => {
  it.each([
    ['{"a":"1","b":"2"}', '{"b":"2","a":"1"}'],
    ['{"n":{"x":1,"y":[{"p":1,"q":2}]}}', '{"n":{"y":[{"q":2,"p":1}],"x":1}}'],
    ['{"n":1000}', '{"n":1e3}'],
    ['{"n":1.50}', '{"n":1.5}'],
    ['{"n":100}', '{"n":1.0E+2}'],
    ['{"n":-0.0}', '{"n":0}'],
    ['{"n":0.00012}', '{"n":12e-5}'],
    ['{"n":[1.0]}', '{"n":[1]}'],
    ['just text', 'just text'],
    ['{}', '{}'],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(true);
    expect(same(b, a)).toBe(true);
  });
});

describe('not the same', () => {
  it.each([
    ['{"n":12345678901234567890}', '{"n":12345678901234567000}'],
    ['{"n":0.1}', '{"n":0.10000000000000001}'],
    ['{"n":1}', '{"n":-1}'],
    ['{"n":1}', '{"n":10}'],
    ['{"n":1}', '{"n":"1"}'],
    ['{"n":null}', '{}'],
    ['{"n":true}', '{"n":"true"}'],
    ['{"a":"1"}', '{"b":"1"}'],
    ['{"a":"1"}', '{"a":"1","b":""}'],
    ['{"n":[1,2]}', '{"n":[2,1]}'],
    ['{"n":[1]}', '{"n":{"0":1}}'],
    ['{"n":{"x":1}}', '{"n":{"x":1,"y":null}}'],
    ['{"n":[null]}', '{"n":[]}'],
    ['{}', '[]'],
    ['text', 'text '],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(false);
    expect(same(b, a)).toBe(false);
  });
});

it('compares bytes with bytes', () => {
  const bytes = documentFromBytes(Buffer.from('a'));
  expect(sameContent(bytes, documentFromBytes(Buffer.from('a')))).toBe(true);
  expect(sameContent(bytes, documentFromBytes(Buffer.from('b')))).toBe(false);
  expect(sameContent(bytes, documentFromText('a'))).toBe(false);
});
