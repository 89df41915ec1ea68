/** Environments with one secret for each variable. */
import { describe, expect, it } from 'vitest';
import {
  documentFromText,
  mapDocument,
  textEntry,
  type SecretDocument,
} from '@core/secrets/document';
import type { KeyVaultServer } from '@test/servers/azure-key-vault/server';
import { summaryOf } from '@test/support/aws-secrets-manager';
import { collect, connect, failure, signal, textOf } from '@test/support/azure-key-vault';

type Plain = Readonly<Record<string, string>>;

const doc = (plain: Plain): SecretDocument =>
  mapDocument(Object.entries(plain).map(([key, value]) => [key, textEntry(value)] as const));
const plainOf = (document: SecretDocument): unknown => JSON.parse(textOf(document));
const stored = (server: KeyVaultServer): Plain =>
  Object.fromEntries(
    server.names().map((name) => [name, server.secret(name)?.current.value ?? '']),
  );
const puts = (server: KeyVaultServer): (string | undefined)[] =>
  server.requests
    .filter(({ operation, status }) => operation === 'SetSecret' && status === 200)
    .map(({ secret }) => secret);

describe('a folder', () => {
  it('holds one secret for each variable, with its true key in a tag', async () => {
    const { server, provider } = await connect();
    const { revision } = await provider.write('shop/', doc({ DB_HOST: 'a', apiKey: 'b' }), null, {
      signal,
    });
    expect(stored(server)).toEqual({ 'shop-DB-HOST': 'a', 'shop-apiKey': 'b' });
    expect(server.secret('shop-DB-HOST')?.current.tags).toEqual({
      'strongroom-folder': 'shop/',
      'strongroom-key': 'DB_HOST',
    });
    const snapshot = await provider.read('shop/', { signal });
    expect(plainOf(snapshot.document)).toEqual({ DB_HOST: 'a', apiKey: 'b' });
    expect(snapshot.revision).toBe(revision);
    expect((await provider.list({ signal })).secrets).toEqual([{ path: 'shop/' }]);
  });

  it('takes in secrets of others whose names begin alike, but none of another folder', async () => {
    const { server, provider } = await connect();
    server.put('shop-PORT', '1');
    server.put('SHOP-Host', '2');
    server.put('shopper-X', '3');
    server.put('shop-off', '4', { attributes: { enabled: false } });
    server.certificate('shop-tls');
    await provider.write('shop-prod/', doc({ KEY: '5' }), null, { signal });
    const { document } = await provider.read('shop/', { signal });
    expect(plainOf(document)).toEqual({ PORT: '1', Host: '2' });
  });

  it('is found in one listing of all, and in the one that the caller has', async () => {
    const { server, provider } = await connect();
    for (const folder of ['a', 'b', 'c']) {
      const tags = { 'strongroom-folder': `${folder}/`, 'strongroom-key': 'KEY' };
      server.put(`${folder}-KEY`, folder, { tags });
    }
    server.put('others-KEY', 'untagged');
    const folders = ['a/', 'b/', 'c/', 'others/', 'none/'];
    const texts = {
      'a/': '{"KEY":"a"}',
      'b/': '{"KEY":"b"}',
      'c/': '{"KEY":"c"}',
      'others/': '{"KEY":"untagged"}',
      'none/': 'NOT_FOUND',
    };
    await provider.reach?.({ signal });
    const listings = (): number =>
      server.requests.filter(
        ({ operation, status }) => operation === 'ListSecrets' && status === 200,
      ).length;
    expect(summaryOf(await collect(provider.readMany(folders, { signal })))).toEqual(texts);
    expect(listings()).toBe(1);
    const listing = await provider.list({ signal });
    expect(listings()).toBe(2);
    expect(summaryOf(await collect(provider.readMany(folders, { signal, listing })))).toEqual(
      texts,
    );
    expect(listings()).toBe(2);
  });

  it('writes only what changed, and keeps the tags and dates of others', async () => {
    const { server, provider } = await connect();
    const attributes = { expires: 2_000_000_000 };
    server.put('shop-A', '1', { tags: { team: 'x' }, contentType: 'text/plain', attributes });
    server.put('shop-B', '1');
    server.put('shop-C', '1');
    const { revision } = await provider.read('shop/', { signal });
    await provider.write('shop/', doc({ A: '2', B: '1', D: '1' }), revision, { signal });
    expect(new Set(puts(server))).toEqual(new Set(['shop-A', 'shop-D']));
    expect(server.deletedNames()).toEqual(['shop-C']);
    expect(server.secret('shop-A')?.current).toMatchObject({
      value: '2',
      contentType: 'text/plain',
      tags: { team: 'x', 'strongroom-folder': 'shop/', 'strongroom-key': 'A' },
      attributes: { enabled: true, ...attributes },
    });
  });

  it('leaves the tags alone where there is no room for more', async () => {
    const { server, provider } = await connect();
    const tags = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`tag${String(index)}`, 'x']),
    );
    server.put('shop-A-B', '1', { tags });
    const { revision } = await provider.read('shop/', { signal });
    const renamed = provider.write('shop/', doc({ A_B: '1' }), revision, { signal });
    expect((await failure(renamed)).message).toBe(
      'The secret shop-A-B has no room for the tags that keep its folder and its key.',
    );
    await provider.write('shop/', doc({ 'A-B': '2' }), revision, { signal });
    expect(server.secret('shop-A-B')?.current).toMatchObject({ value: '2', tags });
  });

  it.each([
    [
      { DB_HOST: '1', 'DB-HOST': '2' },
      'DB_HOST and DB-HOST would be the same secret, shop-DB-HOST.',
    ],
    [{ host: '1', HOST: '2' }, 'host and HOST would be the same secret, shop-HOST.'],
  ])('refuses %j before a call is made', async (plain, message) => {
    const { server, provider } = await connect();
    const error = await failure(provider.write('shop/', doc(plain), null, { signal }));
    expect(error).toMatchObject({ code: 'NAME_NOT_ALLOWED', message });
    expect(provider.validate('shop/', doc(plain))?.message).toBe(message);
    expect(server.requests).toEqual([]);
  });

  it('refuses a variable that would take the secret of another, before anything is written', async () => {
    const { server, provider } = await connect();
    // Somebody tagged this secret by hand.
    const tags = { 'strongroom-folder': 'shop/', 'strongroom-key': 'HOST_NAME' };
    server.put('shop-HOST', '1', { tags });
    const { revision } = await provider.read('shop/', { signal });
    const write = provider.write('shop/', doc({ HOST_NAME: '1', A: '1', HOST: '2' }), revision, {
      signal,
    });
    expect((await failure(write)).code).toBe('NAME_NOT_ALLOWED');
    expect(stored(server)).toEqual({ 'shop-HOST': '1' });
  });

  it('renames a variable whose secret keeps its name', async () => {
    const { server, provider } = await connect();
    const first = await provider.write('shop/', doc({ 'DB-HOST': '1', A: '1' }), null, { signal });
    const wanted = { DB_HOST: '1', A: '1' };
    const { revision } = await provider.write('shop/', doc(wanted), first.revision, { signal });
    expect(stored(server)).toEqual({ 'shop-DB-HOST': '1', 'shop-A': '1' });
    const snapshot = await provider.read('shop/', { signal });
    expect(plainOf(snapshot.document)).toEqual(wanted);
    expect(snapshot.revision).toBe(revision);
  });

  it('brings a removed variable back when it is added again', async () => {
    const { server, provider } = await connect();
    Object.assign(server.settings, { recoveryMs: 2000, recoveredButLockedMs: 2000 });
    const one = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    const two = await provider.write('shop/', doc({ A: '1' }), one.revision, { signal });
    expect(server.deletedNames()).toEqual(['shop-B']);
    await provider.write('shop/', doc({ A: '1', B: 'new' }), two.revision, { signal });
    expect(stored(server)).toEqual({ 'shop-A': '1', 'shop-B': 'new' });
  });

  it('is not written if somebody changed a variable', async () => {
    const { server, provider, colleague } = await connect();
    const { revision } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    await colleague().write('shop/', doc({ A: '1', B: 'theirs' }), revision, { signal });
    const mine = provider.write('shop/', doc({ A: 'mine', B: '1' }), revision, { signal });
    expect((await failure(mine)).code).toBe('CONFLICT');
    expect((await failure(provider.write('shop/', doc({ A: '2' }), null, { signal }))).code).toBe(
      'ALREADY_EXISTS',
    );
    expect(stored(server)).toEqual({ 'shop-A': '1', 'shop-B': 'theirs' });
  });

  it('gets a conflict for one variable that both write, and theirs is back', async () => {
    const { server, provider } = await connect({ concurrency: 1 });
    const { revision } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    server.clock.advance(2000);
    const gate = server.faults.gate(({ operation }) => operation === 'SetSecret');
    const mine = failure(provider.write('shop/', doc({ A: 'mine', B: '2' }), revision, { signal }));
    await gate.reached;
    server.put('shop-A', 'theirs', { tags: server.secret('shop-A')?.current.tags ?? {} });
    gate.open();
    const error = await mine;
    expect(['CONFLICT', 'PARTLY_WRITTEN']).toContain(error.code);
    expect(server.secret('shop-A')?.current.value).toBe('theirs');
    const values = server.secret('shop-A')?.versions.map(({ value }) => value);
    expect(values).toContain('mine');
  });

  it('says what was written when it stops half-way, and the next save sends the rest', async () => {
    const { server, provider } = await connect({ concurrency: 1 });
    const base = await provider.write('shop/', doc({ A: '1', OLD: '1' }), null, { signal });
    server.clearRequests();
    const outage = server.faults.add({
      match: ({ operation, secret }) => operation === 'SetSecret' && secret === 'shop-C',
      effect: { kind: 'answer', status: 503 },
    });
    const wanted = doc({ A: '2', B: '2', C: '2' });
    const error = await failure(provider.write('shop/', wanted, base.revision, { signal }));
    expect(error).toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '2 of 4 changes were written: A, B. Not written: C, OLD.',
    });
    outage.remove();
    server.clearRequests();
    await provider.write('shop/', wanted, base.revision, { signal });
    expect(puts(server)).toEqual(['shop-C']);
    expect(stored(server)).toEqual({ 'shop-A': '2', 'shop-B': '2', 'shop-C': '2' });
  });

  it('recognises a variable whose answer was lost, and one that was removed', async () => {
    const { server, provider } = await connect({ concurrency: 1 });
    const base = await provider.write('shop/', doc({ A: '1', X: '1', Y: '1' }), null, { signal });
    const wanted = doc({ A: '2', B: '2' });
    server.faults.add({
      match: ({ operation, secret }) => operation === 'SetSecret' && secret === 'shop-B',
      times: 1,
      effect: { kind: 'drop', applied: true },
    });
    const lost = await failure(provider.write('shop/', wanted, base.revision, { signal }));
    expect(lost.code).toBe('PARTLY_WRITTEN');
    server.faults.add({
      match: ({ operation, secret }) => operation === 'DeleteSecret' && secret === 'shop-Y',
      times: 1,
      effect: { kind: 'answer', status: 503 },
    });
    const half = await failure(provider.write('shop/', wanted, base.revision, { signal }));
    expect(half.message).toBe('1 of 2 changes were written: X. Not written: Y.');
    await provider.write('shop/', wanted, base.revision, { signal });
    expect(stored(server)).toEqual({ 'shop-A': '2', 'shop-B': '2' });
    expect(server.secret('shop-B')?.versions).toHaveLength(1);
  });

  it('is removed and brought back as a whole', async () => {
    const { server, provider } = await connect();
    const { revision } = await provider.write('shop/', doc({ A_B: '1', C: '2' }), null, { signal });
    expect(await provider.remove('shop/', revision, { signal })).toMatchObject({
      recoverable: true,
    });
    expect(server.names()).toEqual([]);
    expect((await failure(provider.read('shop/', { signal }))).code).toBe('NOT_FOUND');
    await provider.undelete('shop/', { signal });
    const { document } = await provider.read('shop/', { signal });
    expect(plainOf(document)).toEqual({ A_B: '1', C: '2' });
    expect((await failure(provider.undelete('none/', { signal }))).code).toBe('NOT_FOUND');
  });

  it.each<[string, Record<string, string>]>([
    ['a save', { B: '1' }],
    ['a deletion', {}],
  ])('keeps what somebody else writes into a variable that %s removes', async (_what, left) => {
    const { server, provider } = await connect();
    const before = doc({ A: '1', ...left });
    const { revision } = await provider.write('shop/', before, null, { signal });
    const gate = server.faults.gate(({ operation }) => operation === 'DeleteSecret');
    // A folder without variables does not exist, so that the last one goes with it.
    const work = failure(
      'B' in left
        ? provider.write('shop/', doc(left), revision, { signal })
        : provider.remove('shop/', revision, { signal }),
    );
    await gate.reached;
    server.put('shop-A', 'theirs', { tags: server.secret('shop-A')?.current.tags ?? {} });
    gate.open();
    expect((await work).code).toBe('CONFLICT');
    expect(stored(server)).toMatchObject({ 'shop-A': 'theirs' });
  });

  it('says what was deleted when the deletion stops half-way', async () => {
    const { server, provider } = await connect();
    const { revision } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    server.faults.add({
      match: ({ operation, secret }) => operation === 'DeleteSecret' && secret === 'shop-B',
      effect: { kind: 'answer', status: 503 },
    });
    const error = await failure(provider.remove('shop/', revision, { signal }));
    expect(error).toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '1 of 2 variables were deleted: A. Still there: B.',
    });
  });

  it('has a history that is put together from its variables', async () => {
    const { server, provider } = await connect();
    const one = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    server.clock.advance(60_000);
    await provider.write('shop/', doc({ A: '2', B: '1' }), one.revision, { signal });
    const history = await provider.versions('shop/', { signal });
    expect(history).toMatchObject({
      isKept: true,
      isComplete: false,
      versions: [
        { version: 'v2', state: 'current' },
        { version: 'v1', state: 'past', revision: one.revision },
      ],
    });
    const first = await provider.readVersion('shop/', one.revision, { signal });
    expect(plainOf(first.document)).toEqual({ A: '1', B: '1' });
  });

  it('holds variables only, in values of at most 25 KB', async () => {
    const { provider } = await connect();
    expect(provider.validate('shop/', documentFromText('text'))?.code).toBe('INVALID_INPUT');
    expect(provider.validate('sh_op/', doc({}))?.code).toBe('NAME_NOT_ALLOWED');
    expect(provider.validate('shop/', doc({ A: 'x'.repeat(25_601) }))?.message).toBe(
      'A takes 25,601 bytes, 1 more than the 25,600 that Azure accepts in one secret.',
    );
    expect(provider.validate('shop/', doc({ A: 'x'.repeat(25_600) }))).toBeUndefined();
  });
});

