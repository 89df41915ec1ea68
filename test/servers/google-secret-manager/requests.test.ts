/** What Google's client does not send or show: raw requests, exact answers, permissions, quotas, lag. */
import { describe, expect, it } from 'vitest';
import { hours } from '../clock';
import { httpCall } from '../http-client';
import { parseFilter } from './filter';
import { googleRates } from './rates';
import type { Grant } from './server';
import {
  access,
  add,
  admin,
  call,
  errorOf,
  inProject,
  outcome,
  server,
  startServerForEachTest,
  valueOf,
} from './testing';

startServerForEachTest({ locations: ['europe-west3', 'us-east1'] });

const list = (token?: string, headers: Readonly<Record<string, string>> = {}) =>
  call('GET', inProject('secrets'), { headers, ...(token === undefined ? {} : { token }) });

const create = (id: string, body: unknown = { replication: { automatic: {} } }) =>
  call('POST', inProject(`secrets?secretId=${id}`), { body });

const patch = (id: string, mask: string, body: unknown) =>
  call('PATCH', inProject(`secrets/${id}?updateMask=${mask}`), { body });

describe('answers', () => {
  it('are indented JSON with the number of the project, and without default values', async () => {
    const result = await create('app');
    const number = server.projectNumber(server.project);
    expect(result.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(result.text).toMatch(/^\{\n {2}"name": /);
    expect(result.json).toEqual({
      name: `projects/${number}/secrets/app`,
      replication: { automatic: {} },
      createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      etag: expect.stringMatching(/^"[0-9a-f]+"$/),
    });
    const empty = await call('GET', inProject('secrets/app/versions'));
    expect(empty.text).toBe('{}\n');
  });

  it('have names or numbers for enums, as the client wants', async () => {
    server.secrets().put('app', 'one');
    const target = inProject('secrets/app/versions');
    const numeric = `${target}?$alt=json%3Benum-encoding=int`;
    expect((await call('GET', target)).json).toMatchObject({ versions: [{ state: 'ENABLED' }] });
    expect((await call('GET', numeric)).json).toMatchObject({ versions: [{ state: 1 }] });
  });

  it('take a project by its id or by its number', async () => {
    server.secrets().put('app', 'one');
    const number = server.projectNumber(server.project);
    const result = await call('GET', `projects/${number}/secrets/app/versions/latest:access`);
    expect(valueOf(result)).toBe('one');
  });

  it('are a page of the front end for paths that do not exist', async () => {
    for (const [method, target] of [
      ['GET', 'nothing'],
      ['GET', inProject('secrets/app:nothing')],
      ['PUT', inProject('secrets/app')],
    ] as const) {
      const { status, headers } = await call(method, target);
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=UTF-8']);
    }
  });

  it('tell where secrets can be', async () => {
    const { json } = await call('GET', inProject('locations'));
    expect(json).toMatchObject({
      locations: expect.arrayContaining([
        { name: inProject('locations/europe-west3'), locationId: 'europe-west3' },
      ]),
    });
    expect(outcome(await call('GET', inProject('locations/mars-north1')))).toBe('NOT_FOUND');
  });
});

describe('errors', () => {
  it('have code, message, status and details', async () => {
    const token = server.serviceAccount({ roles: [] }).token();
    const { status, json } = await list(token);
    expect(status).toBe(403);
    const resource = `projects/${server.project}`;
    expect(json).toEqual({
      error: {
        code: 403,
        message: `Permission 'secretmanager.secrets.list' denied for resource '${resource}' (or it may not exist).`,
        status: 'PERMISSION_DENIED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'IAM_PERMISSION_DENIED',
            domain: 'iam.googleapis.com',
            metadata: { permission: 'secretmanager.secrets.list', resource },
          },
        ],
      },
    });
  });

  it('challenge a caller without a token, or with an invalid one', async () => {
    const missing = await httpCall(server.url, `/v1/${inProject('secrets')}`);
    expect([missing.status, outcome(missing)]).toEqual([
      401,
      'UNAUTHENTICATED CREDENTIALS_MISSING',
    ]);
    expect(missing.headers['www-authenticate']).toBe('Bearer realm="https://accounts.google.com/"');
    const unknown = await list('ya29.nobody');
    expect(outcome(unknown)).toBe('UNAUTHENTICATED ACCESS_TOKEN_TYPE_UNSUPPORTED');
    expect(unknown.headers['www-authenticate']).toContain('error="invalid_token"');
    server.clock.advance(hours(1));
    expect(outcome(await list())).toBe('UNAUTHENTICATED ACCESS_TOKEN_EXPIRED');
    server.revokeTokens();
    expect(outcome(await list())).toBe('UNAUTHENTICATED ACCESS_TOKEN_TYPE_UNSUPPORTED');
  });

  it('say that the API is not enabled, and where to enable it', async () => {
    server.setProject(server.project, { apiEnabled: false });
    const result = await list();
    expect(outcome(result)).toBe('PERMISSION_DENIED SERVICE_DISABLED');
    expect(errorOf(result).message).toContain(
      `Secret Manager API has not been used in project ${server.project} before or it is disabled.`,
    );
    expect(errorOf(result).details?.[0]?.['metadata']).toMatchObject({
      activationUrl: expect.stringContaining('https://console.developers.google.com/apis/api/'),
    });
    server.setProject(server.project);
    expect(outcome(await list())).toBe('OK');
  });

  it('do not tell a wrong project from one without permission', async () => {
    server.setProject('other');
    for (const project of ['nowhere', 'other']) {
      const result = await call('GET', `projects/${project}/secrets`);
      expect(outcome(result)).toBe('PERMISSION_DENIED IAM_PERMISSION_DENIED');
    }
  });

  it('say what is wrong with the quota project', async () => {
    server.setProject('quota', { apiEnabled: false });
    const under = (project: string) => list(admin, { 'x-goog-user-project': project });
    expect(outcome(await under('nowhere'))).toBe('PERMISSION_DENIED CONSUMER_INVALID');
    expect(outcome(await under('quota'))).toBe('PERMISSION_DENIED USER_PROJECT_DENIED');
    const account = server.serviceAccount({
      roles: [
        'roles/secretmanager.viewer',
        { role: 'roles/serviceusage.serviceUsageConsumer', on: 'projects/quota' },
      ],
    });
    const withQuota = () => list(account.token(), { 'x-goog-user-project': 'quota' });
    expect(outcome(await withQuota())).toBe('PERMISSION_DENIED SERVICE_DISABLED');
    server.setProject('quota');
    expect(outcome(await withQuota())).toBe('OK');
  });

  it('say that an organisation policy forbids the location', async () => {
    server.setProject(server.project, { allowedLocations: ['europe-west3'] });
    const result = await create('app');
    expect(outcome(result)).toBe('FAILED_PRECONDITION');
    expect(errorOf(result).message).toContain('constraints/gcp.resourceLocations');
    const replicas = [{ location: 'europe-west3' }];
    expect(outcome(await create('app', { replication: { userManaged: { replicas } } }))).toBe('OK');
  });

  it.each([
    ['{', 'Invalid JSON payload received.'],
    ['[]', 'Invalid JSON payload received.'],
    [{ payload: { data: 'eA==', text: 'x' } }, `Unknown name "text" at 'payload'`],
    [{ payload: 'x' }, `Invalid value at 'payload'`],
    [{ payload: { data: '***' } }, `Base64 decoding failed for "***"`],
    [
      { payload: { data: 'eA==', dataCrc32c: 'x' } },
      `Invalid value at 'payload.data_crc32c' (TYPE_INT64), "x"`,
    ],
    [{}, 'Secret Payload cannot be empty'],
  ])('say what is wrong with %j', async (body, message) => {
    await create('app');
    const result = await call('POST', inProject('secrets/app:addVersion'), { body });
    expect(outcome(result)).toBe('INVALID_ARGUMENT');
    expect(errorOf(result).message).toContain(message);
  });

  it.each([
    [{}],
    [{ replication: {} }],
    [{ replication: { userManaged: { replicas: [] } } }],
    [{ replication: { userManaged: { replicas: [{ location: 'mars-north1' }] } } }],
    [{ replication: { automatic: {} }, unknown: 1 }],
    [{ replication: { automatic: {} }, versionDestroyTtl: '60s' }],
    [{ replication: { automatic: {} }, expireTime: '2001-01-01T00:00:00Z' }],
    [{ replication: { automatic: {} }, versionAliases: { first: 1 } }],
  ])('refuse to create %j', async (body) => {
    expect(outcome(await create('app', body))).toBe('INVALID_ARGUMENT');
    expect(server.secrets().ids()).toEqual([]);
  });

  it('refuse a mask for what cannot change, and aliases that cannot be', async () => {
    server.secrets().put('app', 'one');
    const results = [
      await patch('app', 'replication', {}),
      await patch('app', 'nothing', {}),
      await patch('app', 'versionAliases', { versionAliases: { NEW: '1' } }),
      await patch('app', 'versionAliases', { versionAliases: { stable: '2' } }),
    ];
    expect(results.map(outcome)).toEqual(Array.from({ length: 4 }, () => 'INVALID_ARGUMENT'));
  });

  it('refuse names that cannot be', async () => {
    expect(outcome(await access('a.b'))).toBe('INVALID_ARGUMENT');
    expect(outcome(await access('app', '-1'))).toBe('INVALID_ARGUMENT');
  });
});

