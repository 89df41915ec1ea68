import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { characterClasses, type Recipe } from '@shared/model/generation';
import { expect, it } from 'vitest';
import { alphabetOf, generate } from './generate';

const text = async (recipe: Recipe): Promise<string> => (await generate(recipe)).value.reveal();

const password = (length: number, more: object = {}): Recipe => ({
  kind: 'password',
  length,
  classes: [...characterClasses],
  readable: false,
  ...more,
});

it('has the length and each class that was chosen, and no other characters', async () => {
  for (let round = 0; round < 200; round += 1) {
    const drawn = await text(password(8));
    expect(drawn).toHaveLength(8);
    for (const one of characterClasses) {
      expect(drawn.split('').some((character) => alphabetOf(one, false).includes(character))).toBe(
        true,
      );
    }
  }
  expect(await text(password(64, { classes: ['digits'] }))).toMatch(/^\d{64}$/);
  expect(await text(password(256, { readable: true }))).not.toMatch(/[0O1lI|]/);
});

it('draws each character equally often', async () => {
  const alphabet = alphabetOf('lower', false);
  const counts = new Map(alphabet.split('').map((character) => [character, 0]));
  const draws = 200;
  for (let round = 0; round < draws; round += 1) {
    for (const character of await text(password(256, { classes: ['lower'] }))) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  // Chi-squared with 25 degrees of freedom: above 68 about once in 100,000 runs. A byte modulo 26 gives over 300.
  const expected = (draws * 256) / alphabet.length;
  const chi = [...counts.values()].reduce(
    (sum, count) => sum + (count - expected) ** 2 / expected,
    0,
  );
  expect(chi).toBeLessThan(68);
});

it('encodes bytes as hex and base64, and makes a UUID of version 4', async () => {
  expect(await text({ kind: 'hex', bytes: 32 })).toMatch(/^[0-9a-f]{64}$/);
  const base64 = await text({ kind: 'base64', bytes: 31, urlSafe: false });
  expect(Buffer.from(base64, 'base64').toString('base64')).toBe(base64);
  expect(Buffer.from(base64, 'base64')).toHaveLength(31);
  expect(await text({ kind: 'base64', bytes: 512, urlSafe: true })).toMatch(/^[\w-]{683}$/);
  expect(await text({ kind: 'uuid' })).toMatch(
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  );
});

it.each<Recipe>([{ kind: 'rsa', bits: 2048 }, { kind: 'ed25519' }])(
  'makes a key pair whose halves belong together: %j',
  async (recipe) => {
    const { value, publicKey } = await generate(recipe);
    const key = createPrivateKey(value.reveal());
    expect(key.asymmetricKeyType).toBe(recipe.kind);
    const algorithm = recipe.kind === 'rsa' ? 'sha256' : null;
    const signature = sign(algorithm, Buffer.from('text'), key);
    const other = createPublicKey(publicKey?.reveal() ?? '');
    expect(verify(algorithm, Buffer.from('text'), other, signature)).toBe(true);
  },
);
