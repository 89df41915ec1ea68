import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '@shared/errors';
import { Secret } from '@core/secrets/secret';
import { resolveReferences, type Environments, type Target } from './resolve';

type Values = Readonly<Record<string, string>>;

const environmentsOf = (
  all: Readonly<Record<string, Values>>,
  expands = false,
): Environments & { readonly loads: string[] } => {
  const loads: string[] = [];
  return {
    loads,
    names: Object.keys(all),
    has: (name) => name in all,
    load: async (name) => {
      loads.push(name);
      const entries = Object.entries(all[name] ?? {}).map(
        ([key, value]) => [key, { value: new Secret(value), secret: key !== 'PLAIN' }] as const,
      );
      return { values: new Map(entries), expands };
    },
  };
};

const at = (vault: string, key: string): Target => ({ vault, key });

async function valuesOf(environments: Environments, ...targets: Target[]): Promise<string[]> {
  const wanted = targets.map((target) => ({ place: target.key, target }));
  const values = await resolveReferences(wanted, environments);
  return values.map(({ value }) => value.reveal());
}

async function refusalOf(environments: Environments, ...targets: Target[]) {
  try {
    await valuesOf(environments, ...targets);
  } catch (error) {
    if (isAppError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was resolved.');
}

/** `LAST` is the value that `length` references lead to. */
const chain = (length: number): Values => ({
  ...Object.fromEntries(
    Array.from({ length }, (_, at) => [`V${String(at)}`, `@a/V${String(at + 1)}`]),
  ),
  [`V${String(length)}`]: 'LAST',
});

describe('resolveReferences', () => {
  it('gives the values in the order of the wanted, and loads each environment once', async () => {
    const environments = environmentsOf({ a: { X: '1', Y: '@b/Z' }, b: { Z: '2' }, c: {} });
    expect(await valuesOf(environments, at('b', 'Z'), at('a', 'Y'), at('a', 'X'))).toEqual([
      '2',
      '2',
      '1',
    ]);
    expect(environments.loads).toEqual(['b', 'a']);
  });

  it('names all that is unknown at once, with near names', async () => {
    const environments = environmentsOf({
      production: { API_KEY: '1', DB: '@production/NOWHERE' },
    });
    expect(
      await refusalOf(
        environments,
        at('prodution', 'API_KEY'),
        at('production', 'API_KEYS'),
        at('production', 'DB'),
        at('production', 'API_KEY'),
      ),
    ).toEqual({
      code: 'UNKNOWN_REFERENCE',
      message:
        'API_KEY: there is no environment prodution. Did you mean production? ' +
        'API_KEYS: production has no variable API_KEYS. Did you mean API_KEY? ' +
        '@production/DB: production has no variable NOWHERE.',
    });
  });

  it('follows ten levels and no more, whatever was followed before', async () => {
    const environments = environmentsOf({ a: chain(10) });
    expect(await valuesOf(environments, at('a', 'V1'))).toEqual(['LAST']);
    for (const before of [[], [at('a', 'V5')], [at('a', 'V1')]]) {
      expect(await refusalOf(environments, ...before, at('a', 'V0'))).toEqual({
        code: 'REFERENCE_CYCLE',
        message: 'The value of @a/V0 is more than 10 references away.',
      });
    }
  });

  it('refuses a cycle with its path', async () => {
    const environments = environmentsOf({ a: { X: '@b/Y', S: '@a/S' }, b: { Y: '@a/X' } });
    expect(await refusalOf(environments, at('a', 'X'))).toEqual({
      code: 'REFERENCE_CYCLE',
      message: 'The references lead in a circle: @a/X → @b/Y → @a/X.',
    });
    expect((await refusalOf(environments, at('a', 'S'))).message).toContain('@a/S → @a/S.');
  });

  it.each([
    ['@types/node', '@types/node', true],
    ['@/components', '@/components', undefined],
    ['@handle', '@handle', undefined],
    [String.raw`\@b/Z`, '@b/Z', undefined],
    [String.raw`\@types/node`, String.raw`\@types/node`, undefined],
    ['mail@b/Z', 'mail@b/Z', undefined],
    ['{{X}}', '{{X}}', undefined],
  ])('takes %j as a text', async (text, value, isDoubtful) => {
    const environments = environmentsOf({ a: { K: text }, b: { Z: '2' } });
    const [resolved] = await resolveReferences(
      [{ place: 'K', target: at('a', 'K') }],
      environments,
    );
    expect(resolved?.value.reveal()).toBe(value);
    expect(resolved?.doubtful).toEqual(isDoubtful && at('a', 'K'));
  });

  it('counts as secret what comes from a secret', async () => {
    const environments = environmentsOf({ a: { PLAIN: '@a/S', S: '1' }, b: { PLAIN: '2' } }, true);
    const values = await resolveReferences(
      [at('a', 'PLAIN'), at('b', 'PLAIN')].map((target) => ({ place: '', target })),
      environments,
    );
    expect(values.map(({ secret }) => secret)).toEqual([true, false]);
  });
});

describe('{{NAME}}', () => {
  it('is replaced by another variable of the same environment', async () => {
    const environments = environmentsOf(
      {
        a: {
          URL: 'pg://{{ USER }}:{{PASS}}@{{b/HOST}}/{{@b/HOST}}',
          USER: 'me',
          PASS: '@b/PASS',
          'b/HOST': 'h',
        },
        b: { PASS: 'x{{USER}}', USER: 'you', HOST: 'db' },
      },
      true,
    );
    expect(await valuesOf(environments, at('a', 'URL'))).toEqual(['pg://me:xyou@h/db']);
  });

  it('is left alone with a backslash, and if it is no name', async () => {
    const environments = environmentsOf({ a: { K: String.raw`\{{X}} {{}} {X} {{a` } }, true);
    expect(await valuesOf(environments, at('a', 'K'))).toEqual(['{{X}} {{}} {X} {{a']);
  });

  it('is reported if there is no such variable, or if it leads to itself', async () => {
    const environments = environmentsOf(
      { a: { K: '{{HOSR}} {{GONE}}', HOST: '1', S: 'x{{S}}' } },
      true,
    );
    expect(await refusalOf(environments, at('a', 'K'), at('a', 'S'))).toEqual({
      code: 'REFERENCE_CYCLE',
      message:
        '@a/K: a has no variable HOSR. Did you mean HOST? @a/K: a has no variable GONE. ' +
        'The references lead in a circle: @a/S → @a/S.',
    });
  });

  it('does not let a value grow without bound', async () => {
    const values = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`V${String(n)}`, `{{V${String(n + 1)}}}`.repeat(100)]),
    );
    const environments = environmentsOf({ a: { ...values, V9: 'ha' } }, true);
    expect((await refusalOf(environments, at('a', 'V0'))).message).toMatch(/grows beyond 1 MiB/);
  });

  it('leaves any value without braces and references as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        fc.pre(!text.includes('{{') && !/^\\?@a\//.test(text));
        expect(await valuesOf(environmentsOf({ a: { K: text } }, true), at('a', 'K'))).toEqual([
          text,
        ]);
      }),
    );
  });
});
