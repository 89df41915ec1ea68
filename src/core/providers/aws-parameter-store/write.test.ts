/** Writing with other writers about, lost answers, and with few permissions. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  awsRates,
  startParameterStoreServer,
  type AccessKey,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { FakeRuntime } from '@test/support/fake-runtime';
import { documentFromText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import {
  failure,
  makeProvider,
  plainOf,
  signal,
  variables,
  type ProviderParts,
} from '@test/support/aws-parameter-store';
import type { AwsOptions } from '../aws/options';
import type { SecretsProvider } from '../provider';

let server: ParameterStoreServer;
const providers: SecretsProvider[] = [];

beforeAll(async () => {
  server = await startParameterStoreServer();
});

afterEach(() => {
  server.faults.clear();
  server.clock.set(new Date());
  server.rates = [];
  server.settings.writeTakes = 0;
  server.settings.versionQuota = 100;
  server.settings.standardQuota = 10_000;
  server.settings.nameFreeAfter = 30_000;
  for (const provider of providers.splice(0)) provider.dispose();
});

afterAll(() => server.stop());

function providerWith(
  key: AccessKey = server.accessKey(),
  parts: ProviderParts = {},
  options?: AwsOptions,
): SecretsProvider {
  const { endpoint, region } = server;
  const { accessKeyId, secretAccessKey } = key;
  const provider = makeProvider(
    { endpoint, region, accessKeyId, secretAccessKey, ...parts },
    options,
  );
  providers.push(provider);
  return provider;
}

let names = 0;
/** Another name for each test. */
const fresh = (): string => `/write/${String((names += 1))}`;

const valueOf = (name: string): string | undefined => server.parameter(name)?.value;
const read = async (provider: SecretsProvider, path: string) => provider.read(path, { signal });
const write = (
  provider: SecretsProvider,
  path: string,
  plain: Readonly<Record<string, string>>,
  expected: Revision | null,
) => provider.write(path, variables(plain), expected, { signal });
const sent = (operation: string): number => server.count(operation);

const withoutListing = { deny: ['DescribeParameters'] };
const withoutMetadata = { deny: ['DescribeParameters', 'GetParameterHistory'] };

