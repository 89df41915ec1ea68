import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearPattern, PATTERN_MAX, PATTERN_TEXT_MAX, PatternError } from './linear-pattern';

const matches = (pattern: string, text: string): boolean => linearPattern(pattern)(text);

describe('linearPattern', () => {
  it.each([
    ['', ''],
    ['sk_(live|test)_[A-Za-z0-9]{4,6}', 'sk_test_aB12'],
    ['^[a-z][a-z0-9-]*$', 'eu-west-1'],
    [String.raw`\d+\.\d+`, '12.5'],
    [String.raw`[^\s]+`, 'no-space'],
    ['.*', 'two\nlines 🙂'],
    ['🙂{2}', '🙂🙂'],
    ['(a|)b', 'b'],
    ['(a*)*', 'aaa'],
    [String.raw`price\$`, 'price$'],
    ['[a-]', '-'],
  ])('%s takes %s', (pattern, text) => {
    expect(matches(pattern, text)).toBe(true);
  });

  it.each([
    ['', 'a'],
    ['abc', 'xabc'],
    ['a|bc', 'abc'],
    ['a{2,3}', 'aaaa'],
    ['[^a-c]', 'b'],
    [String.raw`\D`, '5'],
    ['a.', 'a'],
    ['a*', 'a'.repeat(PATTERN_TEXT_MAX + 1)],
  ])('%s does not take %s', (pattern, text) => {
    expect(matches(pattern, text)).toBe(false);
  });

  it.each([
    ['(a', 'A “(” is not closed.'],
    ['a)', 'A “)” has no “(”.'],
    ['[a', 'A “[” is not closed.'],
    ['*a', 'There is nothing before “*” that it could repeat.'],
    ['a**', '“*” repeats what is repeated already. Use a group.'],
    ['(?=a)', 'Of groups with “(?”, only “(?:” can be used.'],
    [String.raw`(a)\1`, String.raw`“\1” cannot be used in a pattern.`],
    ['a{3,2}', '{3,2} has the larger number first.'],
    ['a{x}', String.raw`Write a number of times as {3}, {3,} or {3,5}. For “{”, write “\{”.`],
    ['[z-a]', 'A range in “[…]” goes from a character to a later one, as in [a-z].'],
    ['(a{100}){100}', 'The pattern repeats too much. Use smaller numbers in {…}.'],
    ['((){999}){999}', 'The pattern repeats too much. Use smaller numbers in {…}.'],
    ['a\\', 'The pattern ends too early.'],
    ['a'.repeat(PATTERN_MAX + 1), 'A pattern can have at most 200 characters.'],
  ])('refuses %s', (pattern, message) => {
    expect(() => linearPattern(pattern)).toThrow(new PatternError(message));
  });

  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    String.raw`\d`,
    String.raw`\W`,
    '(?:a|b)',
  );
  const quantified = fc
    .tuple(piece, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
    .map((parts) => parts.join(''));
  const pattern = fc
    .array(
      fc.oneof(
        quantified,
        fc.array(quantified, { maxLength: 3 }).map((all) => `(?:${all.join('')})*`),
      ),
      {
        maxLength: 4,
      },
    )
    .map((all) => all.join(''));

  it('agrees with JavaScript', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '🙂'), maxLength: 6 }),
        (source, text) => {
          expect(matches(source, text)).toBe(new RegExp(`^(?:${source})$`, 'su').test(text));
        },
      ),
    );
  });

  it('ends soon for patterns that would take a backtracking engine for ever', () => {
    const text = `${'a'.repeat(PATTERN_TEXT_MAX - 1)}!`;
    const began = performance.now();
    for (const evil of ['(a+)+', '(a|a)*', '(a|aa)+', '(.*a){20}', 'a*'.repeat(99)]) {
      expect(matches(evil, text)).toBe(false);
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('never throws anything else, whatever is typed', () => {
    const thrownBy = (source: string, text: string): unknown => {
      try {
        linearPattern(source)(text);
        return new PatternError('none');
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.string(), (source, text) => {
        expect(thrownBy(source, text)).toBeInstanceOf(PatternError);
      }),
    );
  });
});
