/** Test Connection, and its commonest mistakes: doing what each remedy says must end green. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckStep } from '@shared/model/connection';
import { startForwardProxy, type ForwardProxy } from '@test/servers/forward-proxy';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import { certificateFiles } from '@test/support/certificate-files';
import {
  collect,
  makeProvider,
  quickRuntime,
  signal,
  type ProviderParts,
} from '@test/support/google-secret-manager';
import type { SecretsProvider } from '../../provider';

const NAMES = ['secretmanager.googleapis.com', 'oauth2.googleapis.com'];
const { certificates, at } = certificateFiles();
const certificate = certificates.authority.issue({ names: NAMES });

let server: GoogleSecretManager;
let proxy: ForwardProxy;
let home: string;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startGoogleSecretManager({ tls: certificate });
  const here = `127.0.0.1:${String(server.port)}`;
  proxy = await startForwardProxy({ names: Object.fromEntries(NAMES.map((name) => [name, here])) });
  home = mkdtempSync(join(tmpdir(), 'strongroom-google-'));
  mkdirSync(join(home, '.config/gcloud'), { recursive: true });
});

afterEach(async () => {
  for (const each of providers.splice(0)) each.dispose();
  await proxy.stop();
  await server.close();
  rmSync(home, { recursive: true });
});

function check(parts: ProviderParts = {}): Promise<CheckStep[]> {
  const provider = makeProvider(
    {
      project: server.project,
      authentication: 'default',
      caFile: at('ca.pem'),
      proxy: 'typed',
      proxyUrl: proxy.url,
      ...parts,
    },
    { runtime: quickRuntime({ HOME: home }) },
  );
  providers.push(provider);
  return collect(provider.check({ signal }));
}

/** `gcloud auth application-default login`. */
const signIn = (credentials: unknown = server.user().credentials()): void => {
  writeFileSync(
    join(home, '.config/gcloud/application_default_credentials.json'),
    JSON.stringify(credentials),
  );
};

const ending = (steps: readonly CheckStep[], id: string): CheckStep | undefined =>
  steps.findLast((step) => step.id === id);
const endings = (steps: readonly CheckStep[]): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, status }) => [id, status]));

const green = {
  certificates: 'passed',
  proxy: 'passed',
  name: 'skipped',
  port: 'skipped',
  tls: 'passed',
  credentials: 'passed',
  token: 'passed',
  list: 'passed',
  read: 'passed',
  permissions: 'passed',
};

it('tells of each step what was found, and neither writes nor reads a value', async () => {
  server.secrets().put('app', '{}');
  server.secrets().put('shop-A', '1', { annotations: { 'strongroom-folder': 'shop/' } });
  server.secrets().put('shop-B', '2', { annotations: { 'strongroom-folder': 'shop/' } });
  signIn();
  const steps = await check();
  expect(endings(steps)).toEqual(green);
  expect(ending(steps, 'list')?.detail).toBe('3 found, in 2 environments');
  expect(ending(steps, 'read')?.detail).toBe('Permitted');
  expect(ending(steps, 'permissions')?.detail).toBe(
    'For shop-B: versions.access, versions.add, versions.list, secrets.delete\nNot checked, since it is granted by project: secrets.create',
  );
  const written = server.requests.filter(
    ({ service, method, operation }) =>
      service === 'secretmanager' && method !== 'GET' && operation !== 'TestIamPermissions',
  );
  expect(written).toEqual([]);
  expect(server.requests.map(({ operation }) => operation)).not.toContain('AccessSecretVersion');
});

it('is a warning only if there are no secrets, or they may be read only', async () => {
  signIn();
  expect(ending(await check(), 'list')).toMatchObject({
    status: 'warned',
    detail: 'None there yet',
    error: { remedy: { open: 'connection', field: 'project' } },
  });
  server.secrets().put('app', '{}');
  const reader = server.user({
    roles: ['roles/secretmanager.viewer', 'roles/secretmanager.secretAccessor'],
  });
  signIn(reader.credentials());
  const steps = await check();
  expect(endings(steps)).toEqual({ ...green, permissions: 'warned' });
  expect(ending(steps, 'permissions')?.error?.hint).toContain('Secret Version Adder');
});