describe('what is written over', () => {
  it.each([
    ['', {}],
    [' without ssm:DescribeParameters', withoutListing],
  ])('keeps type, key, tier and description%s', async (_, grant) => {
    const folder = fresh();
    server.kmsKey(`alias${folder}`);
    server.put(`${folder}/TEXT`, 'a', { type: 'String', description: 'By hand' });
    server.put(`${folder}/LIST`, 'a,b', { type: 'StringList' });
    server.put(`${folder}/OWN_KEY`, 'a', { keyId: `alias${folder}` });
    server.put(`${folder}/LARGE`, 'a', { tier: 'Advanced', description: 'Grows' });
    const provider = providerWith(server.accessKey(grant));
    const { revision } = await read(provider, `${folder}/`);
    const plain = { TEXT: 'b', LIST: 'b,c', OWN_KEY: 'b', LARGE: 'b', NEW: 'b' };
    await write(provider, `${folder}/`, plain, revision);
    const now = (key: string) => server.parameter(`${folder}/${key}`);
    expect(now('TEXT')).toMatchObject({ value: 'b', type: 'String', description: 'By hand' });
    expect(now('LIST')).toMatchObject({ value: 'b,c', type: 'StringList', tier: 'Standard' });
    expect(now('OWN_KEY')).toMatchObject({ value: 'b', keyId: `alias${folder}` });
    expect(now('LARGE')).toMatchObject({ tier: 'Advanced', description: 'Grows', value: 'b' });
    expect(now('NEW')).toMatchObject({ type: 'SecureString', keyId: 'alias/aws/ssm' });
  });

  it('keeps type and tier where only its value may be read, and gets the key of the settings', async () => {
    const folder = fresh();
    server.kmsKey(`alias${folder}`);
    server.put(`${folder}/TEXT`, 'a', { type: 'String' });
    server.put(`${folder}/LARGE`, 'a', { tier: 'Advanced', keyId: `alias${folder}` });
    const provider = providerWith(server.accessKey(withoutMetadata), { kmsKey: `alias${folder}` });
    const { revision } = await read(provider, `${folder}/`);
    await write(provider, `${folder}/`, { TEXT: 'b', LARGE: 'x'.repeat(5000) }, revision);
    expect(server.parameter(`${folder}/TEXT`)).toMatchObject({ type: 'String', value: 'b' });
    expect(server.parameter(`${folder}/LARGE`)).toMatchObject({
      tier: 'Advanced',
      keyId: `alias${folder}`,
    });
  });

  it('is not made an Advanced parameter, which is charged, before it needs to be', async () => {
    const name = fresh();
    server.put(name, '{"A":"1"}', { description: 'Of the team' });
    const provider = providerWith(server.accessKey(), { tier: 'advanced' });
    const { revision } = await read(provider, name);
    const small = await write(provider, name, { A: '2' }, revision);
    expect(server.parameter(name)).toMatchObject({ tier: 'Standard', description: 'Of the team' });
    await write(provider, name, { A: 'x'.repeat(5000) }, small.revision);
    expect(server.parameter(name)?.tier).toBe('Advanced');
  });

  it('is marked as an environment only if it was created as one', async () => {
    const name = fresh();
    const provider = providerWith();
    const { revision } = await write(provider, name, { A: '1' }, null);
    expect(server.parameter(name)?.description).toContain('a JSON object');
    await provider.write(name, documentFromText('one text'), revision, { signal });
    expect(server.parameter(name)?.description).toContain('one text');
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const snapshot = await read(provider, folder);
    expect(await provider.glance(folder, { signal })).toMatchObject({
      revision: snapshot.revision,
    });
  });
});

describe('sizes', () => {
  const large = 'x'.repeat(5000);

  it.each(['', '/'])(
    'are refused before anything is written (path with %j at its end)',
    async (end) => {
      const name = fresh();
      const provider = providerWith();
      server.clearLog();
      const error = await failure(write(provider, `${name}${end}`, { A: 'x', B: large }, null));
      expect(error.report()).toMatchObject({
        code: 'VALUE_TOO_LARGE',
        message: expect.stringContaining('4,096 that a Standard parameter holds') as string,
        remedy: { open: 'connection', field: 'tier' },
      });
      expect(sent('PutParameter')).toBe(0);
      // The remedy, done literally.
      const intelligent = providerWith(server.accessKey(), { tier: 'intelligent' });
      await write(intelligent, `${name}${end}`, { A: 'x', B: large }, null);
      expect(server.parameter(end === '' ? name : `${name}/B`)?.tier).toBe('Advanced');
    },
  );

  it('of an existing environment depend on what each parameter is', async () => {
    const folder = fresh();
    server.put(`${folder}/SMALL`, 'x', { tier: 'Standard' });
    server.put(`${folder}/LARGE`, 'x', { tier: 'Advanced' });
    const provider = providerWith();
    const { revision } = await read(provider, `${folder}/`);
    const error = await failure(
      write(provider, `${folder}/`, { SMALL: large, LARGE: large }, revision),
    );
    expect(error.message).toContain('SMALL takes 5,000 bytes, 904 more than');
    expect(valueOf(`${folder}/LARGE`)).toBe('x');
    await write(provider, `${folder}/`, { SMALL: 'y', LARGE: large }, revision);
    expect(valueOf(`${folder}/LARGE`)).toBe(large);
  });

  it('that AWS refuses are reported as what they are', async () => {
    const name = fresh();
    server.put(name, '{"A":"1"}', { tier: 'Standard' });
    const provider = providerWith(server.accessKey(withoutMetadata));
    const { revision } = await read(provider, name);
    expect(await failure(write(provider, name, { A: large }, revision))).toMatchObject({
      code: 'VALUE_TOO_LARGE',
      details: { field: 'tier' },
    });
  });
});

