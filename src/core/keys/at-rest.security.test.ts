/** What somebody finds who gets hold of the data directory. */
import type { ProviderId } from '@shared/providers/descriptor';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { SealedCredentials } from '@core/storage/credentials';
import { openDatabase } from '@core/storage/open';
import { createLocalVaultFactory } from '@core/providers/local-vault/factory';
import { mapDocument, textEntry } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import { filesHolding, forms } from '@test/support/files-holding';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { CredentialStore } from './credential-store';
import { freshKeyFile, KeyFile } from './key-file';
import { createKeyStore, type KeyStore, type ProtectionChoice } from './key-store';
import { MemoryKeychain } from '@test/support/memory-keychain';

const TOKEN = 'hvs.CAESIJ-marked-token-0123456789';
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+marked/secret';
const VALUE = 'postgres://marked:value@db.prod.internal';
const PASSPHRASE = 'marked horse battery staple';
const FIELD = 'secretAccessKey';

let directory: string;

beforeEach(() => {
  directory = temporaryDirectory();
});

interface Outcome {
  /** Everything that must not be found. */
  readonly marks: readonly Uint8Array[];
  readonly rows: SealedCredentials;
  readonly keys: KeyStore;
}

/** Stores credentials and a secret of the local vault under a protection, in several turns. */
async function store(choices: readonly ProtectionChoice[]): Promise<Outcome> {
  const keychain = new MemoryKeychain();
  const { database } = openDatabase(directory);
  const keys = createKeyStore({
    dataDirectory: directory,
    keychain,
    passphraseCost: { N: 2 ** 14, r: 8, p: 1 },
  });
  onTestFinished(() => {
    keys.close();
    database.close();
  });
  const rows = new SealedCredentials(database);
  const credentials = new CredentialStore(rows, keys);
  const localVault = createLocalVaultFactory({ dataDirectory: directory, keys }).create({
    values: { autoSync: true, folder: '/' },
    credentials: {},
  });
  const { signal } = new AbortController();

  const at = (scope: string, provider: ProviderId) => ({ scope, provider, destination: '{}' });
  for (const choice of choices) {
    await keys.choose(choice, PASSPHRASE);
    await credentials.update(at('global', 'hashicorp-vault'), {
      token: new Secret('replaced below'),
    });
    await credentials.update(at('global', 'hashicorp-vault'), { token: new Secret(TOKEN) });
    await credentials.update(at('global', 'aws-secrets-manager'), {
      [FIELD]: new Secret(SECRET_KEY),
    });
    await credentials.update(at('workspace', 'hashicorp-vault'), {
      token: new Secret(`${TOKEN}-2`),
    });
    await credentials.update(at('workspace', 'hashicorp-vault'), { token: null });
    const document = mapDocument([['DATABASE_URL', textEntry(VALUE)]]);
    const revision = (await localVault.write('production', document, null, { signal })).revision;
    await localVault.remove('production', revision, { signal });
  }
  const master = (await keys.key()).reveal();
  const texts = [TOKEN, SECRET_KEY, VALUE, PASSPHRASE].map((text) => Buffer.from(text));
  return { marks: [...texts, master], rows, keys };
}

const choices = {
  keychain: { mode: 'keychain' },
  passphrase: { mode: 'passphrase', passphrase: PASSPHRASE },
  session: { mode: 'session' },
} as const;

const histories: readonly (readonly (keyof typeof choices)[])[] = [
  ['keychain'],
  ['passphrase'],
  ['session'],
  ['keychain', 'passphrase', 'keychain'],
  ['keychain', 'session'],
  ['passphrase', 'session'],
  ['session', 'keychain'],
];

describe('security: at rest', () => {
  it.each(histories.map((history) => [history]))(
    'no credential, value, passphrase or key is in the data directory after %j',
    async (history) => {
      const { marks } = await store(history.map((mode) => choices[mode]));
      expect(readdirSync(directory).length).toBeGreaterThan(2);
      for (const mark of marks) {
        await expect(filesHolding(directory, mark)).resolves.toEqual([]);
      }
    },
  );

  it.each([[['session']], [['keychain', 'session']], [['passphrase', 'session']]] as const)(
    'not even sealed after %j',
    async (history) => {
      const { rows } = await store(history.map((mode) => choices[mode]));
      expect(rows.all()).toEqual([]);
      expect(readdirSync(directory)).not.toContain('local-vault.enc');
    },
  );

  it('what was sealed before is overwritten at once, not only forgotten', async () => {
    const { rows, keys } = await store([choices.keychain]);
    const sealed = rows.all();
    expect(sealed).toHaveLength(2);
    for (const each of sealed) {
      await expect(filesHolding(directory, each.sealed)).resolves.not.toEqual([]);
    }
    await keys.choose(choices.session, PASSPHRASE);
    for (const each of sealed) {
      await expect(filesHolding(directory, each.sealed)).resolves.toEqual([]);
    }
  });

  it('no credential goes without a word if somebody changes how the key is kept', async () => {
    const { rows, keys } = await store([choices.keychain]);
    expect(keys.notices).toEqual([]);
    await new KeyFile(directory, systemRuntime).write(freshKeyFile('session'));
    const changed = createKeyStore({ dataDirectory: directory, keychain: new MemoryKeychain() });
    const credentials = new CredentialStore(rows, changed);
    const place = { scope: 'global', provider: 'hashicorp-vault', destination: '{}' } as const;
    expect(credentials.names(place)).toEqual([]);
    expect(rows.all()).toEqual([]);
    expect(changed.notices).toMatchObject([{ title: 'Stored credentials were removed' }]);
  });

  it.each(Object.entries(forms))('the search finds what is there in %s', async (_, write) => {
    const mark = 'wJalrXUtnFEMI/K7"MDENG+märked\\secret';
    for (const before of ['', 'a', 'ab']) {
      // A secret has three forms in base64: its bytes can begin at any of three places.
      for (const form of write(Buffer.from(mark))) {
        const content = Buffer.concat([Buffer.from(before), Buffer.from(form), Buffer.from('\n')]);
        writeFileSync(join(directory, 'file'), content);
        expect(await filesHolding(directory, Buffer.from(mark))).toHaveLength(1);
      }
    }
  });

  it.each(['base64', 'base64url'] as const)(
    'the search finds what is within longer %s',
    async (encoding) => {
      for (const before of ['', 'a', 'ab']) {
        const text = Buffer.from(`${before}${SECRET_KEY} and more`).toString(encoding);
        writeFileSync(join(directory, 'file'), text);
        expect(await filesHolding(directory, Buffer.from(SECRET_KEY))).toHaveLength(1);
      }
    },
  );
});