describe('roles', () => {
  const attempts = {
    list: (token: string) => list(token),
    get: (token: string) => call('GET', inProject('secrets/app'), { token }),
    access: (token: string) => access('app', 'latest', { token }),
    versions: (token: string) => call('GET', inProject('secrets/app/versions'), { token }),
    add: (token: string) => add('app', 'new', { token }),
    disable: (token: string) =>
      call('POST', inProject('secrets/app/versions/1:disable'), { token, body: {} }),
    create: (token: string) =>
      call('POST', inProject('secrets?secretId=new'), {
        token,
        body: { replication: { automatic: {} } },
      }),
    delete: (token: string) => call('DELETE', inProject('secrets/app'), { token }),
  };

  it.each([
    ['roles/secretmanager.secretAccessor', ['access']],
    ['roles/secretmanager.viewer', ['list', 'get', 'versions']],
    ['roles/secretmanager.secretVersionAdder', ['add']],
    ['roles/secretmanager.secretVersionManager', ['versions', 'add', 'disable']],
    ['roles/secretmanager.admin', Object.keys(attempts)],
  ] as const)('%s may %j', async (role, allowed) => {
    const granted: string[] = [];
    const refusals = new Set<string>();
    for (const [name, attempt] of Object.entries(attempts)) {
      if (server.secrets().ids().length === 0) server.secrets().create('app');
      server.secrets().put('app', 'value');
      const result = await attempt(server.serviceAccount({ roles: [role] }).token());
      if (result.status === 200) granted.push(name);
      else refusals.add(outcome(result));
    }
    expect(granted).toEqual(allowed);
    refusals.delete('PERMISSION_DENIED IAM_PERMISSION_DENIED');
    expect([...refusals]).toEqual([]);
  });

  it('can be given on a single secret', async () => {
    server.secrets().put('mine', 'value');
    server.secrets().put('theirs', 'value');
    const on = inProject('secrets/mine');
    const grant: Grant = { role: 'roles/secretmanager.secretAccessor', on };
    const account = server.serviceAccount({ roles: [grant] });
    const read = (id: string) => access(id, 'latest', { token: account.token() });
    expect([valueOf(await read('mine')), valueOf(await read('theirs'))]).toEqual(['value', 403]);
    server.withdraw(account.member, 'roles/secretmanager.secretAccessor', on);
    expect(valueOf(await read('mine'))).toBe(403);
  });

  it('can be given by the API, and are reported by it', async () => {
    server.secrets().put('app', 'value');
    const account = server.serviceAccount({ roles: [] });
    const token = account.token();
    const bindings = [{ role: 'roles/secretmanager.secretAccessor', members: [account.member] }];
    const set = await call('POST', inProject('secrets/app:setIamPolicy'), {
      body: { policy: { bindings } },
    });
    expect(set.json).toMatchObject({ bindings });
    expect((await call('GET', inProject('secrets/app:getIamPolicy'))).json).toMatchObject({
      bindings,
    });
    expect(valueOf(await access('app', 'latest', { token }))).toBe('value');
    const test = (id: string, permissions: string[]) =>
      call('POST', inProject(`secrets/${id}:testIamPermissions`), { token, body: { permissions } });
    const asked = ['secretmanager.versions.add', 'secretmanager.versions.access'];
    expect((await test('app', asked)).json).toEqual({
      permissions: ['secretmanager.versions.access'],
    });
    expect((await test('missing', asked)).json).toEqual({});
    expect(outcome(await test('app', ['storage.buckets.get']))).toBe('INVALID_ARGUMENT');
  });

  it('on a secret end with it', async () => {
    const on = inProject('secrets/app');
    server.secrets().put('app', 'old');
    const grant: Grant = { role: 'roles/secretmanager.secretAccessor', on };
    const token = server.serviceAccount({ roles: [grant] }).token();
    expect(valueOf(await access('app', 'latest', { token }))).toBe('old');
    expect(outcome(await call('DELETE', on))).toBe('OK');
    server.secrets().put('app', 'new');
    expect(valueOf(await access('app', 'latest', { token }))).toBe(403);
  });

  it('do not reveal whether a secret exists', async () => {
    server.secrets().put('app', 'value');
    const token = server.serviceAccount({ roles: [] }).token();
    const messages = [];
    for (const id of ['app', 'missing']) {
      messages.push(errorOf(await access(id, '1', { token })).message.replace(id, 'X'));
    }
    expect(messages[0]).toBe(messages[1]);
  });
});

