/** Notes of variables in the custom metadata: against the stand-ins, and a real server if there is one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, doc, options } from '@test/support/hashicorp-vault';
import { fresh, targets, type RunningTarget } from '@test/servers/vault-targets';
import type { SecretsProvider } from '../provider';

for (const { name, start } of targets) {
  describe.skipIf(start === undefined)(`against ${name}`, () => {
    suite(start ?? (() => Promise.reject(new Error('There is no such server'))));
  });
}

type Notes = Readonly<Record<string, string | null>>;

const set = async (provider: SecretsProvider, notes: Notes): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await provider.setNotes?.('app', new Map(Object.entries(notes)), options())) ?? [],
  );

const notesOf = async (provider: SecretsProvider): Promise<Record<string, string> | undefined> => {
  const { notes } = await provider.read('app', options());
  return notes && Object.fromEntries(notes);
};

function suite(start: () => Promise<RunningTarget>): void {
  let target: RunningTarget;
  beforeAll(async () => {
    target = await start();
  }, 60_000);
  afterAll(() => target.stop());

  const mount = async (version: 1 | 2 = 2): Promise<string> => {
    const path = fresh('kv');
    await target.admin.mountKv(path, version);
    return path;
  };
  const connectTo = (enginePath: string, token = target.rootToken) =>
    connect(target.url, { token }, { enginePath });
  const limited = async (
    enginePath: string,
    metadata: readonly string[],
    data: readonly string[] = ['create', 'read', 'update'],
  ): Promise<SecretsProvider> => {
    const policy = fresh('policy');
    await target.admin.policy(policy, {
      [`${enginePath}/data/*`]: [...data],
      ...(metadata.length > 0 && { [`${enginePath}/metadata/*`]: metadata }),
    });
    return connectTo(enginePath, await target.admin.createToken({ policies: [policy] }));
  };
  const custom = async (enginePath: string): Promise<unknown> => {
    const answer = await target.admin.call('GET', `${enginePath}/metadata/app`);
    return (answer['data'] as { custom_metadata: unknown }).custom_metadata;
  };

  it('come with what is read and written, and change neither content nor revision', async () => {
    const enginePath = await mount();
    const provider = connectTo(enginePath);
    const written = await provider.write('app', doc('{"A":"1","B":"2"}'), null, options());
    expect(written.notes).toEqual(new Map());
    const notes = { A: 'Ask in #shop.', B: 'one\ntwo\tC:\\new €', 'odd key/\u200d': 'x' };
    expect(await set(provider, notes)).toEqual({});
    const read = await provider.read('app', options());
    expect(read.revision).toBe(written.revision);
    expect(Object.fromEntries(read.notes ?? [])).toEqual(notes);
    const again = await provider.write('app', doc('{"A":"3"}'), read.revision, options());
    expect(Object.fromEntries(again.notes ?? [])).toEqual(notes);
    expect(await set(provider, { A: 'new', B: null })).toEqual({});
    expect(await notesOf(provider)).toEqual({ A: 'new', 'odd key/\u200d': 'x' });
    expect(await custom(enginePath)).toMatchObject({ 'strongroom-note:A': 'new' });
  });

  it('lie beside what others keep there, with “patch” and with “update”', async () => {
    const enginePath = await mount();
    const root = connectTo(enginePath);
    await root.write('app', doc('{"A":"1"}'), null, options());
    const others = { team: 'checkout', owner: 'me' };
    await target.admin.call('POST', `${enginePath}/metadata/app`, { custom_metadata: others });
    for (const capabilities of [['patch'], ['read', 'update']]) {
      const provider = await limited(enginePath, capabilities);
      expect(await set(provider, { A: 'a' })).toEqual({});
      expect(await custom(enginePath)).toEqual({ ...others, 'strongroom-note:A': 'a' });
      expect(await set(provider, { A: null })).toEqual({});
      expect(await custom(enginePath)).toEqual(others);
    }
  });

  it('are refused without the permission, and can be read with the values', async () => {
    const enginePath = await mount();
    const root = connectTo(enginePath);
    await root.write('app', doc('{"A":"1"}'), null, options());
    await set(root, { A: 'a' });
    for (const capabilities of [[], ['read', 'list']]) {
      const provider = await limited(enginePath, capabilities);
      expect(await set(provider, { A: 'b', C: null })).toEqual({
        A: 'not-permitted',
        C: 'not-permitted',
      });
      expect(await notesOf(provider)).toEqual({ A: 'a' });
    }
  });

  it('are refused if the values may be written and not read', async () => {
    const enginePath = await mount();
    await connectTo(enginePath).write('app', doc('{"A":"1"}'), null, options());
    const provider = await limited(enginePath, ['read', 'update', 'patch'], ['create', 'update']);
    expect(await set(provider, { A: 'a', B: null })).toEqual({
      A: 'not-permitted',
      B: 'not-permitted',
    });
  });

  it('are refused if they are too long, or one too many; the others are taken', async () => {
    const enginePath = await mount();
    const provider = connectTo(enginePath);
    await provider.write('app', doc('{"A":"1"}'), null, options());
    const long = 'é'.repeat(257);
    expect(await set(provider, { A: 'a', B: long, [long]: 'x', C: 'x'.repeat(512) })).toEqual({
      B: 'too-long',
      [long]: 'too-long',
    });
    const others = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`K${String(at)}`, 'x']),
    );
    await set(provider, others);
    // 62 of 64: one goes, three come, one changes.
    const changes = { A: null, B: 'b', D: 'd', E: 'e', F: 'f', C: 'new', G: long };
    expect(await set(provider, changes)).toEqual({ F: 'no-room', G: 'too-long' });
    expect(await notesOf(provider)).toEqual({ ...others, B: 'b', C: 'new', D: 'd', E: 'e' });
    expect(await set(provider, { F: 'f' })).toEqual({ F: 'no-room' });
  });

  it('need a secret', async () => {
    const provider = connectTo(await mount());
    await expect(set(provider, { A: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('have no place in KV v1', async () => {
    const provider = connectTo(await mount(1));
    const written = await provider.write('app', doc('{"A":"1"}'), null, options());
    expect(written.notes).toBeUndefined();
    expect(await notesOf(provider)).toBeUndefined();
    expect(await set(provider, { A: 'a' })).toEqual({ A: 'not-supported' });
  });
}
