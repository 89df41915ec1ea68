/** Writing with other writers about, lost answers, and with few permissions. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { isAppError } from '@shared/errors';
import { documentFromText, mapDocument, textEntry } from '@core/secrets/document';
import { type SecretsProvider } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { AwsOptions } from '../aws/options';
import { failure, makeProvider, otherClient, signal } from '@test/support/aws-secrets-manager';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';
import { PENDING_LABEL } from './write';

let server: SecretsManagerServer;
const providers: SecretsProvider[] = [];

beforeAll(async () => {
  server = await startSecretsManagerServer();
});

afterEach(() => {
  server.faults.clear();
  for (const provider of providers.splice(0)) provider.dispose();
});

afterAll(() => server.stop());

function providerWith(key: AccessKey, options?: AwsOptions): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...key }, options);
  providers.push(provider);
  return provider;
}

let names = 0;
/** Another secret for each test. */
function fresh(): string {
  names += 1;
  return `write/${String(names)}`;
}

const doc = documentFromText;
const mine = doc('{"A":"mine"}');

const textAt = (path: string): string | Buffer | undefined => server.secret(path)?.current?.value;
const labelsOf = (path: string, id: string): readonly string[] | undefined =>
  server.secret(path)?.versions.find((version) => version.id === id)?.labels;
const labelsInUse = (path: string): string[] =>
  (server.secret(path)?.versions ?? []).flatMap(({ labels }) => labels).toSorted();

/** Two further versions, each over what was there. Gives the last one's id. */
async function buildOn(provider: SecretsProvider, path: string): Promise<string> {
  let { revision } = await provider.read(path, { signal });
  for (const text of ['{"A":"mine","B":"1"}', '{"A":"mine","B":"2"}']) {
    ({ revision } = await provider.write(path, doc(text), revision, { signal }));
  }
  return revision;
}