describe('somebody else’s version that came in between', () => {
  /** Runs while our put is under way, before it takes effect. */
  async function during(
    provider: SecretsProvider,
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    work: () => void,
  ) {
    const hold = server.faults.hold({ operation: 'PutParameter' });
    const writing = provider.write(path, document, expected, { signal });
    const ended = writing.catch(() => undefined);
    await hold.reached;
    work();
    hold.release();
    await ended;
    return writing;
  }

  it('is merged by key', async () => {
    const name = fresh();
    const provider = providerWith();
    server.put(name, '{"A":"1","B":"1"}');
    const { revision } = await read(provider, name);
    const written = await during(provider, name, variables({ A: 'mine', B: '1' }), revision, () => {
      server.put(name, '{"A":"1","B":"theirs"}');
    });
    expect(valueOf(name)).toBe('{"A":"mine","B":"theirs"}');
    expect(await read(provider, name)).toMatchObject({ revision: written.revision });
    expect(written.document && plainOf(written.document)).toEqual({ A: 'mine', B: 'theirs' });
  });

  it('is not lost if the answer to the merge is lost, and the same is asked for again', async () => {
    const name = fresh();
    const provider = providerWith();
    server.put(name, '{"A":"1","B":"1"}');
    const { revision } = await read(provider, name);
    const mine = variables({ A: 'mine', B: '1' });
    const writing = during(provider, name, mine, revision, () => {
      server.put(name, '{"A":"1","B":"theirs"}');
      const answer = { kind: 'drop' } as const;
      server.faults.add({ operation: 'PutParameter', times: Infinity, applied: true, answer });
    });
    expect((await failure(writing)).code).toBe('CONNECTION_RESET');
    server.faults.clear();
    await provider.write(name, mine, revision, { signal });
    expect(valueOf(name)).toBe('{"A":"mine","B":"theirs"}');
  });

  it('is there again if both changed the same variable, and ours is in the history', async () => {
    const name = fresh();
    const provider = providerWith();
    server.put(name, '{"A":"1","B":"1"}');
    const { revision } = await read(provider, name);
    const writing = during(provider, name, variables({ A: 'mine', B: 'mine' }), revision, () => {
      server.put(name, '{"A":"theirs","B":"1"}');
    });
    expect((await failure(writing)).code).toBe('CONFLICT');
    expect(valueOf(name)).toBe('{"A":"theirs","B":"mine"}');
    expect(server.parameter(name)?.versions.map(({ value }) => value)).toContain(
      '{"A":"mine","B":"mine"}',
    );
  });

  it('is there again in a folder', async () => {
    const folder = fresh();
    const provider = providerWith();
    server.put(`${folder}/A`, '1');
    const { revision } = await read(provider, `${folder}/`);
    const writing = during(provider, `${folder}/`, variables({ A: 'mine' }), revision, () => {
      server.put(`${folder}/A`, 'theirs');
    });
    expect((await failure(writing)).code).toBe('CONFLICT');
    expect(valueOf(`${folder}/A`)).toBe('theirs');
  });

  it('is kept if both created the same variable of a folder', async () => {
    const folder = fresh();
    const provider = providerWith();
    server.put(`${folder}/A`, '1');
    const { revision } = await read(provider, `${folder}/`);
    const writing = during(
      provider,
      `${folder}/`,
      variables({ A: '1', B: 'mine' }),
      revision,
      () => {
        server.put(`${folder}/B`, 'theirs');
      },
    );
    expect((await failure(writing)).code).toBe('CONFLICT');
    expect(valueOf(`${folder}/B`)).toBe('theirs');
  });

  it('does not keep a write of other variables of the folder from being done', async () => {
    const folder = fresh();
    const provider = providerWith();
    server.put(`${folder}/A`, '1');
    server.put(`${folder}/B`, '1');
    const { revision } = await read(provider, `${folder}/`);
    const written = await during(
      provider,
      `${folder}/`,
      variables({ A: 'mine', B: '1' }),
      revision,
      () => {
        server.put(`${folder}/B`, 'theirs');
      },
    );
    const now = await read(provider, `${folder}/`);
    expect(plainOf(now.document)).toEqual({ A: 'mine', B: 'theirs' });
    // Theirs has not been seen, so that the next glance tells of it.
    expect(now.revision).not.toBe(written.revision);
  });

  it('is seen where the parameter was deleted and created again, with the number that follows', async () => {
    const name = fresh();
    const provider = providerWith();
    server.put(name, '{"A":"1"}');
    const { revision } = await read(provider, name);
    const writing = during(provider, name, variables({ A: 'mine' }), revision, () => {
      server.remove(name);
      server.clock.advance(1000);
      server.put(name, '{"A":"theirs"}');
    });
    expect((await failure(writing)).code).toBe('CONFLICT');
    expect(valueOf(name)).toBe('{"A":"theirs"}');
  });

  it.each(['', '/'])(
    'may be a deletion, which is not undone (path with %j at its end)',
    async (end) => {
      const name = fresh();
      const path = `${name}${end}`;
      const provider = providerWith();
      const { revision } = await write(provider, path, { A: '1' }, null);
      const writing = during(provider, path, variables({ A: 'mine' }), revision, () => {
        server.remove(end === '' ? name : `${name}/A`);
      });
      expect(await failure(writing)).toMatchObject({
        code: 'NOT_FOUND',
        message: 'Somebody else deleted this parameter before it was written.',
      });
      expect((await failure(read(provider, path))).code).toBe('NOT_FOUND');
    },
  );

  it('is not deleted with a variable that we remove', async () => {
    const folder = fresh();
    const provider = providerWith();
    const { revision } = await write(provider, `${folder}/`, { A: '1', OLD: '1' }, null);
    const writing = during(provider, `${folder}/`, variables({ A: '2' }), revision, () => {
      server.put(`${folder}/OLD`, 'theirs');
    });
    expect(await failure(writing)).toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '1 of 2 changes were written: A. Not written: OLD.',
      remedy: { do: 'pull' },
    });
    expect(valueOf(`${folder}/OLD`)).toBe('theirs');
  });
});

