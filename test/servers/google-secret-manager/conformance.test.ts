/**
 * The behaviour of Secret Manager, tested through Google's client: always with the stand-in, and with the
 * real service if there is a project for it, so that the stand-in cannot drift away from it.
 */
import { SecretManagerServiceClient, type protos } from '@google-cloud/secret-manager';
import { UserRefreshClient } from 'google-auth-library';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRealGoogleSecretManager } from '../real-google-secret-manager';
import { crc32c } from './crc32c';
import { startGoogleSecretManager } from './server';
import type { ErrorBody } from './testing';

type ISecret = protos.google.cloud.secretmanager.v1.ISecret;
type IVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;

interface Service {
  readonly client: SecretManagerServiceClient;
  /** With a token that nobody issued. */
  readonly stranger: SecretManagerServiceClient;
}

interface Running extends Service {
  readonly project: string;
  readonly regional: (Service & { readonly location: string }) | undefined;
  stop(): Promise<void>;
}

interface Target {
  readonly name: string;
  readonly start: () => Promise<Running>;
}

type ClientOptions = NonNullable<ConstructorParameters<typeof SecretManagerServiceClient>[0]>;

/** The client brings its own `google-auth-library`, whose types are other types for TypeScript. */
const withToken = (token: string): Pick<ClientOptions, 'authClient'> => {
  const auth = new UserRefreshClient();
  auth.setCredentials({ access_token: token });
  return { authClient: auth } as unknown as Pick<ClientOptions, 'authClient'>;
};

const standIn: Target = {
  name: 'the stand-in',
  start: async () => {
    const location = 'europe-west3';
    const server = await startGoogleSecretManager({ locations: [location] });
    const token = server.serviceAccount().token();
    const connect = (url: string, bearer: string) =>
      new SecretManagerServiceClient({
        fallback: true,
        protocol: 'http',
        apiEndpoint: '127.0.0.1',
        port: Number(new URL(url).port),
        ...withToken(bearer),
      });
    const service = (url: string): Service => ({
      client: connect(url, token),
      stranger: connect(url, 'ya29.nobody'),
    });
    return {
      ...service(server.url),
      project: server.project,
      regional: { ...service(server.regionalUrl(location)), location },
      stop: () => server.close(),
    };
  },
};

const real = await findRealGoogleSecretManager();

const targets: Target[] = [standIn];
if (real !== undefined) {
  const { name, project, location } = real;
  const service = (apiEndpoint: string): Service => ({
    client: new SecretManagerServiceClient({ fallback: true, apiEndpoint }),
    stranger: new SecretManagerServiceClient({
      fallback: true,
      apiEndpoint,
      ...withToken('ya29.nobody'),
    }),
  });
  const start = (): Promise<Running> =>
    Promise.resolve({
      ...service('secretmanager.googleapis.com'),
      project,
      regional:
        location === undefined
          ? undefined
          : { ...service(`secretmanager.${location}.rep.googleapis.com`), location },
      stop: () => Promise.resolve(),
    });
  targets.push({ name, start });
}

test('the real service takes part', ({ skip }) => {
  skip(real === undefined, 'GOOGLE_SECRET_MANAGER_PROJECT is not set');
  expect(targets).toHaveLength(2);
});

/** Lists, `latest` and aliases of the real service can be late. */
const EVENTUALLY = { timeout: 120_000, interval: 500 };

