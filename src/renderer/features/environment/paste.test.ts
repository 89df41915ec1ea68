import { describe, expect, it } from 'vitest';
import { readPaste, type Place } from './paste';

const kind = (text: string, place: Place): string => readPaste(text, place).kind;

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\nQUFB=\n-----END PRIVATE KEY-----\n';

describe('a text that is pasted', () => {
  it.each<[string, Place, string]>([
    ['A=1\nB=2\n', 'row', 'variables'],
    ['A=1\nB=2\n', 'key', 'variables'],
    ['A=1\n# a comment\n\nexport B=2', 'value', 'variables'],
    ['A=1', 'row', 'variables'],
    ['A=1', 'value', 'cell'],
    ['cGFzc3dvcmQ=', 'value', 'cell'],
    ['plain', 'row', 'cell'],
    [PEM, 'value', 'cell'],
    [PEM, 'row', 'cell'],
    ['{\n  "a": "b=c"\n}', 'value', 'cell'],
    ['A=1\nnot a line', 'value', 'cell'],
    ['A=1\nnot a line', 'row', 'variables'],
    ['', 'row', 'cell'],
  ])('%j into a %s is %s', (text, place, expected) => {
    expect(kind(text, place)).toBe(expected);
  });

  it('reports lines that are not variables, so that none is skipped unseen', () => {
    expect(readPaste('A=1\nnot a line', 'row')).toMatchObject({ hasProblems: true });
    expect(readPaste('A=1\nB=2', 'row')).toMatchObject({ hasProblems: false });
  });

  it('loses the end of the last line, and no other', () => {
    expect(readPaste('one\ntwo\n', 'value')).toEqual({ kind: 'cell', text: 'one\ntwo' });
    expect(readPaste('one\r\n', 'value')).toEqual({ kind: 'cell', text: 'one' });
    expect(readPaste('one \n\n', 'value')).toEqual({ kind: 'cell', text: 'one \n' });
  });
});