describe('a lost answer', () => {
  const lose = (times: number, answer: 'drop' | 'hang' = 'drop') =>
    server.faults.add({
      operation: 'PutParameter',
      applied: true,
      times,
      answer: { kind: answer },
    });

  for (const end of ['', '/']) {
    const nameAt = (name: string): string => (end === '' ? name : `${name}/A`);
    const stored = (text: string): string => (end === '' ? `{"A":"${text}"}` : text);

    it(`to a create is recognised by the next attempt (path with “${end}” at its end)`, async () => {
      const name = fresh();
      const provider = providerWith();
      lose(1);
      const { revision } = await write(provider, `${name}${end}`, { A: '1' }, null);
      expect(await read(provider, `${name}${end}`)).toMatchObject({ revision });
      expect(server.parameter(nameAt(name))?.version).toBe(1);
    });

    it(`to an overwrite makes two versions and no conflict (path with “${end}” at its end)`, async () => {
      const name = fresh();
      const provider = providerWith();
      const { revision } = await write(provider, `${name}${end}`, { A: '1' }, null);
      lose(1);
      await write(provider, `${name}${end}`, { A: '2' }, revision);
      expect(valueOf(nameAt(name))).toBe(stored('2'));
      expect(server.parameter(nameAt(name))?.version).toBe(3);
    });

    it(`does not hide what came before it (path with “${end}” at its end)`, async () => {
      const name = fresh();
      const provider = providerWith();
      const { revision } = await write(provider, `${name}${end}`, { A: '1' }, null);
      const hold = server.faults.hold({ operation: 'DescribeParameters' });
      const writing = failure(write(provider, `${name}${end}`, { A: 'mine' }, revision));
      await hold.reached;
      server.put(nameAt(name), stored('theirs'));
      lose(1);
      hold.release();
      expect((await writing).code).toBe('CONFLICT');
      expect(valueOf(nameAt(name))).toBe(stored('theirs'));
    });

    it(`to all attempts is recognised when it is saved again (path with “${end}” at its end)`, async () => {
      const name = fresh();
      const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
      const path = `${name}${end}`;
      for (const [text, version] of [
        ['1', 1],
        ['2', 2],
      ] as const) {
        const base = (await read(provider, path).catch(() => undefined))?.revision ?? null;
        lose(1);
        await failure(write(provider, path, { A: text }, base));
        const { revision } = await write(provider, path, { A: text }, base);
        expect(await read(provider, path)).toMatchObject({ revision });
        expect(server.parameter(nameAt(name))).toMatchObject({ version, value: stored(text) });
      }
    });

    it(`to all attempts does not hide what came before it, or after it (path with “${end}” at its end)`, async () => {
      const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
      for (const when of ['before', 'after']) {
        const name = fresh();
        const path = `${name}${end}`;
        const { revision } = await write(provider, path, { A: '1' }, null);
        const hold = server.faults.hold({ operation: 'GetParameter', skip: end === '' ? 1 : 0 });
        const held = server.faults.hold({ operation: 'PutParameter' });
        const controller = new AbortController();
        const writing = failure(
          provider.write(path, variables({ A: 'mine' }), revision, { signal: controller.signal }),
        );
        await held.reached;
        if (when === 'before') server.put(nameAt(name), stored('theirs'));
        held.release();
        // Written, but not looked at any more.
        await hold.reached;
        controller.abort();
        hold.release();
        expect((await writing).code).toBe('CANCELLED');
        expect(valueOf(nameAt(name))).toBe(stored('mine'));
        if (when === 'after') server.put(nameAt(name), stored('theirs'));
        expect((await failure(write(provider, path, { A: 'mine' }, revision))).code).toBe(
          'CONFLICT',
        );
        expect(valueOf(nameAt(name))).toBe(stored('theirs'));
      }
    });
  }

  it('to a create is no licence for what the person has changed since', async () => {
    const name = fresh();
    const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
    lose(1);
    await failure(write(provider, name, { A: '1' }, null));
    await write(provider, name, { A: '2' }, null);
    expect(server.parameter(name)).toMatchObject({ value: '{"A":"2"}', version: 2 });
    const { revision } = await read(provider, name);
    lose(1);
    await failure(write(provider, name, { A: '3' }, revision));
    await write(provider, name, { A: '4' }, revision);
    expect(server.parameter(name)).toMatchObject({ value: '{"A":"4"}', version: 4 });
  });
});

