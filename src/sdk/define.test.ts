/** Declared vaults. The types are checked with the types of the project: a missing error is an error there. */
import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { failureOf } from '@test/support/failure-of';
import { TestLibrary } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { declarationOf, defineConfig, external } from './define';

const scene = async () => {
  const options = { provider: 'plain-files', settings: { folder: temporaryDirectory() } } as const;
  const library = new TestLibrary();
  const secrets = library.secretManager(
    {
      'api-keys': {
        'stripe-secret-key': process.env['STRONGROOM_TEST_NOT_SET']!,
        'sendgrid-api-key': 'declared, and never returned',
        'partner-token': external,
      },
      database: { 'analytics-connection-string': 'declared too' },
    },
    options,
  );
  const keys = await library.vault('api-keys', options);
  await keys.set('stripe-secret-key', 'sk_live_1');
  await keys.set('sendgrid-api-key', 'SG.1');
  return { secrets, keys };
};

describe('declared vaults', () => {
  it('are read from where they live', async () => {
    const { secrets } = await scene();
    const apiKey = await secrets.get('api-keys', 'stripe-secret-key');
    expectTypeOf(apiKey).toEqualTypeOf<string | undefined>();
    expect(apiKey).toBe('sk_live_1');
    const both = await secrets.getAll('api-keys', [
      'sendgrid-api-key',
      'partner-token',
      'stripe-secret-key',
    ]);
    expectTypeOf(both).toEqualTypeOf<(string | undefined)[]>();
    expect(both).toEqual(['SG.1', undefined, 'sk_live_1']);
    expect(await secrets.get('database', 'analytics-connection-string')).toBeUndefined();
  });

  it('have no other names, as types and when they run', async () => {
    const { secrets } = await scene();
    for (const call of [
      // @ts-expect-error There is no such vault.
      () => secrets.get('api-key', 'stripe-secret-key'),
      // @ts-expect-error There is no such secret.
      () => secrets.get('api-keys', 'stripe'),
      // @ts-expect-error It is in the other vault.
      () => secrets.get('database', 'stripe-secret-key'),
      // @ts-expect-error One of them is not there.
      () => secrets.getAll('api-keys', ['stripe-secret-key', 'none']),
      // @ts-expect-error Nothing that every object has is a name.
      () => secrets.get('constructor', 'name'),
    ]) {
      expect(await failureOf(call())).toMatchObject({
        name: 'StrongroomError',
        code: 'INVALID_INPUT',
      });
    }
  });

  it('must be texts or external', () => {
    const library = new TestLibrary();
    // @ts-expect-error A variable that may not be set needs a `!`.
    library.secretManager({ keys: { A: process.env['A'] } });
    // @ts-expect-error A number is no text.
    library.secretManager({ keys: { A: 1 } });
    expect(external).toEqual({ external: true });
  });

  it('refuse a name that no vault can have', () => {
    const library = new TestLibrary();
    expect(() => library.secretManager({ 'api keys': {} })).toThrow(/“api keys” is no id/);
    expect(() => library.secretManager({ keys: { '': 'x' } })).toThrow(/is empty/);
  });

  it('keep their declaration for the command, and print no value of it', async () => {
    const { secrets } = await scene();
    const config = defineConfig({ name: 'my-app', secrets, workspace: 'Shop' });
    expectTypeOf(config.name).toEqualTypeOf<string>();
    expect(declarationOf(config.secrets)).toEqual({
      'api-keys': {
        'stripe-secret-key': undefined,
        'sendgrid-api-key': 'declared, and never returned',
        'partner-token': external,
      },
      database: { 'analytics-connection-string': 'declared too' },
    });
    expect(declarationOf({})).toBeUndefined();
    const printed = inspect(config, { depth: 9, showHidden: false }) + JSON.stringify(config);
    expect(printed).not.toContain('declared');
  });

  it('open again after they were closed', async () => {
    const { secrets } = await scene();
    expect(await secrets.get('api-keys', 'stripe-secret-key')).toBe('sk_live_1');
    await secrets.close();
    expect(await secrets.get('api-keys', 'stripe-secret-key')).toBe('sk_live_1');
  });

  it('do not take the failure of one call for that of the next', async () => {
    const env: Record<string, string> = { STRONGROOM_PROVIDER: 'nothing' };
    const library = new TestLibrary();
    const secrets = library.secretManager({ keys: { A: 'a' } }, { env });
    expect(await failureOf(secrets.get('keys', 'A'))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    env['STRONGROOM_PROVIDER'] = 'plain-files';
    expect(await secrets.get('keys', 'A')).toBeUndefined();
  });
});