describe.each(targets)('$name', ({ start }) => {
  let running: Running;
  let client: SecretManagerServiceClient;
  let parent: string;
  const created: string[] = [];

  beforeAll(async () => {
    running = await start();
    client = running.client;
    parent = `projects/${running.project}`;
  });

  afterAll(async () => {
    await Promise.all(created.map((name) => client.deleteSecret({ name }).catch(() => undefined)));
    await running.stop();
  });

  const newId = (): string => `conformance-${randomBytes(6).toString('hex')}`;

  const create = async (secret: ISecret = {}, secretId = newId()): Promise<ISecret> => {
    const [made] = await client.createSecret({
      parent,
      secretId,
      secret: { replication: { automatic: {} }, ...secret },
    });
    created.push(made.name ?? '');
    return made;
  };

  const add = async (secret: ISecret, value: string | Uint8Array): Promise<IVersion> => {
    const [version] = await client.addSecretVersion({
      parent: secret.name ?? '',
      payload: { data: Buffer.from(value) },
    });
    return version;
  };

  const access = async (name: string): Promise<string> => {
    const [{ payload }] = await client.accessSecretVersion({ name });
    return Buffer.from((payload?.data ?? '') as Uint8Array).toString();
  };

  const failure = async (work: Promise<unknown>): Promise<ErrorBody> => {
    const [result] = await Promise.allSettled([work]);
    if (result.status === 'fulfilled') throw new Error('The call succeeded.');
    // In REST mode, this client throws an error of its HTTP library, whose message is the answer's body.
    const { message } = result.reason as Error;
    return (JSON.parse(message) as { error: ErrorBody }).error;
  };

  const statusOf = async (work: Promise<unknown>): Promise<string> => (await failure(work)).status;

  describe('a secret', () => {
    test('is created with automatic replication, and named by the number of its project', async () => {
      const secretId = newId();
      const secret = await create({ labels: { team: 'checkout' } }, secretId);
      expect(secret.name).toMatch(new RegExp(`^projects/\\d+/secrets/${secretId}$`));
      expect(secret.etag).toMatch(/^".+"$/);
      expect(Number(secret.createTime?.seconds)).toBeGreaterThan(1_600_000_000);
      const [read] = await client.getSecret({ name: `${parent}/secrets/${secretId}` });
      expect(read).toEqual(secret);
      expect(read.replication?.automatic).toBeDefined();
      expect(read.labels).toEqual({ team: 'checkout' });
    });

    test('can be replicated to chosen locations', async () => {
      const replicas = [{ location: 'europe-west3' }, { location: 'europe-west4' }];
      const secret = await create({ replication: { userManaged: { replicas } } });
      const locations = secret.replication?.userManaged?.replicas?.map(({ location }) => location);
      expect(locations).toEqual(['europe-west3', 'europe-west4']);
    });

    test('is not created twice', async () => {
      const secretId = newId();
      await create({}, secretId);
      const { status, message } = await failure(create({}, secretId));
      expect(status).toBe('ALREADY_EXISTS');
      expect(message).toMatch(
        new RegExp(`Secret \\[projects/\\d+/secrets/${secretId}\\] already exists\\.`),
      );
    });

    test('is not created without replication', async () => {
      expect(await statusOf(create({ replication: null }))).toBe('INVALID_ARGUMENT');
    });

    test.each(['', 'has space', 'a/b', 'a.b', 'ü', 'x'.repeat(256)])(
      'is not created with the id “%s”',
      async (secretId) => {
        expect(await statusOf(create({}, secretId))).toBe('INVALID_ARGUMENT');
      },
    );

    test('may have an id of 255 letters, digits, hyphens and underscores', async () => {
      const secretId = `${newId()}_${'Z'.repeat(255)}`.slice(0, 255);
      expect((await create({}, secretId)).name).toContain(secretId);
    });

    test('says so if it does not exist', async () => {
      const name = `${parent}/secrets/${newId()}`;
      expect(await statusOf(client.getSecret({ name }))).toBe('NOT_FOUND');
      expect(await statusOf(client.deleteSecret({ name }))).toBe('NOT_FOUND');
      expect(
        await statusOf(
          client.addSecretVersion({ parent: name, payload: { data: Buffer.from('x') } }),
        ),
      ).toBe('NOT_FOUND');
      expect(await statusOf(access(`${name}/versions/latest`))).toBe('NOT_FOUND');
      expect(await statusOf(access(`${name}/versions/1`))).toBe('NOT_FOUND');
    });

    test('is deleted at once and for good', async () => {
      const secret = await create();
      await add(secret, 'value');
      await client.deleteSecret({ name: secret.name ?? '' });
      expect(await statusOf(access(`${secret.name ?? ''}/versions/1`))).toBe('NOT_FOUND');
    });

    test('has a time to expire if it has a time to live', async () => {
      const secret = await create({ ttl: { seconds: 86_400 } });
      const inSeconds = Number(secret.expireTime?.seconds) - Number(secret.createTime?.seconds);
      expect(Math.abs(inSeconds - 86_400)).toBeLessThan(60);
    });
  });

  describe('metadata', () => {
    const update = async (secret: ISecret, paths: string[]): Promise<ISecret> =>
      (await client.updateSecret({ secret, updateMask: { paths } }))[0];

    test('changes only what the mask names', async () => {
      const { name = '' } = await create({ labels: { a: '1' }, annotations: { 'App.key': 'Ä' } });
      const changed = await update({ name, labels: { b: '2' }, annotations: {} }, ['labels']);
      expect(changed.labels).toEqual({ b: '2' });
      expect(changed.annotations).toEqual({ 'App.key': 'Ä' });
    });

    test('needs a mask', async () => {
      const { name = '' } = await create();
      expect(await statusOf(update({ name, labels: { b: '2' } }, []))).toBe('INVALID_ARGUMENT');
    });

    test('does not change the replication', async () => {
      const { name = '' } = await create();
      const replication = { userManaged: { replicas: [{ location: 'us-east1' }] } };
      expect(await statusOf(update({ name, replication }, ['replication']))).toBe(
        'INVALID_ARGUMENT',
      );
    });

    test('changes only if the etag is the current one', async () => {
      const { name = '', etag = '' } = await create();
      const first = await update({ name, etag, labels: { a: '1' } }, ['labels']);
      expect(first.etag).not.toBe(etag);
      const late = update({ name, etag, labels: { a: '2' } }, ['labels']);
      expect(await statusOf(late)).toBe('FAILED_PRECONDITION');
      expect(await statusOf(client.deleteSecret({ name, etag }))).toBe('FAILED_PRECONDITION');
      await client.deleteSecret({ name, etag: first.etag ?? null });
    });

    test('keeps its etag if a version is added', async () => {
      const secret = await create();
      await add(secret, 'value');
      const [after] = await client.getSecret({ name: secret.name ?? '' });
      expect(after.etag).toBe(secret.etag);
    });

    test.each([
      [{ labels: { Upper: 'x' } }],
      [{ labels: { key: 'Upper' } }],
      [{ labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, ''])) }],
      [{ annotations: { '-start': 'x' } }],
      [{ annotations: { large: 'x'.repeat(16_384) } }],
    ])('refuses %j', async (secret) => {
      expect(await statusOf(create(secret))).toBe('INVALID_ARGUMENT');
    });

    test('can name versions by aliases', async () => {
      const secret = await create();
      await add(secret, 'one');
      await add(secret, 'two');
      const { name = '' } = secret;
      const changed = await update({ name, versionAliases: { stable: 1 } }, ['version_aliases']);
      expect(changed.versionAliases).toEqual({ stable: '1' });
      await expect.poll(() => access(`${name ?? ''}/versions/stable`), EVENTUALLY).toBe('one');
      const wrong = update({ name, versionAliases: { latest: 1 } }, ['version_aliases']);
      expect(await statusOf(wrong)).toBe('INVALID_ARGUMENT');
    });
  });

  describe('a version', () => {
    test('has the next number, and is read by it at once', async () => {
      const secret = await create();
      const first = await add(secret, 'one');
      const second = await add(secret, 'Grüße\n"zwei"');
      expect([first.name, second.name]).toEqual([
        `${secret.name ?? ''}/versions/1`,
        `${secret.name ?? ''}/versions/2`,
      ]);
      expect(await access(first.name ?? '')).toBe('one');
      expect(await access(second.name ?? '')).toBe('Grüße\n"zwei"');
    });

    test('is also “latest”, until there is a newer one', async () => {
      const secret = await create();
      const latest = `${secret.name ?? ''}/versions/latest`;
      expect(await statusOf(access(latest))).toBe('NOT_FOUND');
      await add(secret, 'one');
      await expect.poll(() => access(latest).catch(() => ''), EVENTUALLY).toBe('one');
      await add(secret, 'two');
      await expect.poll(() => access(latest), EVENTUALLY).toBe('two');
      const [answer] = await client.accessSecretVersion({ name: latest });
      expect(answer.name).toBe(`${secret.name ?? ''}/versions/2`);
    });

    test('has 65,536 bytes at most', async () => {
      const secret = await create();
      const largest = randomBytes(65_536);
      const { name = '' } = await add(secret, largest);
      const [{ payload }] = await client.accessSecretVersion({ name });
      expect(Buffer.from((payload?.data ?? '') as Uint8Array).equals(largest)).toBe(true);
      expect(await statusOf(add(secret, randomBytes(65_537)))).toBe('INVALID_ARGUMENT');
    });

    test('is not empty', async () => {
      const secret = await create();
      const { status, message } = await failure(add(secret, ''));
      expect(status).toBe('INVALID_ARGUMENT');
      expect(message).toContain('Secret Payload cannot be empty');
    });

    test('is checked by its checksum, both ways', async () => {
      const secret = await create();
      const data = Buffer.from('checked');
      const dataCrc32c = crc32c(data);
      const parentName = secret.name ?? '';
      const [version] = await client.addSecretVersion({
        parent: parentName,
        payload: { data, dataCrc32c },
      });
      expect(version.clientSpecifiedPayloadChecksum).toBe(true);
      const [{ payload }] = await client.accessSecretVersion({ name: version.name ?? '' });
      expect(Number(payload?.dataCrc32c)).toBe(dataCrc32c);
      const damaged = client.addSecretVersion({
        parent: parentName,
        payload: { data: Buffer.from('damaged'), dataCrc32c },
      });
      expect(await statusOf(damaged)).toBe('INVALID_ARGUMENT');
    });

    test('cannot be read while it is disabled, even as the newest', async () => {
      const secret = await create();
      await add(secret, 'one');
      const { name = '' } = await add(secret, 'two');
      const [disabled] = await client.disableSecretVersion({ name });
      expect(disabled.state).toBe('DISABLED');
      const refused = await failure(access(name ?? ''));
      expect(refused.status).toBe('FAILED_PRECONDITION');
      expect(refused.message).toContain(`Secret Version [${name ?? ''}] is in DISABLED state.`);
      await expect
        .poll(() => statusOf(access(`${secret.name ?? ''}/versions/latest`)), EVENTUALLY)
        .toBe('FAILED_PRECONDITION');
      const [enabled] = await client.enableSecretVersion({ name });
      expect(enabled.state).toBe('ENABLED');
      expect(await access(name ?? '')).toBe('two');
    });

    test('is destroyed for good, and its number is not used again', async () => {
      const secret = await create();
      const { name = '' } = await add(secret, 'one');
      const [destroyed] = await client.destroySecretVersion({ name });
      expect(destroyed.state).toBe('DESTROYED');
      expect(Number(destroyed.destroyTime?.seconds)).toBeGreaterThan(1_600_000_000);
      expect((await failure(access(name ?? ''))).message).toContain('is in DESTROYED state.');
      expect(await statusOf(client.enableSecretVersion({ name }))).toBe('FAILED_PRECONDITION');
      expect((await add(secret, 'two')).name).toBe(`${secret.name ?? ''}/versions/2`);
    });

    test('is only disabled and scheduled if the secret delays destruction', async () => {
      const secret = await create({ versionDestroyTtl: { seconds: 86_400 } });
      const { name = '' } = await add(secret, 'one');
      const [scheduled] = await client.destroySecretVersion({ name });
      expect(scheduled.state).toBe('DISABLED');
      expect(Number(scheduled.scheduledDestroyTime?.seconds)).toBeGreaterThan(
        Date.now() / 1000 + 80_000,
      );
      const [restored] = await client.enableSecretVersion({ name });
      expect([restored.state, restored.scheduledDestroyTime]).toEqual(['ENABLED', null]);
    });

    test('changes its state only if the etag is the current one', async () => {
      const { name = '', etag = '' } = await add(await create(), 'one');
      await client.disableSecretVersion({ name, etag });
      const refused = 'FAILED_PRECONDITION';
      expect(await statusOf(client.enableSecretVersion({ name, etag }))).toBe(refused);
      expect(await statusOf(client.disableSecretVersion({ name, etag }))).toBe(refused);
      expect(await statusOf(client.destroySecretVersion({ name, etag }))).toBe(refused);
      const [{ state }] = await client.getSecretVersion({ name });
      expect(state).toBe('DISABLED');
    });
  });

  describe('a list', () => {
    test('of versions is newest first, with states and without values', async () => {
      const secret = await create();
      for (const value of ['one', 'two', 'three']) await add(secret, value);
      await client.disableSecretVersion({ name: `${secret.name ?? ''}/versions/2` });
      const listed = async () => {
        const [versions] = await client.listSecretVersions({ parent: secret.name ?? '' });
        return versions.map(({ name, state }) => [name?.split('/').at(-1), state]);
      };
      await expect.poll(listed, EVENTUALLY).toEqual([
        ['3', 'ENABLED'],
        ['2', 'DISABLED'],
        ['1', 'ENABLED'],
      ]);
      const [enabled] = await client.listSecretVersions({
        parent: secret.name ?? '',
        filter: 'state:ENABLED',
      });
      expect(enabled).toHaveLength(2);
    });

    test('of secrets comes in pages, and can be filtered', async () => {
      const group = newId();
      for (let n = 0; n < 5; n += 1) await create({ labels: { group, odd: String(n % 2) } });
      const filter = `labels.group=${group}`;
      const ids = async (options: { readonly filter: string; readonly pageSize?: number }) => {
        const found: string[] = [];
        for await (const { name } of client.listSecretsAsync({ parent, ...options })) {
          found.push(name ?? '');
        }
        return found;
      };
      await expect.poll(async () => (await ids({ filter })).length, EVENTUALLY).toBe(5);
      const all = await ids({ filter });
      expect(all).toEqual(created.filter((name) => all.includes(name)).toReversed());
      expect(await ids({ filter, pageSize: 2 })).toEqual(all);
      expect(await ids({ filter: `${filter} AND labels.odd=1` })).toHaveLength(2);
      const [page, , answer] = await client.listSecrets(
        { parent, filter, pageSize: 2 },
        { autoPaginate: false },
      );
      expect(page).toHaveLength(2);
      expect(answer.nextPageToken).not.toBe('');
      const strange = client.listSecrets(
        { parent, filter, pageSize: 2, pageToken: 'strange' },
        { autoPaginate: false },
      );
      expect(await statusOf(strange)).toBe('INVALID_ARGUMENT');
    });
  });

  describe('a caller', () => {
    test('without a valid token is refused as such', async () => {
      const { stranger } = running;
      expect(await statusOf(stranger.getSecret({ name: `${parent}/secrets/any` }))).toBe(
        'UNAUTHENTICATED',
      );
    });

    test('can ask for their permissions; a missing secret has none', async () => {
      const wanted = ['secretmanager.versions.access', 'secretmanager.versions.add'];
      const { name = '' } = await create();
      const [here] = await client.testIamPermissions({ resource: name ?? '', permissions: wanted });
      expect(here.permissions?.toSorted()).toEqual(wanted);
      const [nowhere] = await client.testIamPermissions({
        resource: `${parent}/secrets/${newId()}`,
        permissions: wanted,
      });
      expect(nowhere.permissions).toEqual([]);
    });

    test('can read the policy of a secret', async () => {
      const { name = '' } = await create();
      const [policy] = await client.getIamPolicy({ resource: name ?? '' });
      expect(policy.bindings).toEqual([]);
    });
  });

  describe('a regional secret', () => {
    test('has no replication, and is only in its location', async ({ skip }) => {
      const { regional } = running;
      if (regional === undefined) return skip('GOOGLE_SECRET_MANAGER_LOCATION is not set');
      const place = `${parent}/locations/${regional.location}`;
      const secretId = newId();
      const [secret] = await regional.client.createSecret({ parent: place, secretId, secret: {} });
      try {
        expect(secret.name).toMatch(
          new RegExp(`^projects/\\d+/locations/${regional.location}/secrets/${secretId}$`),
        );
        expect(secret.replication).toBeNull();
        const [version] = await regional.client.addSecretVersion({
          parent: secret.name ?? '',
          payload: { data: Buffer.from('here') },
        });
        const [{ payload }] = await regional.client.accessSecretVersion({
          name: version.name ?? '',
        });
        expect(Buffer.from((payload?.data ?? '') as Uint8Array).toString()).toBe('here');
        expect(await statusOf(client.getSecret({ name: `${parent}/secrets/${secretId}` }))).toBe(
          'NOT_FOUND',
        );
      } finally {
        await regional.client.deleteSecret({ name: secret.name ?? '' });
      }
    });
  });
});
