/** A vault at every provider: the same behaviour everywhere. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isConflict } from '@shared/errors';
import { otherClient } from '@test/support/aws-secrets-manager';
import { startTestAws, startTestVault } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { places, TestLibrary, type PlaceTarget } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { isStrongroomError, type StrongroomError } from './errors';

const errorOf = async (work: Promise<unknown>): Promise<StrongroomError> => {
  const error = await failureOf(work);
  if (isStrongroomError(error)) return error;
  throw new Error('A StrongroomError was expected', { cause: error });
};

describe.each(places)('a vault at $provider', ({ provider, start }) => {
  it('gets, sets, lists and deletes, by options as by variables', async () => {
    const { env, options } = await start();
    const secrets = await new TestLibrary(env).vault('app-secrets');
    expect(await secrets.get('STRIPE_API_KEY')).toBeUndefined();
    expect(await secrets.list()).toEqual([]);
    await secrets.set('API_KEY', 'sk_live_abc123');
    await secrets.set('stripe-secret-key', '{ "not": "changed" }\n');
    expect(await secrets.get('API_KEY')).toBe('sk_live_abc123');
    const other = await new TestLibrary().vault('app-secrets', options);
    expect(await other.getAll()).toEqual({
      API_KEY: 'sk_live_abc123',
      'stripe-secret-key': '{ "not": "changed" }\n',
    });
    expect(await other.getAll(['stripe-secret-key', 'NONE', 'API_KEY'])).toEqual([
      '{ "not": "changed" }\n',
      undefined,
      'sk_live_abc123',
    ]);
    expect(await other.delete('NONE')).toBe(false);
    expect(await other.delete('API_KEY')).toBe(true);
    expect(await other.list()).toEqual(['stripe-secret-key']);
    // The last one, and then a first one again.
    expect(await other.delete('stripe-secret-key')).toBe(true);
    expect(await other.getAll()).toEqual({});
    await other.set('AGAIN', 'back');
    const third = await new TestLibrary().vault('app-secrets', options);
    expect(await third.getAll()).toEqual({ AGAIN: 'back' });
  });

  it('loses no name when others write at the same time', async () => {
    const { options } = await start();
    const writers = await Promise.all(
      [1, 2, 3].map(async () => new TestLibrary().vault('shared', options)),
    );
    await writers[0]!.set('FIRST', '0');
    // Two names for each writer: its own changes follow each other.
    await Promise.all(
      writers.flatMap((writer, index) => [
        writer.set(`A_${String(index)}`, 'a'),
        writer.set(`B_${String(index)}`, 'b'),
      ]),
    );
    const reader = await new TestLibrary().vault('shared', options);
    expect((await reader.list()).toSorted()).toEqual(
      ['A_0', 'A_1', 'A_2', 'B_0', 'B_1', 'B_2', 'FIRST'].toSorted(),
    );
  });

  it('keeps vaults apart whose ids begin alike', async () => {
    const { options } = await start();
    const library = new TestLibrary();
    const [app, longer] = [
      await library.vault('app', options),
      await library.vault('app-secrets', options),
    ];
    await longer.set('KEY', 'longer');
    await app.set('OTHER', 'app');
    // Some stores keep both vaults in one list, where these two would have the same name.
    const alike = await app.set('secrets-KEY', 'app').then(
      () => ({ 'secrets-KEY': 'app' }),
      (error: unknown) => {
        expect(isStrongroomError(error) && isConflict(error.code)).toBe(true);
        return {};
      },
    );
    const again = new TestLibrary();
    expect(await (await again.vault('app', options)).getAll()).toEqual({ OTHER: 'app', ...alike });
    expect(await (await again.vault('app-secrets', options)).getAll()).toEqual({ KEY: 'longer' });
  });

  it('says where its values live, and nothing secret', async () => {
    const { env } = await start();
    const secrets = await new TestLibrary(env).vault('app-secrets');
    const described = secrets.describe();
    expect(described).toMatchObject({
      vault: 'app-secrets',
      provider,
      because: 'STRONGROOM_PROVIDER says so',
    });
    expect(described.place).toContain('app-secrets');
    const hidden = Object.entries(env)
      .filter(([name]) => /TOKEN|SECRET_ACCESS_KEY|CLIENT_SECRET|STRONGROOM_KEY/.test(name))
      .map(([, value]) => value ?? '');
    for (const value of hidden) expect(JSON.stringify(described)).not.toContain(value);
  });

  it('takes a value of 25 KB where the store can, and refuses a larger one', async () => {
    const { options } = await start();
    const secrets = await new TestLibrary().vault('large', options);
    const error = await errorOf(secrets.set('BIG', 'é'.repeat(12_801)));
    expect(error).toMatchObject({ code: 'VALUE_TOO_LARGE' });
    expect(error.message).toContain('25,602 bytes, 2 more than');
    expect(error.message).not.toContain('éé');
    const largest = 'x'.repeat(provider === 'aws-parameter-store' ? 8192 : 25_600);
    await secrets.set('ONE', largest);
    const reader = await new TestLibrary().vault('large', options);
    expect(await reader.get('ONE')).toBe(largest);
  });

  it('follows references to other vaults, unless the text itself is wanted', async () => {
    const { options } = await start();
    const library = new TestLibrary();
    const [secrets, database] = await Promise.all([
      library.vault('app-secrets', options),
      library.vault('database', options),
    ]);
    await database.set('URL', 'postgres://');
    await secrets.set('DB', '@database/URL');
    await secrets.set('TYPES', '@types/node');
    await secrets.set('TEXT', String.raw`\@database/URL`);
    const followed = { DB: 'postgres://', TYPES: '@types/node', TEXT: '@database/URL' };
    expect(await secrets.getAll()).toEqual(followed);
    expect(await secrets.get('DB')).toBe('postgres://');
    expect(await secrets.getAll(['NONE', 'DB'])).toEqual([undefined, 'postgres://']);
    expect(await secrets.get('DB', { raw: true })).toBe('@database/URL');
    expect((await secrets.getAll({ raw: true }))['TEXT']).toBe(String.raw`\@database/URL`);
    await secrets.set('BROKEN', '@database/ULR');
    expect(await errorOf(secrets.get('BROKEN'))).toMatchObject({
      code: 'UNKNOWN_REFERENCE',
      message: '@app-secrets/BROKEN: database has no variable ULR. Did you mean URL?',
    });
    expect(await secrets.get('DB')).toBe('postgres://');
    await database.set('ULR', 'now there');
    expect(await secrets.get('BROKEN')).toBe('now there');
    const manager = library.secretManager({ 'app-secrets': { DB: '' } }, options);
    expect(await manager.get('app-secrets', 'DB')).toBe('postgres://');
  });

  it('ends a call with its signal', async () => {
    const { options } = await start();
    const secrets = await new TestLibrary().vault('ended', options);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const call of [
      () => secrets.get('KEY', { signal }),
      () => secrets.getAll({ signal }),
      () => secrets.getAll(['KEY'], { signal }),
      () => secrets.list({ signal }),
      () => secrets.set('KEY', 'value', { signal }),
      () => secrets.delete('KEY', { signal }),
    ]) {
      expect(await errorOf(call())).toMatchObject({ code: 'CANCELLED', cause: reason });
    }
    expect(await secrets.list()).toEqual([]);
  });

  it('can be opened many times, and is closed with the last of them', async () => {
    const { options } = await start();
    const library = new TestLibrary();
    const [one, two] = [
      await library.vault('twice', options),
      await library.vault('twice', options),
    ];
    await one.set('KEY', 'value');
    one.close();
    one.close();
    expect(await two.get('KEY')).toBe('value');
    two.close();
    expect(await errorOf(two.get('KEY'))).toMatchObject({ code: 'INTERRUPTED' });
    const three = await library.vault('twice', options);
    expect(await three.get('KEY')).toBe('value');
  });
});

describe('a vault', () => {
  const atVault = async () => {
    const server = await startTestVault();
    const env = {
      STRONGROOM_PROVIDER: 'hashicorp-vault',
      VAULT_ADDR: server.url,
      VAULT_TOKEN: server.rootToken,
    };
    return { server, kv: server.kv('secret'), env };
  };

  it('prints neither values nor credentials', async () => {
    const { env } = await atVault();
    const secrets = await new TestLibrary(env).vault('app-secrets');
    await secrets.set('KEY', 'a-secret-value');
    const printed = inspect(secrets, { depth: 9 }) + JSON.stringify(secrets);
    expect(printed).not.toContain('a-secret-value');
    expect(printed).not.toContain(env.VAULT_TOKEN);
  });

  it('returns other values as JSON, and keeps them when another name is set', async () => {
    const { kv, env } = await atVault();
    kv.put('app-secrets', '{"PORT":5432,"ON":true,"LIST":["a"],"TEXT":"x"}');
    const secrets = await new TestLibrary(env).vault('app-secrets');
    expect(await secrets.getAll()).toEqual({ PORT: '5432', ON: 'true', LIST: '["a"]', TEXT: 'x' });
    await secrets.set('TEXT', 'y');
    expect(kv.read('app-secrets')).toEqual({ PORT: 5432, ON: true, LIST: ['a'], TEXT: 'y' });
    await secrets.set('PORT', '5432');
    expect(kv.read('app-secrets')).toMatchObject({ PORT: '5432' });
  });

  it('writes nothing if the value is there already', async () => {
    const { kv, env } = await atVault();
    const secrets = await new TestLibrary(env).vault('app-secrets');
    await secrets.set('KEY', 'same');
    await secrets.set('KEY', 'same');
    expect(kv.currentVersion('app-secrets')).toBe(1);
  });

  it('is empty after its newest version was deleted, and can be written again', async () => {
    const { kv, env } = await atVault();
    kv.put('app-secrets', { KEY: 'old' });
    kv.delete('app-secrets');
    const secrets = await new TestLibrary(env).vault('app-secrets');
    expect(await secrets.getAll()).toEqual({});
    await secrets.set('NEW', 'x');
    expect(kv.read('app-secrets')).toEqual({ NEW: 'x' });
  });

  it('says which variable is wrong', async () => {
    const { env } = await atVault();
    const secrets = await new TestLibrary({ ...env, VAULT_TOKEN: 'hvs.wrong' }).vault(
      'app-secrets',
    );
    const error = await errorOf(secrets.get('KEY'));
    expect(error.code).toBe('TOKEN_INVALID');
    expect(error.hint).toContain('It is set by VAULT_TOKEN, or settings.token.');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hvs.wrong');
  });

  it('refuses invalid names and values', async () => {
    const { env } = await atVault();
    const secrets = await new TestLibrary(env).vault('app-secrets');
    const missing = undefined as unknown as string;
    for (const name of ['', 'two\nlines', 'x'.repeat(257), missing]) {
      expect(await errorOf(secrets.get(name))).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
      expect(await errorOf(secrets.set(name, 'x'))).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
      expect(await errorOf(secrets.getAll([name]))).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
      expect(await errorOf(secrets.delete(name))).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
    }
    expect(await errorOf(secrets.set('KEY', missing))).toMatchObject({
      code: 'INVALID_INPUT',
      likelyCause: 'It comes from an environment variable that is not set.',
    });
    for (const name of ['__proto__', 'constructor']) {
      expect(await secrets.get(name)).toBeUndefined();
      await secrets.set(name, 'own');
    }
    expect(Object.keys(await secrets.getAll()).toSorted()).toEqual(['__proto__', 'constructor']);
  });

  it('refuses to overwrite a secret that is not a list of names', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'app-secrets.json'), 'just a text');
    const options = { provider: 'plain-files', settings: { folder } } as const;
    const secrets = await new TestLibrary().vault('app-secrets', options);
    expect(await errorOf(secrets.set('KEY', 'x'))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(readFileSync(join(folder, 'app-secrets.json'), 'utf8')).toBe('just a text');
  });

  it('keeps the values of an AWS secret that is scheduled for deletion', async () => {
    const server = await startTestAws();
    server.put('app-secrets', '{"KEY":"x"}');
    const { accessKeyId, secretAccessKey } = server.accessKey();
    const { endpoint, region } = server;
    const settings = { endpoint, region, accessKeyId, secretAccessKey };
    const options = { provider: 'aws-secrets-manager', settings } as const;
    const secrets = await new TestLibrary().vault('app-secrets', options);
    expect(await secrets.get('KEY')).toBe('x');
    const client = otherClient({ ...settings, stop: async () => undefined });
    await client.deleteSecret({ SecretId: 'app-secrets' });
    const error = await errorOf(secrets.set('KEY', 'y'));
    expect(error).toMatchObject({ code: 'SCHEDULED_FOR_DELETION', remedy: { do: 'undelete' } });
  });
});

describe('the limits of a store', () => {
  const at = (name: string): PlaceTarget => places.find(({ provider }) => provider === name)!;

  it.each(['aws-parameter-store', 'google-secret-manager', 'azure-key-vault'])(
    'count for each value by itself: %s',
    async (name) => {
      const { options } = await at(name).start();
      const secrets = await new TestLibrary().vault('large', options);
      const value = 'x'.repeat(name === 'aws-parameter-store' ? 8192 : 25_600);
      for (const key of ['ONE', 'TWO', 'THREE']) await secrets.set(key, value);
      expect(await secrets.list()).toHaveLength(3);
    },
  );

  it('are those of AWS for a parameter', async () => {
    const { options } = await at('aws-parameter-store').start();
    const secrets = await new TestLibrary().vault('large', options);
    const error = await errorOf(secrets.set('LARGE', 'x'.repeat(8193)));
    expect(error).toMatchObject({ code: 'VALUE_TOO_LARGE' });
    expect(error.message).not.toContain('xx');
  });
});