describe('two who write the same variable at once', () => {
  it('both know it if they bring back a deleted one', async () => {
    const { server, provider } = await connect();
    const { revision: first } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, {
      signal,
    });
    const { revision } = await provider.write('shop/', doc({ B: '1' }), first, { signal });
    const gate = server.faults.gate(({ operation }) => operation === 'RecoverDeletedSecret');
    const mine = failure(provider.write('shop/', doc({ A: 'mine', B: '1' }), revision, { signal }));
    await gate.reached;
    // What is held has not been carried out yet.
    gate.remove();
    server.recover('shop-A');
    const tags = { 'strongroom-folder': 'shop/', 'strongroom-key': 'A' };
    server.put('shop-A', 'theirs', { tags });
    expect((await mine).code).toBe('CONFLICT');
    expect(stored(server)).toMatchObject({ 'shop-A': 'theirs' });
  });

  it('know it although the other writes what was there before the deletion', async () => {
    const { server, provider } = await connect();
    const { revision: first } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, {
      signal,
    });
    const { revision } = await provider.write('shop/', doc({ B: '1' }), first, { signal });
    const gate = server.faults.gate(({ operation }) => operation === 'SetSecret');
    const mine = failure(provider.write('shop/', doc({ A: 'mine', B: '1' }), revision, { signal }));
    await gate.reached;
    const { tags = {} } = server.secret('shop-A')?.current ?? {};
    server.put('shop-A', '1', { tags });
    gate.open();
    expect((await mine).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ 'shop-A': '1', 'shop-B': '1' });
  });

  it('know it if one of them removes it', async () => {
    const { server, provider } = await connect();
    const { revision } = await provider.write('shop/', doc({ A: '1', B: '1' }), null, { signal });
    const gate = server.faults.gate(({ operation }) => operation === 'ListSecretVersions');
    const mine = failure(provider.write('shop/', doc({ A: 'mine', B: '1' }), revision, { signal }));
    await gate.reached;
    server.delete('shop-A');
    gate.open();
    expect((await mine).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ 'shop-B': '1' });
  });

  it('know it although the answer was lost', async () => {
    const { server, provider } = await connect();
    const { revision } = await provider.write('shop/', doc({ A: '1' }), null, { signal });
    const gate = server.faults.gate(({ operation }) => operation === 'SetSecret');
    const mine = failure(provider.write('shop/', doc({ A: 'mine' }), revision, { signal }));
    await gate.reached;
    const { tags = {} } = server.secret('shop-A')?.current ?? {};
    server.put('shop-A', 'theirs', { tags });
    const outage = server.faults.add({
      match: ({ operation }) => operation === 'ListSecretVersions',
      effect: { kind: 'answer', status: 503 },
    });
    gate.open();
    expect((await mine).code).toBe('SERVER_ERROR');
    outage.remove();
    const again = provider.write('shop/', doc({ A: 'mine' }), revision, { signal });
    expect((await failure(again)).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ 'shop-A': 'theirs' });
  });
});