describe('with the permission to move staging labels', () => {
  /** A provider that has found out already that labels can be moved. */
  async function warm(options?: AwsOptions): Promise<SecretsProvider> {
    const provider = providerWith(server.accessKey(), options);
    const path = fresh();
    const base = server.put(path, '{}');
    await provider.write(path, mine, asRevision(base), { signal });
    return provider;
  }

  it('swaps the label from the version it was based on', async () => {
    const provider = await warm();
    const path = fresh();
    const base = server.put(path, '{}');
    server.clearLog();
    const revision = (await provider.write(path, mine, asRevision(base), { signal })).revision;
    expect(server.requests.map(({ operation }) => operation)).toEqual([
      'GetSecretValue',
      'PutSecretValue',
      'UpdateSecretVersionStage',
      'UpdateSecretVersionStage',
    ]);
    expect(labelsOf(path, revision)).toEqual(['AWSCURRENT']);
    expect(labelsOf(path, base)).toEqual(['AWSPREVIOUS']);
  });

  it('loses to a write between its put and its swap, and leaves that alone', async () => {
    const provider = await warm();
    const path = fresh();
    const base = server.put(path, '{}');
    const hold = server.faults.hold({ operation: 'UpdateSecretVersionStage', secret: path });
    const writing = failure(provider.write(path, mine, asRevision(base), { signal }));
    await hold.reached;
    const theirs = server.put(path, '{"A":"theirs"}');
    hold.release();

    expect((await writing).code).toBe('CONFLICT');
    expect(server.secret(path)?.current?.id).toBe(theirs);
    expect(labelsInUse(path)).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(labelsOf(path, base)).toEqual(['AWSPREVIOUS']);
  });

  it('lets exactly one of two writes through the same connection win', async () => {
    const provider = await warm();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const outcomes = await Promise.allSettled([
      provider.write(path, doc('{"A":"1"}'), base, { signal }),
      provider.write(path, doc('{"A":"2"}'), base, { signal }),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(textAt(path)).toBe(`{"A":"${String(winner + 1)}"}`);
  });

  it.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'takes a lost answer to %s for what it is',
    async (operation) => {
      const provider = await warm();
      const path = fresh();
      const base = server.put(path, '{}');
      server.faults.add({ operation, applied: true, answer: { kind: 'drop' } });
      const revision = (await provider.write(path, mine, asRevision(base), { signal })).revision;
      expect(server.secret(path)).toMatchObject({
        current: { id: revision, value: '{"A":"mine"}' },
        versions: [{ id: base }, { id: revision }],
      });
      expect(labelsInUse(path)).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    },
  );

  it('is no conflict where the answer to its swap is lost, and others have built on it', async () => {
    const provider = await warm();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const operation = 'UpdateSecretVersionStage';
    server.faults.add({ operation, secret: path, applied: true, answer: { kind: 'drop' } });
    const again = server.faults.hold({ operation, secret: path });
    const writing = provider.write(path, mine, base, { signal });
    await again.reached;
    const last = await buildOn(await warm(), path);
    again.release();
    const { revision } = await writing;
    expect(labelsOf(path, revision)).toEqual([]);
    expect(server.secret(path)?.current?.id).toBe(last);
  });

  it.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'recognises its own write when it is asked again after a lost %s',
    async (operation) => {
      const provider = await warm({ maxAttempts: 1 });
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      server.faults.add({ operation, applied: true, answer: { kind: 'drop' } });
      const first = await failure(provider.write(path, mine, base, { signal }));
      expect(first.code).toBe('CONNECTION_RESET');

      const revision = (await provider.write(path, mine, base, { signal })).revision;
      expect(server.secret(path)).toMatchObject({
        current: { id: revision },
        versions: [{ id: base }, { id: revision }],
      });
    },
  );

  it('does not call its own earlier write a conflict when the text has been changed since', async () => {
    const provider = await warm({ maxAttempts: 1 });
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.faults.add({
      operation: 'UpdateSecretVersionStage',
      applied: true,
      answer: { kind: 'drop' },
    });
    await failure(provider.write(path, mine, base, { signal }));
    expect(textAt(path)).toBe('{"A":"mine"}');
    await provider.write(path, doc('{"A":"mine, and more"}'), base, { signal });
    expect(textAt(path)).toBe('{"A":"mine, and more"}');
  });

  it('puts plainly where this one secret does not allow the swap', async () => {
    const provider = await warm();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.faults.add({
      operation: 'UpdateSecretVersionStage',
      secret: path,
      times: Infinity,
      answer: { kind: 'error', code: 'AccessDeniedException' },
    });
    const revision = (await provider.write(path, mine, base, { signal })).revision;
    expect(server.secret(path)?.current).toMatchObject({ id: revision, value: '{"A":"mine"}' });
  });

  it('puts plainly where the server does not know staging labels', async () => {
    const provider = providerWith(server.accessKey());
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.faults.add({
      operation: 'UpdateSecretVersionStage',
      times: Infinity,
      answer: { kind: 'error', code: 'InternalFailure', status: 501 },
    });
    const revision = (await provider.write(path, mine, base, { signal })).revision;
    expect(server.secret(path)?.current).toMatchObject({ id: revision });
    expect(labelsInUse(path)).not.toContain(PENDING_LABEL);
  });
});