describe('a write that stops half-way', () => {
  it('says what was written and what not, and is resumed by the next save', async () => {
    const folder = fresh();
    const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
    const keys = Array.from({ length: 12 }, (_, index) => `K${String(index + 10)}`);
    const all = (text: string) => Object.fromEntries(keys.map((key) => [key, text]));
    const { revision } = await write(provider, `${folder}/`, { ...all('1'), OLD: '1' }, null);
    const wanted = { ...all('2'), NEW: '2' };
    server.faults.add({
      operation: 'PutParameter',
      skip: 5,
      times: Infinity,
      answer: { kind: 'error', code: 'InternalServerError', status: 500 },
    });
    const error = await failure(write(provider, `${folder}/`, wanted, revision));
    expect(error.code).toBe('PARTLY_WRITTEN');
    expect(error.message).toMatch(
      /^5 of 14 changes were written: K10, .*\. Not written: K15, .* and 4 more\.$/,
    );
    expect(valueOf(`${folder}/OLD`)).toBe('1');
    server.faults.clear();
    server.clearLog();
    const { revision: done } = await write(provider, `${folder}/`, wanted, revision);
    expect(sent('PutParameter')).toBe(8);
    const now = await read(provider, `${folder}/`);
    expect([plainOf(now.document), now.revision]).toEqual([wanted, done]);
  });

  it('says which variables were removed, ten at a time', async () => {
    const folder = fresh();
    const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
    const plain = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`K${String(index + 10)}`, '1']),
    );
    const { revision } = await write(provider, `${folder}/`, plain, null);
    const refuseSecond = () =>
      server.faults.add({
        operation: 'DeleteParameters',
        skip: 1,
        times: Infinity,
        answer: { kind: 'error', code: 'InternalServerError', status: 500 },
      });
    refuseSecond();
    const error = await failure(write(provider, `${folder}/`, { K10: '1' }, revision));
    expect(error.message).toMatch(/^10 of 14 changes were written: K11, /);
    server.faults.clear();
    await write(provider, `${folder}/`, { K10: '1' }, revision);
    expect(plainOf((await read(provider, `${folder}/`)).document)).toEqual({ K10: '1' });
  });

  it('can be a deletion of the whole environment', async () => {
    const folder = fresh();
    const provider = providerWith(server.accessKey(), {}, { maxAttempts: 1 });
    const plain = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`K${String(index + 10)}`, '1']),
    );
    const { revision } = await write(provider, `${folder}/`, plain, null);
    server.faults.add({
      operation: 'DeleteParameters',
      skip: 1,
      answer: { kind: 'error', code: 'InternalServerError', status: 500 },
    });
    const error = await failure(provider.remove(`${folder}/`, revision, { signal }));
    expect(error.code).toBe('PARTLY_WRITTEN');
    expect(error.message).toMatch(/^10 of 15 parameters were deleted: K10, .*Still there: K20/);
    await provider.remove(`${folder}/`, revision, { signal });
    expect(await provider.glance(`${folder}/`, { signal })).toEqual({ state: 'absent' });
  });

  it('by being cancelled lists what was written as well', async () => {
    const folder = fresh();
    const provider = providerWith();
    const { revision } = await write(provider, `${folder}/`, { A: '1', OLD: '1' }, null);
    const controller = new AbortController();
    const hold = server.faults.hold({ operation: 'DeleteParameters' });
    const writing = failure(
      provider.write(`${folder}/`, variables({ A: '2' }), revision, { signal: controller.signal }),
    );
    await hold.reached;
    controller.abort();
    hold.release();
    expect(await writing).toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '1 of 2 changes were written: A. Not written: OLD.',
    });
  });
});

