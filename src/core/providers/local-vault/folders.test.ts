/** Folders of the local vault: one file, and nothing of one folder in another. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { open, seal } from '@core/keys/envelope';
import { createKeyStore, type KeyStore } from '@core/keys/key-store';
import { documentFromText, documentToText } from '@core/secrets/document';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { temporaryDirectory } from '@test/support/temporary-directory';
import type { SecretsProvider } from '../provider';
import { createLocalVaultFactory } from './factory';

const options = { signal: new AbortController().signal };

let file: string;
let keys: KeyStore;
let folder: (name: string) => SecretsProvider;

beforeEach(() => {
  const dataDirectory = temporaryDirectory();
  file = join(dataDirectory, 'local-vault.enc');
  keys = createKeyStore({ dataDirectory, keychain: new MemoryKeychain() });
  onTestFinished(() => {
    keys.close();
  });
  const factory = createLocalVaultFactory({ dataDirectory, keys });
  folder = (name) => factory.create({ values: { autoSync: true, folder: name }, credentials: {} });
});

const write = (name: string, path: string, text: string) =>
  folder(name).write(path, documentFromText(text), null, options);

async function read(name: string, path: string): Promise<string> {
  const { document } = await folder(name).read(path, options);
  if (document.shape === 'binary') throw new Error('binary');
  return documentToText(document);
}

const paths = async (name: string): Promise<string[]> =>
  (await folder(name).list(options)).secrets.map(({ path }) => path);

async function keyStep(name: string): Promise<string | undefined> {
  let detail: string | undefined;
  for await (const step of folder(name).check(options)) {
    if (step.id === 'key') detail = step.detail;
  }
  return detail;
}

it('hold a secret each at the same path', async () => {
  await write('/', 'app', '{"A":"first"}');
  await write('payments', 'app', '{"A":"payments"}');
  await write('payments', 'only', '{}');
  expect(await read('/', 'app')).toBe('{"A":"first"}');
  expect(await read('payments', 'app')).toBe('{"A":"payments"}');
  expect([await paths('/'), await paths('payments'), await paths('other')]).toEqual([
    ['app'],
    ['app', 'only'],
    [],
  ]);
  expect(await folder('/').glance('only', options)).toEqual({ state: 'absent' });
});

it('have a bin each', async () => {
  await write('/', 'app', '{"A":"first"}');
  const { revision } = await write('payments', 'app', '{"A":"payments"}');
  await folder('payments').remove('app', revision, options);
  expect(await folder('payments').glance('app', options)).toMatchObject({ state: 'deleted' });
  await expect(folder('other').undelete('app', options)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await read('/', 'app')).toBe('{"A":"first"}');
  await folder('payments').undelete('app', options);
  expect(await read('payments', 'app')).toBe('{"A":"payments"}');
});

it('are written at the same time without losing one', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `folder ${String(index)}`);
  await Promise.all(names.map((name) => write(name, 'app', JSON.stringify({ name }))));
  for (const name of names) expect(await read(name, 'app')).toBe(JSON.stringify({ name }));
});

it('are named by the test of the connection, so that one is found again', async () => {
  expect(await keyStep('/')).toBe('0 secrets');
  await write('/', 'app', '{}');
  expect(await keyStep('/')).toBe('1 secret');
  expect(await keyStep('new')).toBe('0 secrets in the folder “new”. Other folders: “/” (1 secret)');
  for (const name of ['a', 'b', 'c', 'd', 'e']) await write(name, 'app', '{}');
  await write('a', 'more', '{}');
  expect(await keyStep('/')).toBe(
    '1 secret in the folder “/”. Other folders: “a” (2 secrets), “b” (1 secret), “c” (1 secret), “d” (1 secret), “e” (1 secret)',
  );
  expect(await keyStep('a')).toMatch(/“e” \(1 secret\)$/);
});

it('are not stored while they are empty', async () => {
  await write('/', 'app', '{}');
  await expect(folder('empty').undelete('app', options)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await write('/', 'more', '{}');
  const text = open(await keys.key(), 'local-vault', readFileSync(file)).toString('utf8');
  expect(JSON.parse(text)).toMatchObject({ version: 2, folders: [{ name: '/' }] });
});

it('begin with what a file without folders holds, which stays as it is until a write', async () => {
  const secret = { path: 'app', stored: { text: '{"A":"1"}' }, version: 3, modifiedAt: 1 };
  const removed = { ...secret, path: 'old', removedAt: Date.now() };
  const text = JSON.stringify({ version: 1, secrets: [secret], bin: [removed] });
  const before = seal(await keys.key(), 'local-vault', text);
  writeFileSync(file, before);
  expect(await paths('/')).toEqual(['app']);
  expect(await paths('new')).toEqual([]);
  expect((await folder('/').read('app', options)).version).toBe('v3');
  expect(readFileSync(file).equals(before)).toBe(true);
  await write('new', 'app', '{"A":"2"}');
  await folder('/').undelete('old', options);
  expect(await read('/', 'app')).toBe('{"A":"1"}');
  expect([await paths('/'), await paths('new')]).toEqual([['app', 'old'], ['app']]);
});