describe('with the five permissions of the guide', () => {
  const guided = (options?: AwsOptions): SecretsProvider =>
    providerWith(server.guideAccessKey(), options);

  it('creates, replaces and removes, and asks only once for what it may not do', async () => {
    const provider = guided();
    const path = fresh();
    server.clearLog();
    const first = (await provider.write(path, doc('{"A":"1"}'), null, { signal })).revision;
    const second = (await provider.write(path, doc('{"A":"2"}'), first, { signal })).revision;
    const third = (await provider.write(path, doc('{"A":"3"}'), second, { signal })).revision;
    expect(textAt(path)).toBe('{"A":"3"}');
    const denied = server.requests.filter(({ errorCode }) => errorCode === 'AccessDeniedException');
    expect(denied.map(({ operation }) => operation)).toEqual(['UpdateSecretVersionStage']);
    expect(labelsInUse(path)).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);

    expect((await failure(provider.write(path, mine, first, { signal }))).code).toBe('CONFLICT');
    expect(await provider.remove(path, third, { signal })).toMatchObject({ recoverable: true });
  });

  it.each([
    ['text', '{ "A" : "theirs",\n "A": 1.10 }'],
    ['bytes', Buffer.of(0, 255, 1)],
  ])('gives back %s that came between its comparison and its put', async (_, value) => {
    const provider = guided();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const hold = server.faults.hold({ operation: 'PutSecretValue', secret: path });
    const writing = failure(provider.write(path, mine, base, { signal }));
    await hold.reached;
    server.put(path, value);
    hold.release();

    expect((await writing).code).toBe('CONFLICT');
    expect(textAt(path)).toEqual(value);
  });

  it('gives back the last of two that came between', async () => {
    const provider = guided();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const first = server.faults.hold({ operation: 'PutSecretValue', secret: path });
    const second = server.faults.hold({ operation: 'PutSecretValue', secret: path });
    const writing = failure(provider.write(path, mine, base, { signal }));
    await first.reached;
    server.put(path, '{"A":"theirs"}');
    first.release();
    await second.reached;
    server.put(path, '{"A":"somebody else’s"}');
    second.release();

    expect((await writing).code).toBe('CONFLICT');
    expect(textAt(path)).toBe('{"A":"somebody else’s"}');
  });

  it('does not touch what was written after it', async () => {
    const provider = guided();
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const hold = server.faults.hold({ operation: 'PutSecretValue', secret: path, applied: true });
    const writing = failure(provider.write(path, mine, base, { signal }));
    await hold.reached;
    const theirs = server.put(path, '{"A":"later"}');
    hold.release();

    expect((await writing).code).toBe('CONFLICT');
    expect(server.secret(path)?.current?.id).toBe(theirs);
  });

  it('is no conflict for whom others have built on before it has looked', async () => {
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const look = server.faults.hold({ operation: 'GetSecretValue', secret: path, skip: 1 });
    const writing = guided().write(path, mine, base, { signal });
    await look.reached;
    const last = await buildOn(guided(), path);
    look.release();
    const { revision } = await writing;
    expect(server.secret(path)?.versions.map(({ id }) => id)).toContain(revision);
    expect(server.secret(path)?.current?.id).toBe(last);
  });

  it('recognises its own write when it is asked again after a lost answer', async () => {
    const provider = guided({ maxAttempts: 1 });
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.faults.add({ operation: 'PutSecretValue', applied: true, answer: { kind: 'drop' } });
    await failure(provider.write(path, mine, base, { signal }));
    const revision = (await provider.write(path, mine, base, { signal })).revision;
    expect(server.secret(path)?.versions.map(({ id }) => id)).toEqual([base, revision]);
  });

  it.each([
    ['again', mine],
    ['to write more', doc('{"A":"mine, and more"}')],
  ])('finds what it covered up when it is asked %s after a lost answer', async (_, next) => {
    const provider = guided({ maxAttempts: 1 });
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.faults.add({ operation: 'PutSecretValue', applied: true, answer: { kind: 'drop' } });
    const hold = server.faults.hold({ operation: 'GetSecretValue', secret: path, applied: true });
    const writing = failure(provider.write(path, mine, base, { signal }));
    await hold.reached;
    server.put(path, '{"A":"theirs"}');
    hold.release();
    expect((await writing).code).toBe('CONNECTION_RESET');
    expect(textAt(path)).toBe('{"A":"mine"}');

    expect((await failure(provider.write(path, next, base, { signal }))).code).toBe('CONFLICT');
    expect(textAt(path)).toBe('{"A":"theirs"}');
  });
});