describe('the name of a deleted parameter', () => {
  it('stays taken for 30 seconds, and the error says so', async () => {
    const folder = fresh();
    const provider = providerWith();
    const first = await write(provider, `${folder}/`, { A: '1', B: '1' }, null);
    const second = await write(provider, `${folder}/`, { A: '1' }, first.revision);
    const error = await failure(write(provider, `${folder}/`, { A: '1', B: '2' }, second.revision));
    expect(error.report()).toMatchObject({
      code: 'REQUEST_REFUSED',
      message: 'A parameter of this name was deleted a moment ago.',
      hint: 'Wait half a minute, then try again.',
      details: { path: `${folder}/B` },
    });
    server.clock.advance(31_000);
    await write(provider, `${folder}/`, { A: '1', B: '2' }, second.revision);
    expect(valueOf(`${folder}/B`)).toBe('2');
  });
});

describe('another change that is under way', () => {
  it('is waited for', async () => {
    const name = fresh();
    const runtime = new FakeRuntime(server.clock);
    const provider = providerWith(server.accessKey(), {}, { runtime });
    const { revision } = await write(provider, name, { A: '1' }, null);
    server.settings.writeTakes = 500;
    server.clock.stop();
    await write(provider, name, { A: '2' }, revision);
    expect(valueOf(name)).toBe('{"A":"2"}');
    expect(runtime.waits).toEqual([250, 500]);
  });

  it('is reported after all attempts', async () => {
    const name = fresh();
    const provider = providerWith(server.accessKey(), {}, { runtime: new FakeRuntime() });
    server.faults.add({
      operation: 'PutParameter',
      times: Infinity,
      answer: { kind: 'error', code: 'TooManyUpdates' },
    });
    expect(await failure(write(provider, name, { A: '1' }, null))).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'AWS takes one change of a parameter at a time, and another one is under way.',
    });
  });
});

