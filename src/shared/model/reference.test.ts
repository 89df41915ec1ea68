import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors';
import {
  formatReference,
  parseAssignments,
  parseReference,
  parseValue,
  splitAtReferences,
  type Reference,
} from './reference';

const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ minLength: 1, unit: fc.constantFrom('/', '\\', '@', '{', '}', 'a', ' ', '\n') }),
);
const references: fc.Arbitrary<Reference> = fc.oneof(
  fc.record({ key: name }),
  fc.record({ vault: name, key: name }),
);

const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isAppError(error, 'INVALID_INPUT')) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('parseReference', () => {
  it.each([
    ['@production/API_KEY', { vault: 'production', key: 'API_KEY' }],
    ['@billing/EU West/API_KEY', { vault: 'billing/EU West', key: 'API_KEY' }],
    ['@API_KEY', { key: 'API_KEY' }],
    ['@/API_KEY', { key: 'API_KEY' }],
    [String.raw`@production/a\/b`, { vault: 'production', key: 'a/b' }],
    [String.raw`@a\/b`, { key: 'a/b' }],
    [String.raw`@a\\/b`, { vault: 'a\\', key: 'b' }],
    [String.raw`@C:\dir`, { key: String.raw`C:\dir` }],
    ['@a//b', { vault: 'a/', key: 'b' }],
    ['@', undefined],
    ['@production/', undefined],
    ['production/API_KEY', undefined],
    [' @production/API_KEY', undefined],
  ])('reads %j', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it('reads back what formatReference writes', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });

  it('reads any text within a moment', () => {
    const startedAt = performance.now();
    for (const piece of ['\\', '/', String.raw`\/`, '@']) {
      parseReference(`@${piece.repeat(200_000)}`);
    }
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('parseValue', () => {
  it.each([
    ['sk-1', { text: 'sk-1' }],
    ['', { text: '' }],
    ['a@b', { text: 'a@b' }],
    ['@', { reference: { key: 'KEY' } }],
    ['@OTHER', { reference: { key: 'OTHER' } }],
    ['@production/OTHER', { reference: { vault: 'production', key: 'OTHER' } }],
    [String.raw`\@`, { text: '@' }],
    [String.raw`\@production/OTHER`, { text: '@production/OTHER' }],
    [String.raw`\\@a`, { text: String.raw`\@a` }],
    [String.raw`\n`, { text: String.raw`\n` }],
  ])('reads KEY=%s', (text, source) => {
    expect(parseValue('KEY', text)).toEqual(source);
  });

  it('can be given any text and any reference', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('\\', '@', 'a', '/') }));
    fc.assert(
      fc.property(texts, (text) => {
        const written = /^\\*@/.test(text) ? `\\${text}` : text;
        expect(parseValue('KEY', written)).toEqual({ text });
      }),
    );
    fc.assert(
      fc.property(references, (reference) => {
        expect(parseValue('KEY', formatReference(reference))).toEqual({ reference });
      }),
    );
  });

  it('refuses a reference without a name, and names the variable', () => {
    expect(refusalOf(() => parseValue('KEY', '@production/'))).toContain('The reference for KEY');
  });
});

describe('parseAssignments', () => {
  it('splits at the first “=” and keeps the last of two', () => {
    expect(parseAssignments(['A=1', 'B=x=y', 'A=@'], '--var')).toEqual([
      { key: 'B', source: { text: 'x=y' } },
      { key: 'A', source: { reference: { key: 'A' } } },
    ]);
  });

  it.each([
    [['API_KEY'], '--var, API_KEY, has no “=”'],
    [['A=1', 'API_KEY'], '--var number 2, API_KEY, has no “=”'],
    [['=x'], '--var has no name before “=”'],
  ])('refuses %j by naming the argument', (texts, expected) => {
    expect(refusalOf(() => parseAssignments(texts, '--var'))).toContain(expected);
  });

  it.each(['sk-live-hunter2', 'x'.repeat(60), '=hunter2', 'a hunter2'])(
    'does not repeat what may be a value: %s',
    (text) => {
      expect(refusalOf(() => parseAssignments([text], '--var'))).not.toContain(text);
      expect(refusalOf(() => parseAssignments([text], '--var'))).not.toContain('hunter2');
    },
  );
});

describe('splitAtReferences', () => {
  it.each([
    ['a {{ @production/KEY }} b', ['a ', { vault: 'production', key: 'KEY' }, ' b']],
    ['{{@production/KEY}}', [{ vault: 'production', key: 'KEY' }]],
    ['{{ @/KEY }}', [{ key: 'KEY' }]],
    [
      '{{ @a b/K }}{{ @a/b/K }}',
      [
        { vault: 'a b', key: 'K' },
        { vault: 'a/b', key: 'K' },
      ],
    ],
    [String.raw`x \{{ @production/KEY }} y`, ['x ', '{{ @production/KEY }}', ' y']],
    [String.raw`\{{ other }}`, [String.raw`\{{ other }}`]],
    ['{{@index}} {{ user.name }} {{{raw}}} @a/b {{ @a/ }}', undefined],
    ['{{ @a\n/b }}', undefined],
    ['', []],
  ])('cuts %j', (text, parts) => {
    expect(splitAtReferences(text)).toEqual(parts ?? [text]);
  });

  it('finds every reference that has no braces in its names', () => {
    const plain = references.filter(
      ({ vault = '', key }) => !/[{}\n]/.test(vault + key) && !/[ \t]$/.test(key),
    );
    fc.assert(
      fc.property(plain, (reference) => {
        const written = formatReference(reference);
        const text = reference.vault === undefined ? written.replace('@', '@/') : written;
        expect(splitAtReferences(`a{{ ${text} }}b`)).toEqual(['a', reference, 'b']);
      }),
    );
  });
});
