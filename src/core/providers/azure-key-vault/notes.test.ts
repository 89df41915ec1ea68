/** Notes of variables, as tags of the secrets of a folder. */
import { describe, expect, it } from 'vitest';
import { mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import {
  collect,
  connect,
  failure,
  makeProvider,
  partsOf,
  signal,
} from '@test/support/azure-key-vault';
import type { SecretsProvider } from '../provider';

const doc = (...keys: readonly string[]): SecretDocument =>
  mapDocument(keys.map((key) => [key, textEntry('x')] as const));

const set = async (
  provider: SecretsProvider,
  notes: Readonly<Record<string, string | null>>,
  path = 'shop/',
): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await provider.setNotes?.(path, new Map(Object.entries(notes)), { signal })) ?? [],
  );

const notesOf = (
  notes: ReadonlyMap<string, string> | undefined,
): Record<string, string> | undefined => notes && Object.fromEntries(notes);

describe('notes in a folder', () => {
  it('are tags that come with what is read, and change neither value nor version', async () => {
    const { server, provider } = await connect();
    const written = await provider.write('shop/', doc('DB_HOST', 'B'), null, { signal });
    expect(notesOf(written.notes)).toEqual({});
    expect(await set(provider, { DB_HOST: 'one\ntwo', B: 'of b' })).toEqual({});
    expect(server.secret('shop-DB-HOST')?.current.tags).toEqual({
      'strongroom-folder': 'shop/',
      'strongroom-key': 'DB_HOST',
      'strongroom-note': String.raw`one\ntwo`,
    });
    server.clearRequests();
    const { revision, notes } = await provider.read('shop/', { signal });
    expect(revision).toBe(written.revision);
    expect(notesOf(notes)).toEqual({ DB_HOST: 'one\ntwo', B: 'of b' });
    expect(server.requests).toHaveLength(3);
    expect([server.count('ListSecrets'), server.count('GetSecret')]).toEqual([1, 2]);
    const [many] = await collect(provider.readMany(['shop/'], { signal }));
    expect(many).toMatchObject({ snapshot: { notes } });
  });

  it('stay through a write, go with their variable, and are removed', async () => {
    const { provider, colleague } = await connect();
    const { revision } = await provider.write('shop/', doc('A', 'B'), null, { signal });
    await set(provider, { A: 'of a', B: 'of b' });
    const changed = mapDocument([['A', textEntry('y')] as const, ['C', textEntry('z')] as const]);
    const written = await colleague().write('shop/', changed, revision, { signal });
    expect(notesOf(written.notes)).toEqual({ A: 'of a' });
    expect(await set(provider, { A: null, B: null, C: 'of c' })).toEqual({});
    expect(notesOf((await provider.read('shop/', { signal })).notes)).toEqual({ C: 'of c' });
  });

  it('are refused if they are too long, have no room, or may not be set', async () => {
    const { server, provider } = await connect();
    await provider.write('shop/', doc('A', 'B', 'C'), null, { signal });
    const tags = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`t${String(at)}`, 'x']));
    server.put('shop-FULL', 'x', { tags });
    const notes = { A: 'x'.repeat(256), B: 'x'.repeat(257), FULL: 'x', GONE: 'x' };
    expect(await set(provider, notes)).toEqual({
      B: 'too-long',
      FULL: 'no-room',
      GONE: 'not-taken',
    });
    expect(server.secret('shop-FULL')?.current.tags).toEqual(tags);
    const limited = server.application({ roles: ['Key Vault Secrets User'] });
    const reader = makeProvider(partsOf(server, limited));
    expect(await set(reader, { A: 'mine' })).toEqual({ A: 'not-permitted' });
    expect(notesOf((await reader.read('shop/', { signal })).notes)).toEqual({ A: notes.A });
  });

  it('leave room for the tags that a rename needs, in a secret that somebody else made', async () => {
    const { server, provider } = await connect();
    const others = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${String(at)}`, 'x']));
    server.put('shop-DB-HOST', 'x', { tags: others(12) });
    server.put('shop-FULL', 'x', { tags: others(13) });
    const noted = { ...others(13), 'strongroom-note': 'theirs' };
    server.put('shop-NOTED', 'x', { tags: noted });
    server.put('shop-GONE', 'x', { tags: noted });
    const notes = { 'DB-HOST': 'mine', FULL: 'mine', NOTED: 'mine', GONE: null };
    expect(await set(provider, notes)).toEqual({ FULL: 'no-room' });
    expect(server.secret('shop-NOTED')?.current.tags?.['strongroom-note']).toBe('mine');
    expect(server.secret('shop-GONE')?.current.tags).toEqual(others(13));
    const { revision } = await provider.read('shop/', { signal });
    const renamed = doc('DB_HOST', 'FULL', 'NOTED', 'GONE');
    const written = await provider.write('shop/', renamed, revision, { signal });
    expect(notesOf(written.notes)).toEqual({ DB_HOST: 'mine', NOTED: 'mine' });
  });

  it('need a folder with something in it', async () => {
    const { provider } = await connect();
    expect((await failure(set(provider, { A: 'x' }))).code).toBe('NOT_FOUND');
    const written = await provider.write('shop', doc('A'), null, { signal });
    expect(written.notes).toBeUndefined();
    expect(await set(provider, { A: 'x' }, 'shop')).toEqual({ A: 'not-supported' });
    expect((await provider.read('shop', { signal })).notes).toBeUndefined();
  });
});
