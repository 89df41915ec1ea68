/** Glances, versions and undelete. */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSecretsManager } from '@test/servers/real-secrets-manager';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { documentFromText } from '@core/secrets/document';
import { type History, type SecretsProvider, type SecretVersion } from '../provider';
import { asRevision } from '@core/secrets/revision';
import type { AwsOptions } from '../aws/options';
import { describeByListing, labelledVersion } from './describe';
import {
  failure,
  makeConnection,
  makeProvider,
  otherClient,
  signal,
  targets,
  textOf,
} from '@test/support/aws-secrets-manager';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';

const dayMs = 24 * 60 * 60 * 1000;
const doc = documentFromText;

const kept = (history: History): readonly SecretVersion[] => {
  if (!history.isKept) throw new Error('There are no versions');
  return history.versions;
};

for (const { name, isThere, start } of targets) {
  describe.skipIf(!isThere)(`with ${name}`, () => {
    let target: RunningSecretsManager;
    let other: SecretsManager;
    let provider: SecretsProvider;
    const freshName = (): string => `strongroom-${randomUUID().slice(0, 8)}/history`;

    beforeAll(async () => {
      target = await start();
      other = otherClient(target);
      provider = makeProvider(target);
    });

    afterAll(async () => {
      provider.dispose();
      other.destroy();
      await target.stop();
    });

    /** Writes these texts one after the other; their VersionIds. */
    const written = async (path: string, ...texts: string[]): Promise<string[]> => {
      const ids: string[] = [];
      for (const SecretString of texts) {
        const { VersionId: id = '' } =
          ids.length === 0
            ? await other.createSecret({ Name: path, SecretString })
            : await other.putSecretValue({ SecretId: path, SecretString });
        ids.push(id);
      }
      return ids;
    };

    it('tells by a glance the revision that a read gives', async () => {
      const path = freshName();
      expect(await provider.glance(path, { signal })).toEqual({ state: 'absent' });
      await written(path, '{"A":"1"}', '{"A":"2"}');
      const { revision, version } = await provider.read(path, { signal });
      const glance = await provider.glance(path, { signal });
      expect(glance).toEqual({ state: 'present', revision, version });
      const own = await provider.write(path, doc('{"A":"3"}'), revision, { signal });
      expect(await provider.glance(path, { signal })).toMatchObject(own);
    });

    it('tells by a glance of a scheduled deletion, and of what has no value', async () => {
      const [leaving, empty] = [freshName(), freshName()];
      await written(leaving, '{}');
      await other.deleteSecret({ SecretId: leaving });
      const glance = await provider.glance(leaving, { signal });
      const until = glance.state === 'scheduled-for-deletion' ? glance.until?.getTime() : undefined;
      expect(((until ?? 0) - Date.now()) / dayMs).toBeCloseTo(30, 1);
      await other.createSecret({ Name: empty });
      expect(await provider.glance(empty, { signal })).toEqual({ state: 'absent' });
    });

    it('finds out of the listing what DescribeSecret would tell, the exact name among longer ones', async () => {
      const path = freshName();
      const [first = '', second = ''] = await written(path, '1', '2');
      for (const suffix of ['-a', '/b']) await written(`${path}${suffix}`, '{}');
      const { endpoint, region, accessKeyId, secretAccessKey } = target;
      const connection = makeConnection({ endpoint, region, accessKeyId, secretAccessKey });
      const listed = await describeByListing(connection, path, signal);
      connection.dispose();
      expect(listed && labelledVersion(listed, 'AWSCURRENT')).toBe(second);
      expect(listed && labelledVersion(listed, 'AWSPREVIOUS')).toBe(first);
    });

    it('lists all versions, the newest first, with their labels', async () => {
      const path = freshName();
      const ids = await written(path, '1', '2', '3');
      const history = await provider.versions(path, { signal });
      expect(history).toMatchObject({ isKept: true, isComplete: true });
      const versions = kept(history);
      expect(versions.map(({ revision }) => revision).toSorted()).toEqual(ids.toSorted());
      expect(versions[0]).toMatchObject({
        revision: ids[2],
        version: ids[2]?.slice(0, 8),
        state: 'current',
        labels: ['AWSCURRENT'],
      });
      expect(versions.find(({ revision }) => revision === ids[1])).toMatchObject({
        state: 'past',
        labels: ['AWSPREVIOUS'],
      });
      expect(versions.find(({ revision }) => revision === ids[0])).toMatchObject({
        state: 'past',
        labels: [],
      });
      for (const { createdAt } of versions) {
        expect(Math.abs(Date.now() - (createdAt?.getTime() ?? 0))).toBeLessThan(60_000);
      }
    });

    it('reads each version by its revision, and writes an old one again as a new one', async () => {
      const path = freshName();
      const [first = '', second = ''] = await written(path, 'plain text', '{"A":"2"}');
      const past = await provider.readVersion(path, asRevision(first), { signal });
      expect(past).toMatchObject({ path, revision: first, document: { shape: 'text' } });
      await provider.write(path, past.document, asRevision(second), { signal });
      expect(textOf((await provider.read(path, { signal })).document)).toBe('plain text');
      const unknown = provider.readVersion(path, asRevision(randomUUID()), { signal });
      expect((await failure(unknown)).code).toBe('NOT_FOUND');
    });

    it('restores what is scheduled for deletion, and leaves alone what is not', async () => {
      const path = freshName();
      await written(path, '{"A":"1"}');
      await provider.undelete(path, { signal });
      const { revision } = await provider.read(path, { signal });
      await provider.remove(path, revision, { signal });
      await provider.undelete(path, { signal });
      expect(await provider.read(path, { signal })).toMatchObject({ revision });
      expect((await failure(provider.undelete(freshName(), { signal }))).code).toBe('NOT_FOUND');
    });

    it('says until when a name is taken by what is being deleted, and writes once it is restored', async () => {
      const path = freshName();
      const { revision } = await provider.write(path, doc('{"A":"1"}'), null, { signal });
      await provider.remove(path, revision, { signal });
      for (const expected of [null, revision]) {
        const error = await failure(provider.write(path, doc('{"A":"2"}'), expected, { signal }));
        expect(error.code).toBe('SCHEDULED_FOR_DELETION');
        expect(((error.details?.until ?? 0) - Date.now()) / dayMs).toBeCloseTo(30, 1);
      }
      await provider.undelete(path, { signal });
      await provider.write(path, doc('{"A":"2"}'), revision, { signal });
      expect(textOf((await provider.read(path, { signal })).document)).toBe('{"A":"2"}');
    });

    it('takes a second removal of the same version for done', async () => {
      const path = freshName();
      const { revision } = await provider.write(path, doc('{}'), null, { signal });
      const first = await provider.remove(path, revision, { signal });
      const second = await provider.remove(path, revision, { signal });
      expect([first.recoverable, second.recoverable]).toEqual([true, true]);
      const another = provider.remove(path, asRevision(randomUUID()), { signal });
      expect((await failure(another)).code).toBe('SCHEDULED_FOR_DELETION');
    });

    it.each([
      ['text that is no JSON', 'A=1\nB = two # and more\r\n'],
      ['a JSON array', '[1, 2,  3]'],
      ['a number', '12345678901234567890.10'],
    ])('keeps %s as it is when it is written again elsewhere', async (_, text) => {
      const [path, copy] = [freshName(), freshName()];
      await written(path, text);
      const { document } = await provider.read(path, { signal });
      await provider.write(copy, document, null, { signal });
      expect((await other.getSecretValue({ SecretId: copy })).SecretString).toBe(text);
    });
  });
}