describe('what AWS refuses', () => {
  it.each([
    ['unknown', 'INVALID'],
    ['disabled', 'Disabled'],
    ['denied', 'locked'],
  ] as const)('because of a KMS key that is %s', async (_, how) => {
    const name = fresh();
    const alias = `alias${name}`;
    if (how !== 'INVALID') {
      const kmsKey = server.kmsKey(alias);
      if (how === 'Disabled') kmsKey.state = 'Disabled';
      else kmsKey.locked = true;
    }
    const provider = providerWith(server.accessKey(), { kmsKey: alias });
    const error = await failure(write(provider, name, { A: '1' }, null));
    expect(error.code).toBe('ENCRYPTION_FAILED');
    // Any key of the settings may be denied; an unknown or disabled one is the one that was entered.
    expect(error.details?.field).toBe(how === 'locked' ? undefined : 'kmsKey');
    expect(server.parameter(name)).toBeUndefined();
  });

  it('because of a label on the oldest of all versions', async () => {
    const name = fresh();
    server.settings.versionQuota = 2;
    server.put(name, '{"A":"1"}');
    server.label(name, 'live');
    server.put(name, '{"A":"2"}');
    const provider = providerWith();
    const { revision } = await read(provider, name);
    expect((await failure(write(provider, name, { A: '3' }, revision))).message).toContain(
      'the oldest of them has a label',
    );
  });

  it('because of a pattern', async () => {
    const folder = fresh();
    server.put(`${folder}/PORT`, '1', { allowedPattern: '^\\d+$' });
    const provider = providerWith();
    const { revision } = await read(provider, `${folder}/`);
    expect(await failure(write(provider, `${folder}/`, { PORT: 'x' }, revision))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('pattern') as string,
    });
  });

  it('because the account is full', async () => {
    server.settings.standardQuota = 0;
    const error = await failure(write(providerWith(), fresh(), { A: '1' }, null));
    expect(error.message).toContain('as many parameters as AWS allows');
  });
});

it('saves 50 variables at the rate of AWS, which throttles a few attempts', async () => {
  const folder = fresh();
  const plain = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`K${String(index)}`, 'x']),
  );
  server.rates = awsRates;
  server.clearLog();
  const runtime = new FakeRuntime(server.clock);
  await write(providerWith(server.accessKey(), {}, { runtime }), `${folder}/`, plain, null);
  expect(plainOf((await read(providerWith(), `${folder}/`)).document)).toEqual(plain);
  const throttled = server.requests.filter(({ errorCode }) => errorCode === 'ThrottlingException');
  expect(throttled.length).toBeGreaterThan(0);
  expect(sent('PutParameter')).toBeLessThanOrEqual(60);
}, 20_000);

it('does not take the revision of something else for one of a folder', async () => {
  const folder = fresh();
  const provider = providerWith();
  await write(provider, `${folder}/`, { A: '1' }, null);
  const foreign = asRevision('7@1');
  expect((await failure(write(provider, `${folder}/`, { A: '2' }, foreign))).code).toBe(
    'NOT_FOUND',
  );
});
