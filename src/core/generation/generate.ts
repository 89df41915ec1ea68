/** Generates values. All chance comes from `node:crypto`, whose `randomInt` has no modulo bias. */
import {
  generateKeyPair,
  randomBytes,
  randomInt,
  randomUUID,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { CharacterClass, Recipe } from '@shared/model/generation';
import { Secret } from '@core/secrets/secret';

const CHARACTERS: Readonly<Record<CharacterClass, string>> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  // Without quotes, backslash, $ and `, which shells and .env files read in their own ways.
  symbols: '!#%&()*+,-./:;<=>?@[]^_{|}~',
};

/** Characters that people confuse. */
const CONFUSED = /[0O1lI|]/g;

export interface Generated {
  readonly value: Secret;
  /** The public key of a key pair. */
  readonly publicKey?: Secret;
}

export const alphabetOf = (one: CharacterClass, readable: boolean): string =>
  readable ? CHARACTERS[one].replaceAll(CONFUSED, '') : CHARACTERS[one];

/**
 * Draws whole passwords until one has each class. So every password that has them is equally likely, which it would
 * not be if missing characters were put in afterwards.
 */
function password(length: number, classes: readonly CharacterClass[], readable: boolean): string {
  const alphabets = [...new Set(classes)].map((one) => alphabetOf(one, readable));
  const alphabet = alphabets.join('');
  for (;;) {
    const drawn = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
    if (alphabets.every((some) => drawn.some((character) => some.includes(character)))) {
      return drawn.join('');
    }
  }
}

const pair = promisify(generateKeyPair);

const asGenerated = ({ publicKey, privateKey }: KeyPairKeyObjectResult): Generated => ({
  value: new Secret(String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
  publicKey: new Secret(String(publicKey.export({ type: 'spki', format: 'pem' }))),
});

export async function generate(recipe: Recipe): Promise<Generated> {
  switch (recipe.kind) {
    case 'password': {
      const { length, classes, readable } = recipe;
      return { value: new Secret(password(length, classes, readable)) };
    }
    case 'hex':
      return { value: new Secret(randomBytes(recipe.bytes).toString('hex')) };
    case 'base64': {
      const encoding = recipe.urlSafe ? 'base64url' : 'base64';
      return { value: new Secret(randomBytes(recipe.bytes).toString(encoding)) };
    }
    case 'uuid':
      return { value: new Secret(randomUUID()) };
    case 'rsa':
      return asGenerated(await pair('rsa', { modulusLength: recipe.bits }));
    case 'ed25519':
      return asGenerated(await pair('ed25519', {}));
  }
}