it('says which secrets may not be read', async () => {
  server.secrets().put('mine', '{}');
  server.secrets().put('theirs', '{}');
  const user = server.user({
    roles: [
      'roles/secretmanager.viewer',
      {
        role: 'roles/secretmanager.secretAccessor',
        on: `projects/${server.project}/secrets/mine`,
      },
    ],
  });
  signIn(user.credentials());
  const read = ending(await check(), 'read');
  expect(read).toMatchObject({ status: 'warned', detail: '1 of 2 tried' });
  expect(read?.error?.message).toBe('Reading is refused for theirs.');
  server.withdraw(
    user.member,
    'roles/secretmanager.secretAccessor',
    `projects/${server.project}/secrets/mine`,
  );
  const refused = ending(await check(), 'read');
  expect(refused?.status).toBe('failed');
  expect(refused?.error?.hint).toContain('Secret Manager Secret Accessor');
});

describe('a common mistake', () => {
  beforeEach(() => {
    server.secrets().put('app', '{}');
  });

  it('is that the API is not enabled', async () => {
    signIn();
    server.setProject(server.project, { apiEnabled: false });
    const list = ending(await check(), 'list');
    const command = `gcloud services enable secretmanager.googleapis.com --project ${server.project}`;
    expect(list).toMatchObject({ status: 'failed', error: { remedy: { run: command } } });
    server.setProject(server.project, { apiEnabled: true });
    expect(endings(await check())).toEqual(green);
  });

  it('is a wrong project, which the key or the credentials know better', async () => {
    const key = {
      ...server.serviceAccount().newKey(),
      token_uri: 'https://oauth2.googleapis.com/token',
    };
    const steps = await check({ authentication: 'key', key, project: 'another-project' });
    const list = ending(steps, 'list');
    expect(list?.status).toBe('warned');
    expect(list?.error?.hint).toContain(`enter it as Project ID`);
    expect(list?.error?.details).toMatchObject({ field: 'project', suggestion: server.project });
    const project = list?.error?.details?.suggestion ?? '';
    expect(endings(await check({ authentication: 'key', key, project }))).toEqual(green);
  });

  it('is the role that reads and does not list', async () => {
    const user = server.user({ roles: ['roles/secretmanager.secretAccessor'] });
    signIn(user.credentials());
    const list = ending(await check(), 'list');
    expect(list?.status).toBe('warned');
    expect(list?.error?.hint).toContain('Secret Manager Viewer');
    server.grant(user.member, 'roles/secretmanager.viewer', `projects/${server.project}`);
    expect(endings(await check())).toEqual({ ...green, permissions: 'warned' });
  });

  it('is `gcloud auth login` in place of the login for programs', async () => {
    writeFileSync(join(home, '.config/gcloud/credentials.db'), '');
    const credentials = ending(await check(), 'credentials');
    expect(credentials).toMatchObject({
      status: 'failed',
      error: {
        code: 'CREDENTIALS_MISSING',
        remedy: { run: 'gcloud auth application-default login' },
      },
    });
    signIn();
    expect(endings(await check())).toEqual(green);
  });

  it('is a quota project that is missing', async () => {
    server.quotaProjectRequired = true;
    const user = server.user();
    signIn(user.credentials());
    const list = ending(await check(), 'list');
    expect(list).toMatchObject({
      status: 'failed',
      error: { details: { field: 'quotaProject', suggestion: server.project } },
    });
    expect(list?.error?.hint).toContain(`set-quota-project ${server.project}`);
    expect(list?.error?.hint).toContain('Service Usage Consumer');
    server.grant(
      user.member,
      'roles/serviceusage.serviceUsageConsumer',
      `projects/${server.project}`,
    );
    const quotaProject = list?.error?.details?.suggestion ?? '';
    expect(endings(await check({ quotaProject }))).toEqual(green);
    signIn(user.credentials(server.project));
    expect(endings(await check())).toEqual(green);
  });

  it('is a quota project that may not be used, has no API, or does not exist', async () => {
    const user = server.user();
    const consumer = 'roles/serviceusage.serviceUsageConsumer';
    server.grant(user.member, consumer, `projects/${server.project}`);
    server.setProject('quota-project', { apiEnabled: false });
    signIn(user.credentials('quota-project'));
    const error = async () => ending(await check(), 'list')?.error;
    expect(await error()).toMatchObject({
      code: 'PERMISSION_DENIED',
      details: { field: 'quotaProject', suggestion: server.project },
    });
    server.grant(user.member, consumer, 'projects/quota-project');
    expect(await error()).toMatchObject({
      remedy: {
        run: 'gcloud services enable secretmanager.googleapis.com --project quota-project',
      },
      details: { field: 'quotaProject' },
    });
    server.setProject('quota-project', { apiEnabled: true });
    expect(endings(await check())).toEqual(green);
    signIn(user.credentials('no-such-project'));
    expect(await error()).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'quotaProject', suggestion: server.project },
    });
    signIn(user.credentials(server.project));
    expect(endings(await check())).toEqual(green);
  });
});
