import { describe, expect, it } from 'vitest';
import { readPaste, type Place } from './paste';

const kind = (text: string, place: Place): string => readPaste(text, place).kind;

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\nQUFB=\n-----END PRIVATE KEY-----\n';

describe('a text that is pasted', () => {
  it.each<[string, Place, string]>([
    ['A=1\nB=2\n', 'row', 'file'],
    ['A=1\nB=2\n', 'key', 'file'],
    ['A=1\n# a comment\n\nexport B=2', 'value', 'file'],
    ['A=1', 'row', 'variable'],
    ['A="one\ntwo"', 'key', 'variable'],
    ['A=1', 'value', 'cell'],
    ['cGFzc3dvcmQ=', 'value', 'cell'],
    ['plain', 'row', 'cell'],
    [PEM, 'value', 'cell'],
    [PEM, 'row', 'cell'],
    ['{\n  "a": "b=c"\n}', 'value', 'cell'],
    ['A=1\nnot a line', 'value', 'cell'],
    ['A=1\nnot a line', 'row', 'file'],
    ['A=1\nnot a line\nB=2', 'value', 'file'],
    ['not a line\nA=1\nB=2', 'key', 'file'],
    ['[db]\nhost=x\nport=1', 'value', 'file'],
    ['not a line\nA=1', 'row', 'cell'],
    ['A="open\nB=2', 'value', 'file'],
    ['A="open\nB=2\nC=3', 'value', 'file'],
    ['A=1\nA=2', 'value', 'file'],
    ['A=1\nA=2', 'key', 'file'],
    ['GRÖSSE=1\nЦВЕТ=2', 'value', 'file'],
    ['A=1\r\nnot a line\r\nB=2\r\n', 'key', 'file'],
    ['export A=1\n}\nexport B=2', 'value', 'file'],
    ['', 'row', 'cell'],
  ])('%j into a %s is a %s', (text, place, expected) => {
    expect(kind(text, place)).toBe(expected);
  });

  it('gives one variable as it is', () => {
    expect(readPaste('A="two\\nlines"', 'row')).toEqual({
      kind: 'variable',
      key: 'A',
      value: 'two\nlines',
    });
  });

  it('loses the end of the last line, and no other', () => {
    expect(readPaste('one\ntwo\n', 'value')).toEqual({ kind: 'cell', text: 'one\ntwo' });
    expect(readPaste('one\r\n', 'value')).toEqual({ kind: 'cell', text: 'one' });
    expect(readPaste('one \n\n', 'value')).toEqual({ kind: 'cell', text: 'one \n' });
  });
});