describe('with either', () => {
  const allPermissions = (): AccessKey => server.accessKey();
  const fivePermissions = (): AccessKey => server.guideAccessKey();

  it.each([
    ['all permissions', [allPermissions]],
    ['five permissions', [fivePermissions]],
    ['all or five permissions', [allPermissions, fivePermissions]],
  ])(
    'loses no update of several writers with %s',
    async (_, keys) => {
      const path = fresh();
      server.put(path, '{}');
      const append = async (provider: SecretsProvider, key: string): Promise<void> => {
        for (;;) {
          const { document, revision } = await provider.read(path, { signal });
          if (document.shape !== 'map') throw new Error('A map was expected');
          const edited = mapDocument([...document.entries, [key, textEntry(key)] as const]);
          try {
            await provider.write(path, edited, revision, { signal });
            return;
          } catch (error) {
            if (!isAppError(error, 'CONFLICT')) throw error;
            // Out of step with the others, as people are: in step, nobody would ever be first.
            for (let turns = Math.random() * 30; turns > 0; turns -= 1) await turn();
          }
        }
      };
      const rounds = Array.from({ length: 6 }, (_, round) => round);
      const writers = ['a', 'b', 'c'];
      await Promise.all(
        writers.map(async (writer, index) => {
          const key = keys[index % keys.length] ?? allPermissions;
          const provider = providerWith(key());
          for (const round of rounds) await append(provider, `${writer}${String(round)}`);
        }),
      );
      const final = JSON.parse(String(textAt(path))) as Record<string, string>;
      expect(Object.keys(final).toSorted()).toEqual(
        writers.flatMap((writer) => rounds.map((round) => `${writer}${String(round)}`)),
      );
    },
    30_000,
  );

  describe.each([
    ['all permissions', allPermissions],
    ['five permissions', fivePermissions],
  ])('with %s', (_, key) => {
    it('lets one of three that have compared already come through, and the others touch nothing', async () => {
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      const holds = ['a', 'b', 'c'].map(() =>
        server.faults.hold({ operation: 'PutSecretValue', secret: path }),
      );
      const writes = ['a', 'b', 'c'].map((text) =>
        providerWith(key()).write(path, doc(`{"by":"${text}"}`), base, { signal }),
      );
      await Promise.all(holds.map(({ reached }) => reached));
      for (const hold of holds) hold.release();
      const outcomes = await Promise.allSettled(writes);
      const winners = outcomes.flatMap(({ status }, index) =>
        status === 'fulfilled' ? [`{"by":"${'abc'.charAt(index)}"}`] : [],
      );
      expect(winners).toEqual([textAt(path)]);
      for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
        expect(outcome).toMatchObject({ reason: { code: 'CONFLICT' } });
      }
    });

    it.each(['{"A":"mine"}', '{"A":"other"}'])(
      'writes %s over a version that was made current again',
      async (text) => {
        const provider = providerWith(key());
        const path = fresh();
        const base = asRevision(server.put(path, '{}'));
        const { revision: first } = await provider.write(path, mine, base, { signal });
        const { endpoint, region } = server;
        const stop = (): Promise<void> => server.stop();
        const admin = otherClient({ endpoint, region, stop, ...server.accessKey() });
        await admin.updateSecretVersionStage({
          SecretId: path,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: base,
          RemoveFromVersionId: first,
        });
        admin.destroy();
        const { revision } = await provider.write(path, doc(text), base, { signal });
        expect(server.secret(path)?.current).toMatchObject({ id: revision, value: text });
      },
    );

    it('knows its own write when it is asked again, though others have built on it', async () => {
      const provider = providerWith(key(), { maxAttempts: 1 });
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      // Found out by a first write, so that what is dropped is the last request of the second.
      const { revision: first } = await provider.write(path, doc('{"A":"0"}'), base, { signal });
      const changes = ['PutSecretValue', 'UpdateSecretVersionStage'];
      const asked = () => provider.write(path, mine, first, { signal });
      for (const operation of key === allPermissions ? changes : changes.slice(0, 1)) {
        server.faults.add({ operation, secret: path, applied: true, answer: { kind: 'drop' } });
        expect((await failure(asked())).code).toBe('CONNECTION_RESET');
      }
      expect(textAt(path)).toBe('{"A":"mine"}');
      const ours = server.secret(path)?.current?.id;
      const last = await buildOn(providerWith(key()), path);

      expect((await asked()).revision).toBe(ours);
      expect(server.secret(path)?.current?.id).toBe(last);
      const other = provider.write(path, doc('{"A":"other"}'), first, { signal });
      expect((await failure(other)).code).toBe('CONFLICT');
    });

    it('does not take for its own what another has put under the id that it sent', async () => {
      const provider = providerWith(key(), { maxAttempts: 1 });
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      server.faults.add({ operation: 'PutSecretValue', secret: path, answer: { kind: 'drop' } });
      expect((await failure(provider.write(path, mine, base, { signal }))).code).toBe(
        'CONNECTION_RESET',
      );
      const last = await buildOn(providerWith(key()), path);
      expect((await failure(provider.write(path, mine, base, { signal }))).code).toBe('CONFLICT');
      expect(server.secret(path)?.current?.id).toBe(last);
    });

    it('recognises after a restart what was written before it', async () => {
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      server.faults.add({ operation: 'PutSecretValue', applied: true, answer: { kind: 'drop' } });
      const before = await providerWith(key()).write(path, mine, base, { signal });
      const after = await providerWith(key()).write(path, mine, base, { signal });
      expect(after).toEqual(before);
      expect(server.secret(path)?.versions).toHaveLength(2);
      const other = providerWith(key()).write(path, doc('{"A":"other"}'), base, { signal });
      expect((await failure(other)).code).toBe('CONFLICT');
    });
  });

  it('waits for a version that is about to become current, and leaves it alone', async () => {
    const provider = providerWith(server.guideAccessKey());
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const swapping = providerWith(server.accessKey());
    const swap = { operation: 'UpdateSecretVersionStage', secret: path, skip: 1 };
    const hold = server.faults.hold(swap);
    const theirs = swapping.write(path, doc('{"A":"theirs"}'), base, { signal });
    await hold.reached;
    const look = server.faults.hold({ operation: 'GetSecretValue', secret: path, skip: 2 });
    const writing = failure(provider.write(path, mine, base, { signal }));
    await look.reached;
    hold.release();
    const { revision } = await theirs;
    look.release();
    expect((await writing).code).toBe('CONFLICT');
    expect(server.secret(path)?.current).toMatchObject({ id: revision, value: '{"A":"theirs"}' });
  });

  it('gives way to a version that is about to become current, unless it was abandoned', async () => {
    const runtime = new FakeRuntime(runningTime());
    const provider = providerWith(server.guideAccessKey(), { runtime });
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    const swapping = providerWith(server.accessKey());
    const hold = server.faults.hold({
      operation: 'UpdateSecretVersionStage',
      secret: path,
      skip: 1,
    });
    const left = failure(swapping.write(path, doc('{"A":"theirs"}'), base, { signal }));
    await hold.reached;
    expect((await failure(provider.write(path, mine, base, { signal }))).code).toBe('CONFLICT');
    expect(textAt(path)).toBe('{}');

    await runtime.advance(61_000);
    await provider.write(path, mine, base, { signal });
    expect(textAt(path)).toBe('{"A":"mine"}');
    hold.release();
    expect((await left).code).toBe('CONFLICT');
    expect(textAt(path)).toBe('{"A":"mine"}');
  });

  it('creates once, however often the answer is lost', async () => {
    const provider = providerWith(server.guideAccessKey(), { maxAttempts: 1 });
    const path = fresh();
    for (let lost = 0; lost < 2; lost += 1) {
      server.faults.add({ operation: 'CreateSecret', applied: true, answer: { kind: 'drop' } });
      await failure(provider.write(path, mine, null, { signal }));
    }
    const revision = (await provider.write(path, mine, null, { signal })).revision;
    expect(server.secret(path)?.versions).toMatchObject([{ id: revision, value: '{"A":"mine"}' }]);
  });

  it('takes its own create for the base of a second try with other values', async () => {
    const provider = providerWith(server.guideAccessKey(), { maxAttempts: 1 });
    const path = fresh();
    server.faults.add({ operation: 'CreateSecret', applied: true, answer: { kind: 'drop' } });
    await failure(provider.write(path, mine, null, { signal }));
    await provider.write(path, doc('{"A":"more"}'), null, { signal });
    expect(textAt(path)).toBe('{"A":"more"}');
  });

  it('knows its own create from a server that only says that there is one', async () => {
    const provider = providerWith(server.accessKey());
    const path = fresh();
    server.faults.add({ operation: 'CreateSecret', applied: true, answer: { kind: 'drop' } });
    server.faults.add({
      operation: 'CreateSecret',
      skip: 0,
      answer: { kind: 'error', code: 'ResourceExistsException' },
    });
    const revision = (await provider.write(path, mine, null, { signal })).revision;
    expect(server.secret(path)?.current?.id).toBe(revision);
  });

  it('says SCHEDULED_FOR_DELETION where a server says only that the name is taken', async () => {
    const provider = providerWith(server.accessKey());
    const path = fresh();
    server.put(path, '{}');
    server.scheduleDeletion(path);
    server.faults.add({
      operation: 'CreateSecret',
      answer: { kind: 'error', code: 'ResourceExistsException' },
    });
    const error = await failure(provider.write(path, mine, null, { signal }));
    expect(error.code).toBe('SCHEDULED_FOR_DELETION');
  });

  it('refuses what AWS would refuse before it makes a call', async () => {
    const provider = providerWith(server.accessKey());
    const path = fresh();
    const base = asRevision(server.put(path, '{}'));
    server.clearLog();
    const badName = provider.write('my secret', mine, null, { signal });
    expect((await failure(badName)).code).toBe('NAME_NOT_ALLOWED');
    const tooLarge = provider.write(path, doc('x'.repeat(65_537)), base, { signal });
    expect((await failure(tooLarge)).code).toBe('VALUE_TOO_LARGE');
    expect(server.count()).toBe(0);
  });

  it('removes once, when the answer is lost', async () => {
    const provider = providerWith(server.guideAccessKey());
    const path = fresh();
    const base: Revision = asRevision(server.put(path, '{}'));
    server.faults.add({ operation: 'DeleteSecret', applied: true, answer: { kind: 'drop' } });
    expect(await provider.remove(path, base, { signal })).toEqual({ recoverable: true });
    expect(server.secret(path)?.deletionDate).toBeInstanceOf(Date);
  });

  it('says what may not be written', async () => {
    const provider = providerWith(server.accessKey());
    const [managed, locked] = [fresh(), fresh()];
    const managedBase = server.put(managed, '{}', { owningService: 'rds' });
    const lockedBase = server.put(locked, '{}');
    server.breakKms(locked, 'encrypt');
    expect(
      await failure(provider.write(managed, mine, asRevision(managedBase), { signal })),
    ).toMatchObject({
      code: 'REQUEST_REFUSED',
      message: 'This secret is managed by another AWS service.',
    });
    expect(
      await failure(provider.write(locked, mine, asRevision(lockedBase), { signal })),
    ).toMatchObject({ code: 'ENCRYPTION_FAILED' });
    server.breakKms(locked, undefined);
    expect(await provider.write(locked, mine, asRevision(lockedBase), { signal })).toBeDefined();
  });
});

