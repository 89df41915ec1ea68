/** Notes of variables through the router, by two people with a data directory each, against a stand-in for Vault. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { NoteHere } from '@shared/model/note';
import type { VaultServer } from '@test/servers/vault/server';
import { all, startCore, startTestVault, type TestCore } from '@test/support/core';

let vault: VaultServer;
let ada: TestCore;
let ben: TestCore;

beforeEach(async () => {
  vault = await startTestVault();
  [ada, ben] = [await startCore(), await startCore()];
});

const kv = () => vault.kv('secret');
const written = () =>
  vault.requests
    .filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
    .map(({ path }) => path);
const custom = (path = 'app') => kv().customMetadata(path);

const note = (key: string, text: string) => ({ edits: [{ key, note: text }], additions: [] });

/** With a token that may read and write values, and do that with metadata. */
const limited = (metadata: readonly ('read' | 'patch')[]): { url: string; rootToken: string } => {
  vault.policy('limited', {
    'secret/data/*': ['create', 'read', 'update'],
    'secret/metadata/*': ['list', ...metadata],
  });
  return { url: vault.url, rootToken: vault.token({ policies: ['limited'] }) };
};

/** The id of the environment at the path, freshly pulled. */
async function pulled(core: TestCore, path = 'app'): Promise<string> {
  await core.pullAll();
  const found = (await core.environments()).find((one) => one.path === path);
  if (found === undefined) throw new Error(`Nothing at ${path}`);
  return found.id;
}

async function notes(core: TestCore, id: string): Promise<Record<string, string>> {
  const { variables } = await core.client.environments.open({ id });
  return Object.fromEntries(
    variables.flatMap(({ key, note: text }) => (text === undefined ? [] : [[key, text]])),
  );
}

/** Of its versions, the newest first. */
async function revisions(core: TestCore, id: string): Promise<string[]> {
  const history = await core.client.environments.history({ id });
  return history.isKept ? history.versions.map(({ revision }) => revision) : [];
}

async function here(core: TestCore, id: string): Promise<Record<string, NoteHere>> {
  const { variables } = await core.client.environments.open({ id });
  return Object.fromEntries(
    variables.flatMap(({ key, noteHere }) => (noteHere === undefined ? [] : [[key, noteHere]])),
  );
}

