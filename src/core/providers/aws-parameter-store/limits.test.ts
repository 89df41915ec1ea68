import { describe, expect, it } from 'vitest';
import { documentFromBytes, documentFromText, type SecretDocument } from '@core/secrets/document';
import { failure, variables } from '@test/support/aws-parameter-store';
import { checkPath, problemOf, tierFor } from './limits';
import { Names } from './names';

const refusal = (path: string, document: SecretDocument, prefix = '') =>
  failure(
    new Promise((resolve) => {
      checkPath(new Names(prefix), path, document);
      resolve(undefined);
    }),
  );

const one = variables({ A: '1' });

describe('a name', () => {
  it.each(['/a', 'flat', '/a/b.c/d-e_f', `/${'a/'.repeat(14)}b`, '/app/awsome/ssm'])(
    'may be %j',
    (path) => {
      expect(() => {
        checkPath(new Names(''), path, one);
      }).not.toThrow();
    },
  );

  it.each([
    ['/my secret', 'AWS does not allow a space in the name of a parameter.'],
    ['/größe', 'AWS does not allow “ö” in the name of a parameter.'],
    ['/a\u200bb', 'AWS does not allow the character U+200B in the name of a parameter.'],
    ['/a//b', 'A level between two slashes is empty.'],
    ['/aws/x', 'AWS keeps names that start with aws or ssm for itself.'],
    ['SSMthing', 'AWS keeps names that start with aws or ssm for itself.'],
    [`/${'a/'.repeat(15)}b`, 'The name has 16 levels.'],
    [`/${'x'.repeat(1000)}`, 'The name has 1001 characters.'],
    ['', 'A parameter needs a name.'],
  ])('may not be %j', async (path, message) => {
    expect(await refusal(path, one)).toMatchObject({ code: 'NAME_NOT_ALLOWED', message });
  });

  it.each([
    ['/shop.v2', 'The path has “.”, which is not allowed in the name of a new environment.'],
    [`/shop/${'x'.repeat(65)}/`, '“xxxxxxxxxxxx…” has 65 characters.'],
  ])('may be %j, but not for a new environment', (path, message) => {
    const names = new Names('');
    expect(() => {
      checkPath(names, path, one);
    }).not.toThrow();
    expect(problemOf(names, path, one)).toMatchObject({ code: 'NAME_NOT_ALLOWED', message });
  });

  it('counts the key of a variable, and its characters', async () => {
    expect((await refusal(`/${'a/'.repeat(15)}`, one)).message).toBe('The name has 16 levels.');
    expect((await refusal('/', variables({ AWS_REGION: 'x' }))).code).toBe('NAME_NOT_ALLOWED');
    expect((await refusal('/app/', variables({ 'my key': 'x' }))).message).toContain('a space');
    expect((await refusal('/app/', variables({ 'a/b': 'x' }))).message).toBe(
      'The key a/b has a slash, which would put it into another folder.',
    );
  });
});

describe('a value', () => {
  it.each([
    ['', 'INVALID_INPUT', 'Parameter Store cannot hold an empty value, and A is empty.'],
    ['a{{b}}c', 'INVALID_INPUT', 'Parameter Store does not take {{…}} in a value, and A has it.'],
    ['{{\n}}', 'INVALID_INPUT', 'Parameter Store does not take {{…}} in a value, and A has it.'],
    [
      'ü'.repeat(4097),
      'VALUE_TOO_LARGE',
      'A takes 8,194 bytes, 2 more than the 8,192 that an Advanced parameter holds.',
    ],
  ])('may not be %j', async (text, code, message) => {
    expect(await refusal('/app/', variables({ A: text }))).toMatchObject({
      code,
      message,
      details: { field: 'A' },
    });
  });

  it('may be empty in an object, and not be {{…}}', async () => {
    expect(() => {
      checkPath(new Names(''), '/app', variables({ A: '' }));
    }).not.toThrow();
    expect((await refusal('/app', variables({ A: '{{x}}' }))).code).toBe('INVALID_INPUT');
    expect((await refusal('/app', documentFromText(''))).code).toBe('INVALID_INPUT');
  });

  it('is a text', async () => {
    const bytes = documentFromBytes(Uint8Array.of(1));
    expect((await refusal('/app', bytes)).code).toBe('BINARY_VALUE');
    expect((await refusal('/app/', documentFromText('text'))).message).toBe(
      'A folder contains variables, but this is one text.',
    );
  });
});

it('needs a variable in a folder', async () => {
  expect(await refusal('/app/', variables({}))).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'A folder without variables does not exist at the provider.',
  });
});

describe('the tier', () => {
  const small = 'x'.repeat(4096);
  const large = 'x'.repeat(4097);
  it.each([
    ['a new parameter', small, undefined, 'standard', 'Standard'],
    ['a new parameter', small, undefined, 'advanced', 'Advanced'],
    ['a new parameter', large, undefined, 'intelligent', 'Intelligent-Tiering'],
    ['what is Standard', small, 'Standard', 'advanced', 'Standard'],
    ['what is Standard', large, 'Standard', 'advanced', 'Advanced'],
    ['what is Standard', large, 'Standard', 'intelligent', 'Intelligent-Tiering'],
    ['what is Advanced', large, 'Advanced', 'standard', 'Advanced'],
  ] as const)('of %s', (_, text, tier, setting, expected) => {
    const known = tier === undefined ? undefined : { tier };
    expect(tierFor(text, { known, setting, what: 'A' })).toBe(expected);
  });

  it('is left to AWS if it is not known', () => {
    const known = { tier: undefined };
    expect(tierFor(large, { known, setting: 'standard', what: 'A' })).toBeUndefined();
  });

  it.each([undefined, { tier: 'Standard' as const }])('is too small for %j', (known) => {
    expect(() => tierFor(large, { known, setting: 'standard', what: 'A' })).toThrow(
      'A takes 4,097 bytes, 1 more than the 4,096 that a Standard parameter holds.',
    );
  });
});