describe('endpoints', () => {
  const place = (location: string) => inProject(`locations/${location}/secrets`);

  it('serve only what is in their location', async () => {
    server.secrets(undefined, 'europe-west3').put('app', 'value');
    const west = server.regionalUrl('europe-west3');
    expect(outcome(await call('GET', place('europe-west3'), { url: west }))).toBe('OK');
    for (const [target, url] of [
      [place('europe-west3'), server.url],
      [place('europe-west3'), server.regionalUrl('us-east1')],
      [inProject('secrets'), west],
    ] as const) {
      expect(outcome(await call('GET', target, { url }))).toBe('INVALID_ARGUMENT');
    }
    expect(server.requests.map(({ endpoint }) => endpoint)).toEqual([
      'europe-west3',
      undefined,
      'us-east1',
      'europe-west3',
    ]);
  });

  it('are known by the names of Google too, as behind a proxy', async () => {
    const host = (name: string) => ({ headers: { Host: name } });
    const regional = host('secretmanager.us-east1.rep.googleapis.com');
    expect(outcome(await call('GET', place('us-east1'), regional))).toBe('OK');
    expect(outcome(await call('GET', inProject('secrets'), regional))).toBe('INVALID_ARGUMENT');
    const global = host('secretmanager.googleapis.com:443');
    expect(outcome(await call('GET', inProject('secrets'), global))).toBe('OK');
  });

  it('keep secrets of the same id apart', async () => {
    server.secrets().put('app', 'global');
    server.secrets(undefined, 'us-east1').put('app', 'regional');
    const url = server.regionalUrl('us-east1');
    const regional = await call('GET', `${place('us-east1')}/app/versions/1:access`, { url });
    expect([valueOf(await access('app')), valueOf(regional)]).toEqual(['global', 'regional']);
    const refused = await call('POST', `${place('us-east1')}?secretId=b`, {
      url,
      body: { replication: { automatic: {} } },
    });
    expect(outcome(refused)).toBe('INVALID_ARGUMENT');
  });
});

