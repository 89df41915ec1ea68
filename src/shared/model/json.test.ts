import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonNumber, isJsonObject, parseJson, stringifyJson } from './json';

describe('parseJson', () => {
  it('keeps digits that a double cannot hold', () => {
    const text = '{"id":12345678901234567890,"price":1.10,"tiny":1e-400}';
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it('keeps the order of keys that look like array indices', () => {
    const value = parseJson('{"b":"x","10":"y","2":"z"}');
    expect(isJsonObject(value) && [...value.keys()]).toEqual(['b', '10', '2']);
  });

  it('keeps "__proto__" as an ordinary key', () => {
    const value = parseJson('{"__proto__":{"admin":true}}');
    expect(isJsonObject(value) && value.has('__proto__')).toBe(true);
  });

  it('lets the last of two equal keys win, in the place of the first', () => {
    expect(stringifyJson(parseJson('{"a":"1","b":"2","a":"3"}'))).toBe('{"a":"3","b":"2"}');
  });

  it('names the keys that the outermost object repeats', () => {
    const repeated: string[] = [];
    parseJson('{"a":1,"b":{"c":1,"c":2},"a":2}', (key) => repeated.push(key));
    expect(repeated).toEqual(['a']);
  });

  it('says where the text stops being JSON', () => {
    expect(() => parseJson('{"a": x}')).toThrow(expect.objectContaining({ position: 6 }));
  });

  it.each(['', '{', '{"a"}', '[1,]', '01', '1.', '"\n"', '"\\x"', 'nul', '{} {}', "{'a':1}", '+1'])(
    'refuses %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it('refuses nesting so deep that it would exhaust the stack', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(SyntaxError);
  });

  it('reads whatever JSON.stringify writes, and writes it back', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const again = stringifyJson(parseJson(text));
        expect(JSON.parse(again)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts white space wherever JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, '\t');
        expect(JSON.parse(stringifyJson(parseJson(` \r\n${text} `)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('holds numbers as written', () => {
    expect(parseJson('-0.50')).toEqual(new JsonNumber('-0.50'));
  });
});
