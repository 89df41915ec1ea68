import { describe, expect, it } from 'vitest';
import {
  documentFromBytes,
  documentFromText,
  mapDocument,
  textEntry,
} from '@core/secrets/document';
import { checkName, contentOf } from './limits';
import { failure } from '@test/support/aws-secrets-manager';

const refusalOf = (work: () => unknown): ReturnType<typeof failure> =>
  failure(new Promise((resolve) => resolve(work())));

describe('checkName', () => {
  it.each(['production', 'a/b/c', '/leading', 'Az09/_+=.@-', 'x'.repeat(512)])(
    'allows %j',
    (name) => {
      expect(() => {
        checkName(name);
      }).not.toThrow();
    },
  );

  it.each([
    ['', 'A secret needs a name.'],
    ['my secret', 'AWS does not allow a space in the name of a secret.'],
    ['50%', 'AWS does not allow “%” in the name of a secret.'],
    ['a#b?c', 'AWS does not allow “#” in the name of a secret.'],
    ['{{x}}', 'AWS does not allow “{” in the name of a secret.'],
    ['größe', 'AWS does not allow “ö” in the name of a secret.'],
    ['🚀', 'AWS does not allow “🚀” in the name of a secret.'],
    ['a\tb', 'AWS does not allow the character U+0009 in the name of a secret.'],
    ['a\u200bb', 'AWS does not allow the character U+200B in the name of a secret.'],
    ['x'.repeat(513), 'The name has 513 characters.'],
  ])('refuses %j', async (name, message) => {
    const error = await refusalOf(() => {
      checkName(name);
    });
    expect(error).toMatchObject({ code: 'NAME_NOT_ALLOWED', message });
  });
});

describe('contentOf', () => {
  it('takes exactly 65,536 bytes, counted in UTF-8', () => {
    expect(contentOf(documentFromText('x'.repeat(65_536)))).toBeDefined();
    expect(contentOf(documentFromText('ü'.repeat(32_768)))).toBeDefined();
    expect(contentOf(documentFromBytes(new Uint8Array(65_536)))).toBeDefined();
  });

  it.each([
    ['text', documentFromText('ü'.repeat(33_000)), '66,000 bytes, 464 more'],
    ['bytes', documentFromBytes(new Uint8Array(65_537)), '65,537 bytes, 1 more'],
    ['variables', mapDocument([['K', textEntry('x'.repeat(65_536))]]), '65,544 bytes, 8 more'],
  ])('says by how much %s are too large', async (_, document, message) => {
    const error = await refusalOf(() => contentOf(document));
    expect(error.code).toBe('VALUE_TOO_LARGE');
    expect(error.message).toContain(message);
  });

  it.each([
    ['text', documentFromText('')],
    ['bytes', documentFromBytes(new Uint8Array())],
  ])('refuses no %s at all', async (_, document) => {
    expect((await refusalOf(() => contentOf(document))).code).toBe('INVALID_INPUT');
  });

  it('stores no variables as an empty object', () => {
    expect(contentOf(mapDocument([]))).toEqual({ SecretString: '{}' });
  });
});