describe('a removal that somebody writes into', () => {
  const removed = async (provider: SecretsProvider, path: string): Promise<string> => {
    const base = asRevision(server.put(path, '{}'));
    const hold = server.faults.hold({ operation: 'DeleteSecret', secret: path });
    const removing = failure(provider.remove(path, base, { signal }));
    await hold.reached;
    server.put(path, '{"A":"theirs"}');
    hold.release();
    const { code, message } = await removing;
    expect(code).toBe('CONFLICT');
    return message;
  };

  it('is undone', async () => {
    const path = fresh();
    await removed(providerWith(server.accessKey()), path);
    expect(server.secret(path)?.deletionDate).toBeUndefined();
    expect(textAt(path)).toBe('{"A":"theirs"}');
  });

  it.each(['{}', '{"A":"theirs"}'])(
    'leaves a removal of %s alone that somebody else was first with',
    async (theirs) => {
      const path = fresh();
      const base = asRevision(server.put(path, '{}'));
      const hold = server.faults.hold({ operation: 'DeleteSecret', secret: path });
      const provider = providerWith(server.accessKey());
      const removing = failure(provider.remove(path, base, { signal }));
      await hold.reached;
      if (theirs !== '{}') server.put(path, theirs);
      server.scheduleDeletion(path);
      server.clearLog();
      hold.release();
      expect((await removing).code).toBe('SCHEDULED_FOR_DELETION');
      expect(server.secret(path)?.deletionDate).toBeInstanceOf(Date);
      expect(server.count('RestoreSecret')).toBe(0);
    },
  );

  it('says what has happened where it cannot be undone', async () => {
    const path = fresh();
    const provider = providerWith(server.accessKey({ deny: ['secretsmanager:RestoreSecret'] }));
    expect(await removed(provider, path)).toBe(
      'Someone saved a newer version just before, and it is scheduled for deletion now.',
    );
    expect(server.secret(path)?.deletionDate).toBeInstanceOf(Date);
  });
});