describe('with KV v2', () => {
  let mine: string;
  let theirs: string;

  beforeEach(async () => {
    kv().put('app', { A: '1', B: '2' }, { customMetadata: { owner: 'me' } });
    await ada.useVault(vault);
    await ben.useVault(vault);
    mine = await pulled(ada);
    theirs = await pulled(ben);
  });

  it('a note is with the secret, and a colleague gets it with the values', async () => {
    const { notesAt, base } = await ada.save(mine, note('A', 'Ask in #shop.\nTwice.'));
    expect(notesAt).toBe('secret');
    expect(custom()).toEqual({
      owner: 'me',
      'strongroom-note:A': String.raw`Ask in #shop.\nTwice.`,
    });
    expect(kv().versions('app')).toHaveLength(1);
    const asked = vault.requests.length;
    await ben.client.environments.pull({ id: theirs });
    expect(vault.requests.slice(asked).map(({ path }) => path)).toEqual(['secret/data/app']);
    expect(await notes(ben, theirs)).toEqual({ A: 'Ask in #shop.\nTwice.' });
    expect(await here(ben, theirs)).toEqual({});
    expect((await ben.client.environments.open({ id: theirs })).base).toBe(base);
    // It is nowhere else.
    await ada.restart();
    await ada.client.environments.pull({ id: mine });
    expect(await notes(ada, mine)).toEqual({ A: 'Ask in #shop.\nTwice.' });
    kv().put('app', { A: '1', B: '2' }, { customMetadata: {} });
    await ada.client.environments.pull({ id: mine });
    expect(await notes(ada, mine)).toEqual({});
  });

  it('a save without a note sends nothing for notes', async () => {
    await ada.save(mine, { edits: [{ key: 'A', value: 'x' }], additions: [] });
    await ada.save(mine, { edits: [{ key: 'A', disabled: true }], additions: [] });
    expect(written()).toEqual(['secret/data/app']);
  });

  it('of notes of one variable the last counts, and those of others stay', async () => {
    await ada.save(mine, note('A', 'from ada'));
    await ben.save(theirs, note('B', 'from ben'));
    await ben.save(theirs, note('A', 'ben again'));
    await ada.save(mine, { edits: [{ key: 'B', disabled: true }], additions: [] });
    await ada.client.environments.pull({ id: mine });
    expect(await notes(ada, mine)).toEqual({ A: 'ben again', B: 'from ben' });
    // Values that are saved bring the notes of others too.
    await ben.save(theirs, note('B', ''));
    await ada.save(mine, { edits: [{ key: 'A', value: 'x' }], additions: [] });
    expect(await notes(ada, mine)).toEqual({ A: 'ben again' });
    expect(custom()).toEqual({ owner: 'me', 'strongroom-note:A': 'ben again' });
  });

  it('follows a rename, goes with a variable, and comes with a new one', async () => {
    await ada.save(mine, note('A', 'of a'));
    await ada.save(mine, note('B', 'of b'));
    await ada.save(mine, {
      edits: [
        { key: 'A', rename: 'RENAMED' },
        { key: 'B', remove: true },
      ],
      additions: [{ key: 'NEW', value: 'x', note: 'of new' }],
    });
    expect(custom()).toEqual({
      owner: 'me',
      'strongroom-note:RENAMED': 'of a',
      'strongroom-note:NEW': 'of new',
    });
    expect(await notes(ada, mine)).toEqual({ RENAMED: 'of a', NEW: 'of new' });
  });

  it('what does not fit stays here, says why, and is sent when it is saved again', async () => {
    const long = '€'.repeat(400);
    await ada.save(mine, note('A', 'short'));
    await ada.save(mine, note('A', long));
    expect(await notes(ada, mine)).toEqual({ A: long });
    expect(await here(ada, mine)).toEqual({ A: { why: 'too-long', withSecret: 'short' } });
    await ada.restart();
    await ada.client.environments.pull({ id: mine });
    expect(await notes(ada, mine)).toEqual({ A: long });
    expect(await here(ada, mine)).toEqual({ A: { withSecret: 'short' } });
    await ada.save(mine, note('A', 'other'));
    expect(await here(ada, mine)).toEqual({});
    expect(custom()).toMatchObject({ 'strongroom-note:A': 'other' });
  });

  it('without permission it stays here, with it goes there, and a removal hides it here', async () => {
    await ada.save(mine, note('A', 'shared'));
    await ben.useVault(limited([]));
    await ben.client.environments.pull({ id: theirs });
    await ben.save(theirs, note('A', ''));
    await ben.save(theirs, note('B', 'mine'));
    expect(await notes(ben, theirs)).toEqual({ B: 'mine' });
    const why = 'not-permitted' as const;
    expect(await here(ben, theirs)).toEqual({ A: { why, withSecret: 'shared' }, B: { why } });
    expect(custom()).toEqual({ owner: 'me', 'strongroom-note:A': 'shared' });

    await ben.useVault(limited(['read', 'patch']));
    await ben.client.environments.pull({ id: theirs });
    await ben.save(theirs, note('B', 'mine'));
    expect(await here(ben, theirs)).toEqual({ A: { why, withSecret: 'shared' } });
    await ben.save(theirs, note('A', 'mine too'));
    expect(custom()).toEqual({
      owner: 'me',
      'strongroom-note:A': 'mine too',
      'strongroom-note:B': 'mine',
    });
  });

  it('stays here while the server does not take it; values are saved all the same', async () => {
    vault.faults.add({
      match: { path: 'secret/metadata/app', method: ['PATCH', 'POST'] },
      effect: { kind: 'answer', status: 500, body: { errors: ['internal'] } },
    });
    const changes = { edits: [{ key: 'A', value: 'x', note: 'kept' }], additions: [] };
    await ada.save(mine, changes);
    expect(kv().read('app')).toEqual({ A: 'x', B: '2' });
    expect(await notes(ada, mine)).toEqual({ A: 'kept' });
    expect(await here(ada, mine)).toEqual({ A: { why: 'not-taken' } });
    vault.faults.clear();
    await ada.save(mine, note('B', 'sent'));
    expect(await here(ada, mine)).toEqual({});
    expect(custom()).toMatchObject({ 'strongroom-note:A': 'kept', 'strongroom-note:B': 'sent' });
  });

  it('stays with the secret through a roll back, and is made again with a secret that was gone', async () => {
    await ada.save(mine, { edits: [], additions: [{ key: 'C', value: '3', note: 'of c' }] });
    const rollBack = async (to: number): Promise<void> => {
      const [newest = '', ...past] = await revisions(ada, mine);
      const revision = past.at(to) ?? '';
      await ada.client.environments.rollBack({ id: mine, revision, newest });
    };
    await rollBack(-1);
    expect(await notes(ada, mine)).toEqual({});
    expect(custom()).toMatchObject({ 'strongroom-note:C': 'of c' });
    await rollBack(0);
    expect(await notes(ada, mine)).toEqual({ C: 'of c' });

    kv().remove('app');
    const base = await ada.base(mine);
    await ada.client.environments.recreate({ id: mine, base, changes: note('A', 'of a') });
    expect(custom()).toEqual({ 'strongroom-note:A': 'of a', 'strongroom-note:C': 'of c' });
  });

  it('goes along to another path, into a copy, and off the server', async () => {
    await ada.save(mine, note('A', 'of a'));
    const to = { environmentId: mine, provider: 'hashicorp-vault', toPath: 'moved' } as const;
    await all(ada.client.migrations.run(to));
    expect(custom('moved')).toEqual({ 'strongroom-note:A': 'of a' });
    expect(await notes(ada, mine)).toEqual({ A: 'of a' });
    const copy = await ada.client.environments.duplicate({ id: mine, name: 'copy' });
    expect(await notes(ada, copy.id)).toEqual({ A: 'of a' });
    await ada.client.environments.disableSync({ id: mine, copy: true });
    expect(await notes(ada, mine)).toEqual({ A: 'of a' });
    expect(custom('moved')).toEqual({ 'strongroom-note:A': 'of a' });
  });

  it('comes with a link to another path, and with one that holds notes', async () => {
    const { id } = await ada.client.environments.duplicate({ id: mine, name: 'copy' });
    await ada.save(id, note('B', 'of b'));
    await ada.client.environments.enableSync({ id, path: 'copy', resolution: 'push' });
    expect(custom('copy')).toEqual({ 'strongroom-note:B': 'of b' });
    expect(await here(ada, id)).toEqual({});
  });

  it('an older note on this computer moves with the next that is saved, not over another', async () => {
    const { id } = await ada.client.environments.duplicate({ id: mine, name: 'copy' });
    await ada.save(id, note('A', 'old a'));
    await ada.save(id, note('B', 'old b'));
    await ben.save(theirs, note('B', 'from ben'));
    kv().put('copy', { A: '1', B: '2' }, { customMetadata: { 'strongroom-note:B': 'from ben' } });
    const { serverRevision = '' } = await ada.client.environments.previewSync({ id, path: 'copy' });
    const link = { id, path: 'copy', resolution: 'take-server', serverRevision } as const;
    await ada.client.environments.enableSync(link);
    expect(await notes(ada, id)).toEqual({ A: 'old a', B: 'old b' });
    expect(await here(ada, id)).toEqual({ B: { withSecret: 'from ben' } });
    expect(custom('copy')).toEqual({
      'strongroom-note:A': 'old a',
      'strongroom-note:B': 'from ben',
    });
    await ada.save(id, note('B', 'old b'));
    expect(custom('copy')).toMatchObject({ 'strongroom-note:B': 'old b' });
    expect(await here(ada, id)).toEqual({});
  });
});

describe('where the store has no place for notes', () => {
  it('they stay on this computer, through a migration too', async () => {
    vault.mount('old', { version: 1 });
    vault.kv('old').put('app', { A: '1' });
    await ada.useVault(vault, { enginePath: 'old' });
    const id = await pulled(ada);
    const { notesAt } = await ada.save(id, note('A', 'here'));
    expect(notesAt).toBe('computer');
    await ada.restart();
    await ada.client.environments.pull({ id });
    expect(await notes(ada, id)).toEqual({ A: 'here' });
    expect(await here(ada, id)).toEqual({});
  });

  it('those of a secret that is moved there are kept on this computer', async () => {
    kv().put('app', { A: '1' }, { customMetadata: { 'strongroom-note:A': 'of a' } });
    await ada.useVault(vault);
    const id = await pulled(ada);
    await ada.useLocal();
    await ada.useVault(vault);
    await ada.client.environments.pull({ id });
    const to = { environmentId: id, provider: 'local-vault', toPath: 'app' } as const;
    await all(ada.client.migrations.run(to));
    await ada.useLocal();
    await ada.client.environments.pull({ id });
    expect(await notes(ada, id)).toEqual({ A: 'of a' });
  });
});