describe('with few permissions, or all', () => {
  let server: SecretsManagerServer;
  const providers: SecretsProvider[] = [];
  beforeAll(async () => {
    server = await startSecretsManagerServer();
  });
  afterEach(() => {
    server.faults.clear();
    server.settings.listingLag = 0;
    for (const provider of providers.splice(0)) provider.dispose();
  });
  afterAll(() => server.stop());

  const guided = (options?: AwsOptions): SecretsProvider => {
    const { endpoint, region } = server;
    const provider = makeProvider({ endpoint, region, ...server.guideAccessKey() }, options);
    providers.push(provider);
    return provider;
  };
  const operations = (): string[] => server.requests.map(({ operation }) => operation);

  it('looks in the listing, fetches no value, and is not refused twice for the same name', async () => {
    const path = 'few/glance';
    server.put(path, '{"A":"1"}');
    const provider = guided();
    const known = await provider.read(path, { signal });
    server.clearLog();
    const { revision, version } = known;
    const same = { state: 'present', revision, version };
    expect(await provider.glance(path, { signal, known })).toEqual(same);
    const theirs = server.put(path, '{"A":"2"}');
    expect(await provider.glance(path, { signal, known })).toMatchObject({ revision: theirs });
    expect(operations()).toEqual(['DescribeSecret', 'ListSecrets', 'ListSecrets']);
  });

  it('asks again after ten minutes, since the permission may have been given', async () => {
    const path = 'few/again';
    server.put(path, '{"A":"1"}');
    const runtime = new FakeRuntime(runningTime());
    const provider = guided({ runtime });
    await provider.glance(path, { signal });
    server.clearLog();
    await runtime.advance(9 * 60_000);
    await provider.glance(path, { signal });
    expect(operations()).toEqual(['ListSecrets']);
    await runtime.advance(60_000);
    await provider.glance(path, { signal });
    expect(operations()).toEqual(['ListSecrets', 'DescribeSecret', 'ListSecrets']);
  });

  it('does not believe a listing that has not seen what the caller has', async () => {
    const path = 'few/lag';
    server.put(path, '{"A":"1"}');
    const provider = guided();
    const unknown = { state: 'unknown', why: 'not-permitted' };
    expect(await provider.glance(path, { signal })).toEqual(unknown);

    server.clock.advance(100_000);
    server.settings.listingLag = 60_000;
    server.put(path, '{"A":"2"}');
    const known = await provider.read(path, { signal });
    expect(await provider.glance(path, { signal, known })).toEqual(unknown);
    server.clock.advance(100_000);
    const seen = await provider.glance(path, { signal, known });
    expect(seen).toMatchObject({ state: 'present', revision: known.revision });
  });

  it('knows of changes that have taken every label from what the caller has', async () => {
    const path = 'few/labels';
    server.put(path, '1');
    const provider = guided();
    const known = await provider.read(path, { signal });
    server.clock.advance(1000);
    const [, third] = [server.put(path, '2'), server.put(path, '3')];
    const glance = await provider.glance(path, { signal, known });
    expect(glance).toMatchObject({ state: 'present', revision: third });
  });

  it('lists those versions that have a label, and reads them', async () => {
    const path = 'few/versions';
    const [first, second, third] = ['1', '2', '3'].map((text) => server.put(path, text));
    const provider = guided();
    const history = await provider.versions(path, { signal });
    expect(history).toMatchObject({ isKept: true, isComplete: false });
    expect(kept(history).map(({ revision, labels }) => [revision, labels])).toEqual([
      [third, ['AWSCURRENT']],
      [second, ['AWSPREVIOUS']],
    ]);
    const past = await provider.readVersion(path, asRevision(first ?? ''), { signal });
    expect(textOf(past.document)).toBe('1');
  });

  // moto answers this with an HTML page.
  it('has no versions of what is not there', async () => {
    const { endpoint, region } = server;
    const provider = makeProvider({ endpoint, region, ...server.accessKey() });
    providers.push(provider);
    for (const asked of [provider, guided()]) {
      const { code } = await failure(asked.versions('few/nothing', { signal }));
      expect(code).toBe('NOT_FOUND');
    }
  });

  it('says what it takes to restore', async () => {
    const path = 'few/restore';
    server.put(path, '1');
    server.scheduleDeletion(path);
    const { code, hint } = await failure(guided().undelete(path, { signal }));
    expect(code).toBe('PERMISSION_DENIED');
    expect(hint).toContain('secretsmanager:RestoreSecret');
  });

  it('tells nothing, without the listing either', async () => {
    const path = 'few/none';
    const base = server.put(path, '1');
    const { endpoint, region } = server;
    const key = server.accessKey({ allow: ['GetSecretValue'] });
    const provider = makeProvider({ endpoint, region, ...key });
    providers.push(provider);
    const known = { revision: asRevision(base) };
    expect(await provider.glance(path, { signal, known })).toEqual({
      state: 'unknown',
      why: 'not-permitted',
    });
    const denied = await failure(provider.versions(path, { signal }));
    expect(denied.code).toBe('PERMISSION_DENIED');
  });
});
