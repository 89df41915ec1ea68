import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRedacted, Patterns, Redactor, SHORTEST_REDACTED, type SecretValue } from './redact';

const named = (...values: readonly string[]): SecretValue[] =>
  values.map((value, index) => ({ name: String.fromCodePoint(65 + index), value }));

function redact(patterns: Patterns, chunks: readonly Uint8Array[]): Buffer {
  const redactor = new Redactor(patterns);
  return Buffer.concat([...chunks.map((chunk) => redactor.take(chunk)), redactor.end()]);
}

const redactText = (text: string, ...values: readonly string[]): string =>
  redact(new Patterns(named(...values)), [Buffer.from(text)]).toString();

/** Cuts bytes at places that are given as numbers from 0 to 1. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = places.map((place) => Math.floor(place * bytes.byteLength)).toSorted((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.byteLength));
}

/** Few different characters, so that values overlap each other, themselves and the text. */
const dense = (length: { minLength?: number; maxLength: number }) =>
  fc.string({ ...length, unit: fc.constantFrom('a', 'b', 'c') });
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
const secrets = fc.array(dense({ minLength: 4, maxLength: 9 }), { minLength: 1, maxLength: 5 });

describe('Redactor', () => {
  it.each([
    ['the key is hunter2!', ['hunter2'], 'the key is [A]!'],
    ['hunter2hunter2', ['hunter2'], '[A][A]'],
    ['abcdefgh abcdX', ['abcd', 'abcdefgh'], '[B] [A]X'],
    ['xabcdefgh', ['xabcd', 'abcdefgh'], '[B]'],
    ['aaaaaaa aaa', ['aaaa'], '[A] aaa'],
    ['abcdXabcd', ['abcd', 'cdXabcdY'], '[A]X[A]'],
    ['abcdXabcdY', ['abcd', 'cdXabcdY'], '[B]'],
    ['schlüssel für', ['lüss', 'für'], 'sch[A]el [B]'],
    ['on 123 true Local', ['on', '123', 'true', 'local'], 'on 123 true Local'],
    ['same same', ['same', 'same'], '[A] [A]'],
    ['', ['hunter2'], ''],
  ])('makes %j with %j into %j', (text, values, expected) => {
    expect(redactText(text, ...values)).toBe(expected);
  });

  it.each([
    ['in JSON', String.raw`"say \"hi\"\nthere"`, 'say "hi"\nthere'],
    ['in a URL', '?p=p%40ss%2Fword%20x', 'p@ss/word x'],
    ['in a form', 'p=p%40ss%2Fword+x', 'p@ss/word x'],
    ['in base64', Buffer.from('correct horse').toString('base64'), 'correct horse'],
    ['in base64 for URLs', Buffer.from('??>>??>>ÿÿ').toString('base64url'), '??>>??>>ÿÿ'],
  ])('finds a value %s', (_, text, value) => {
    const redacted = redactText(`a ${text} b`, value);
    expect(redacted).toContain('[A]');
    expect(redacted).not.toContain(text.slice(4, -4));
  });

  it('is needed exactly where a form occurs', () => {
    fc.assert(
      fc.property(secrets, dense({ maxLength: 60 }), (values, text) => {
        const patterns = new Patterns(named(...values));
        const isChanged = redact(patterns, [Buffer.from(text)]).toString() !== text;
        expect(patterns.occurIn(Buffer.from(text))).toBe(isChanged);
      }),
    );
  });

  it.each(['', 'u', 'us', 'user:', 'someone:'])('finds a value in base64 after %j', (before) => {
    const value = 'correct horse battery';
    const encoded = Buffer.from(`${before}${value}!`).toString('base64');
    const redacted = redactText(`Basic ${encoded}`, value);
    expect(redacted).toContain('[A]');
    expect(redacted.length).toBeLessThan('Basic [A]'.length + before.length * 2 + 8);
  });

  it('gives the same for any chunks', () => {
    fc.assert(
      fc.property(secrets, dense({ maxLength: 80 }), places, (values, text, at) => {
        const patterns = new Patterns(named(...values));
        const bytes = Buffer.from(text);
        expect(redact(patterns, cut(bytes, at))).toEqual(redact(patterns, [bytes]));
        expect(
          redact(
            patterns,
            [...bytes].map((byte) => Buffer.of(byte)),
          ),
        ).toEqual(redact(patterns, [bytes]));
      }),
      { numRuns: 2000 },
    );
  });

  it('hides each byte of each value, and no other byte', () => {
    fc.assert(
      fc.property(secrets, dense({ maxLength: 60 }), (values, text) => {
        // The bytes that no value covers, by the slowest way to find them.
        const covered = new Set<number>();
        for (const value of values) {
          for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
            for (let byte = at; byte < at + value.length; byte += 1) covered.add(byte);
          }
        }
        const rest = text
          .split('')
          .filter((_, at) => !covered.has(at))
          .join('');
        expect(redactText(text, ...values).replaceAll(/\[[A-Z]\]/g, '')).toBe(rest);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves bytes alone that hold no value, whatever they are', () => {
    const patterns = new Patterns(named('correct horse', 'hunter2'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), places, (bytes, at) => {
        const text = Buffer.from(bytes);
        expect(redact(patterns, cut(text, at))).toEqual(text);
      }),
    );
  });

  it('lets no value through, even if the stream pauses anywhere', () => {
    fc.assert(
      fc.property(secrets, dense({ maxLength: 60 }), places, (values, text, at) => {
        const redactor = new Redactor(new Patterns(named(...values)));
        const out = cut(Buffer.from(text), at).flatMap((chunk) => [
          redactor.take(chunk),
          redactor.quiet(),
        ]);
        const result = Buffer.concat([...out, redactor.end()]).toString();
        for (const value of values) expect(result).not.toContain(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds back less than the longest value, and only what may begin one', () => {
    const redactor = new Redactor(new Patterns(named('hunter2', 'hunt the fox')));
    expect(redactor.take(Buffer.from('Password: ')).toString()).toBe('Password: ');
    expect(redactor.isHolding).toBe(false);
    expect(redactor.take(Buffer.from('hunt the fo')).toString()).toBe('');
    expect(redactor.isHolding).toBe(true);
    expect(redactor.take(Buffer.from('am')).toString()).toBe('hunt the foam');
    expect(redactor.take(Buffer.from('hunter2')).toString()).toBe('[A]');
  });

  it('gives out a prompt that begins a value after a pause, and hides the rest of the value', () => {
    const redactor = new Redactor(new Patterns(named('> secret')));
    expect(redactor.take(Buffer.from('> ')).toString()).toBe('');
    expect(redactor.quiet().toString()).toBe('> ');
    expect(redactor.quiet().toString()).toBe('');
    expect(redactor.take(Buffer.from('secr')).toString()).toBe('');
    expect(redactor.quiet().toString()).toBe('s');
    expect(redactor.take(Buffer.from('et!')).toString()).toBe('[A]!');
  });

  it('does not gather a stream that is one endless match', () => {
    const redactor = new Redactor(new Patterns(named('aaaa')));
    const out = redactor.take(Buffer.from('a'.repeat(10_000)));
    const rest = redactor.end();
    expect(rest.byteLength).toBeLessThan(100);
    expect(Buffer.concat([out, rest]).toString()).toMatch(/^(\[A\])+$/);
  });

  it('takes megabytes in a moment', () => {
    const values = Array.from({ length: 300 }, (_, n) => `${String(n)}-${'x'.repeat(40)}`);
    const redactor = new Redactor(new Patterns(named(...values)));
    const chunk = Buffer.from(
      '2026-11-30 INFO a line of a log, 12-xxxxxxxxx, as it is\n'.repeat(1000),
    );
    const startedAt = performance.now();
    for (let time = 0; time < 100; time += 1) redactor.take(chunk);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

describe('isRedacted', () => {
  it.each([
    ['abc', false],
    ['abcd', true],
    ['üü', true],
    ['', false],
    ['FALSE', false],
    ['production', false],
  ])('of %j is %s', (value, expected) => {
    expect(isRedacted(value)).toBe(expected);
    expect(new Patterns(named(value)).isEmpty).toBe(!expected);
  });

  it('starts at four bytes', () => {
    expect(SHORTEST_REDACTED).toBe(4);
  });
});