describe('time', () => {
  it('deletes an expired secret', async () => {
    await create('app', { replication: { automatic: {} }, ttl: '3600s' });
    expect(server.secrets().ids()).toEqual(['app']);
    server.tokenLifetime = 10 * 3600;
    const token = server.serviceAccount().token();
    server.clock.advance(hours(1));
    expect(outcome(await call('GET', inProject('secrets/app'), { token }))).toBe('NOT_FOUND');
    expect(server.secrets().ids()).toEqual([]);
  });

  it('destroys a version when its delay is over', async () => {
    server.secrets().put('app', 'one', { versionDestroyTtl: 86_400 });
    server.secrets().destroy('app', 1);
    expect(server.secrets().versions('app')).toMatchObject([{ state: 'DISABLED', value: 'one' }]);
    server.clock.advance(hours(24));
    await list();
    expect(server.secrets().versions('app')).toEqual([
      { number: 1, state: 'DESTROYED', value: undefined },
    ]);
  });
});

describe('lag', () => {
  const ids = async (): Promise<string[]> => {
    const { json } = await list();
    const { secrets = [] } = json as { secrets?: { name: string }[] };
    return secrets.map(({ name }) => name.replace(/^.*\//, ''));
  };

  it('shows lists, “latest” and aliases as they were, and a number as it is', async () => {
    server.clock.stop();
    server.secrets().put('app', 'one');
    server.lag = 60_000;
    expect(await ids()).toEqual([]);
    expect(valueOf(await access('app'))).toBe(404);
    expect(valueOf(await access('app', '1'))).toBe('one');
    server.clock.advance(60_000);
    expect(await ids()).toEqual(['app']);
    await patch('app', 'versionAliases', { versionAliases: { stable: '1' } });
    await add('app', 'two');
    expect(valueOf(await access('app'))).toBe('one');
    expect(valueOf(await access('app', 'stable'))).toBe(404);
    expect(valueOf(await access('app', '2'))).toBe('two');
    server.clock.advance(60_000);
    expect(valueOf(await access('app'))).toBe('two');
    expect(valueOf(await access('app', 'stable'))).toBe('one');
    server.secrets().remove('app');
    expect(await ids()).toEqual(['app']);
    server.clock.advance(60_000);
    expect(await ids()).toEqual([]);
  });

  it('shows states and labels of lists as they were', async () => {
    server.clock.stop();
    server.secrets().put('app', 'one', { labels: { stage: 'old' } });
    server.clock.advance(60_000);
    server.lag = 60_000;
    server.secrets().disable('app', 1);
    await patch('app', 'labels', { labels: { stage: 'new' } });
    const versions = () => call('GET', inProject('secrets/app/versions'));
    expect((await versions()).json).toMatchObject({ versions: [{ state: 'ENABLED' }] });
    expect((await list()).json).toMatchObject({ secrets: [{ labels: { stage: 'old' } }] });
    server.clock.advance(60_000);
    expect((await versions()).json).toMatchObject({ versions: [{ state: 'DISABLED' }] });
    expect((await list()).json).toMatchObject({ secrets: [{ labels: { stage: 'new' } }] });
  });
});

describe('quotas', () => {
  it('allow two changes of a global secret in a second, and 80 of a regional one', async () => {
    server.clock.stop();
    server.rates = googleRates;
    server.secrets().create('app');
    server.secrets(undefined, 'us-east1').create('app');
    const results = [await add('app', 'a'), await add('app', 'b'), await add('app', 'c')];
    expect(results.map(outcome)).toEqual(['OK', 'OK', 'RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED']);
    expect(results[2]?.status).toBe(429);
    server.clock.advance(500);
    expect(outcome(await add('app', 'd'))).toBe('OK');
    const regional = () =>
      call('POST', inProject('locations/us-east1/secrets/app:addVersion'), {
        url: server.regionalUrl('us-east1'),
        body: { payload: { data: 'eA==' } },
      });
    for (let n = 0; n < 80; n += 1) expect(outcome(await regional())).toBe('OK');
    expect(outcome(await regional())).toBe('RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED');
  });

  it('name the quota of the project', async () => {
    server.clock.stop();
    const quota = { metric: 'Access requests', name: 'Access requests per minute', limit: 3 };
    server.rates = [{ ...quota, operations: ['AccessSecretVersion'], seconds: 60, per: 'project' }];
    server.secrets().put('a', 'value');
    server.secrets().put('b', 'value');
    const reads = [await access('a'), await access('b'), await access('a')];
    expect(reads.map(valueOf)).toEqual(['value', 'value', 'value']);
    const number = server.projectNumber(server.project);
    const refused = errorOf(await access('b'));
    expect(refused.message).toBe(
      `Quota exceeded for quota metric 'Access requests' and limit 'Access requests per minute' of service 'secretmanager.googleapis.com' for consumer 'project_number:${number}'.`,
    );
    expect(refused.details?.[0]?.['metadata']).toMatchObject({
      quota_metric: 'secretmanager.googleapis.com/access_requests',
      quota_limit_value: '3',
    });
    server.clock.advance(20_000);
    expect(valueOf(await access('b'))).toBe('value');
  });
});

describe('lists', () => {
  it('can have short and empty pages', async () => {
    for (const id of ['a', 'b', 'c']) server.secrets().put(id, 'value');
    server.pageSizes = [1, 0, 2];
    const pages: number[] = [];
    let pageToken = '';
    do {
      const { json } = await call('GET', inProject(`secrets?pageToken=${pageToken}`));
      const page = json as { secrets?: unknown[]; nextPageToken?: string; totalSize: number };
      expect(page.totalSize).toBe(3);
      pages.push(page.secrets?.length ?? 0);
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(pages).toEqual([1, 0, 2]);
  });

  it.each(['pageSize=-1', 'pageSize=x', 'pageToken=x', 'filter=name', 'filter=(name:a'])(
    'refuse %s',
    async (query) => {
      expect(outcome(await call('GET', inProject(`secrets?${query}`)))).toBe('INVALID_ARGUMENT');
    },
  );
});

describe('filters', () => {
  const secret = {
    name: 'projects/1/secrets/app-API_KEY-production',
    createTime: '2026-05-01T00:00:00.000001Z',
    labels: { environment: 'production', 'app-id': 'x' },
    replication: {
      userManaged: { replicas: [{ location: 'us-east1' }, { location: 'us-west1' }] },
    },
  };

  it.each([
    ['', true],
    ['name:api_key', true],
    ['name:API*production', true],
    ['name:API*staging', false],
    ['labels.environment=production', true],
    ['labels.environment=prod', false],
    ['labels.environment:*', true],
    ['labels.other:*', false],
    ['labels.app-id="x"', true],
    ['labels.environment!=staging', true],
    ['create_time>2026-01-01T06:00:00Z AND create_time<2027-01-01T00:00:00Z', true],
    ['createTime<=2026-01-01T00:00:00Z', false],
    ['replication.automatic:*', false],
    ['replication.user_managed.replicas.location:us-west1', true],
    ['NOT replication.user_managed.replicas.location:us-west1', false],
    ['-name:other', true],
    ['name:other OR name:app', true],
    ['name:app labels.environment=staging', false],
    ['labels.environment=staging AND name:x OR name:app', false],
    ['(labels.environment=staging AND name:x) OR name:app', true],
  ])('%s', (filter, expected) => {
    expect(parseFilter(filter)(secret)).toBe(expected);
  });
});
