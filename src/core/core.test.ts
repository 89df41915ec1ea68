/** The core as a host uses it: real database, real providers, stand-in servers, through the router. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import type { CheckStep, ConnectionForm } from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import type { PullSummary } from '@shared/model/transfer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { openCore, type Core } from './core';
import { createWindowRouter, windowContext, type WindowRouter } from '@server/window/router';
import { all, summaryOf } from '@test/support/core';
import { awsForm, vaultForm as vaultFormOf } from '@test/support/forms';
import { MemoryKeychain } from '@test/support/memory-keychain';

type Client = RouterClient<WindowRouter>;

let dataDirectory: string;
let keychain: MemoryKeychain;
let core: Core;
let client: Client;
let workspaceId: string;
let vault: VaultServer;

async function start(): Promise<void> {
  core = await openCore({ host: 'browser', version: '0.0.0', dataDirectory, keychain });
  client = createRouterClient(createWindowRouter(core), windowContext);
  workspaceId = (await client.workspaces.list()).currentId;
}

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-app-'));
  keychain = new MemoryKeychain();
  vault = await startVaultServer();
  await start();
});

afterEach(async () => {
  await core.close();
  await vault.close();
  await rm(dataDirectory, { recursive: true });
});

async function restart(): Promise<void> {
  await core.close();
  await start();
}

const vaultForm = (values: FormValues = {}, token = vault.rootToken): ConnectionForm =>
  vaultFormOf(workspaceId, vault, token, { values });

const pullAll = async (): Promise<PullSummary> =>
  summaryOf(client.transfer.pullAll({ workspaceId }));

const failed = (steps: readonly CheckStep[]): CheckStep | undefined =>
  steps.find(({ status }) => status === 'failed');

/** Everything that lies under the data directory, as one text. */
async function onDisk(): Promise<string> {
  const names = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  return contents.join('\n');
}

describe('a fresh install', () => {
  it('uses the local vault, and has one workspace and no environment', async () => {
    const settings = await client.connections.settings({ workspaceId });
    expect(settings.provider).toBe('local-vault');
    expect(settings.source).toBe('global');
    expect(await client.environments.list({ workspaceId })).toEqual([]);
    expect(await pullAll()).toMatchObject({ created: [], existing: [], skipped: [], missing: [] });
  });
});

describe('settings', () => {
  it('come back without their credentials, which are on the disk only sealed', async () => {
    const saved = await client.connections.save(vaultForm({}, 'hvs.very-secret-token'));
    expect(saved.providers['hashicorp-vault'].savedCredentials).toEqual(['token']);
    expect(JSON.stringify(saved)).not.toContain('very-secret');
    await restart();
    const again = await client.connections.settings({ workspaceId });
    expect(again).toEqual(saved);
    expect(await onDisk()).not.toContain('very-secret');
  });

  it('are refused as a whole when a field is wrong, and nothing is stored', async () => {
    const call = client.connections.save(vaultForm({ url: `${vault.url}/v1/` }));
    await expect(call).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      data: { details: { field: 'url' } },
    });
    expect((await client.connections.settings({ workspaceId })).provider).toBe('local-vault');
  });

  it('need their credentials, stored or typed', async () => {
    const form = vaultForm();
    const without = { ...form, credentials: {} };
    await expect(client.connections.save(without)).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      data: { details: { field: 'token' } },
    });
    await client.connections.save(form);
    await client.connections.save(without);
    const removed = { ...form, credentials: { token: { action: 'remove' as const } } };
    const { providers } = await client.connections.save(removed);
    expect(providers['hashicorp-vault'].savedCredentials).toEqual([]);
    await expect(pullAll()).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'No Token is stored.',
    });
  });

  it('keep what was entered for a provider while another is in use', async () => {
    await client.connections.save(vaultForm());
    await client.connections.save({
      workspaceId,
      provider: 'local-vault',
      values: { autoSync: false },
      credentials: {},
    });
    const { provider, providers } = await client.connections.settings({ workspaceId });
    expect(provider).toBe('local-vault');
    expect(providers['hashicorp-vault'].values['url']).toBe(vault.url);
    expect(providers['hashicorp-vault'].savedCredentials).toEqual(['token']);
  });
});

describe('Test Connection', () => {
  it('tests the form as it stands and stores nothing', async () => {
    const steps = await all(client.connections.test(vaultForm()));
    expect(failed(steps)).toBeUndefined();
    expect((await client.connections.settings({ workspaceId })).provider).toBe('local-vault');
    expect(await onDisk()).not.toContain(vault.url);
  });

  it('names the step that failed', async () => {
    const steps = await all(client.connections.test(vaultForm({}, 'wrong')));
    expect(failed(steps)?.error?.code).toBe('TOKEN_INVALID');
    expect(JSON.stringify(steps)).not.toContain('wrong');
  });
});

describe.skipIf(process.platform === 'win32')('a CA file that never answers', () => {
  it('fails its step of the test at once, and holds up nothing else', async () => {
    const caFile = join(dataDirectory, 'ca.pem');
    execFileSync('mkfifo', [caFile]);
    const form = vaultForm({ caFile });
    // More than Node has threads for files.
    const tests = Array.from({ length: 6 }, () => all(client.connections.test(form)));
    const values = { workspaceId, name: 'local' };
    const { id } = await client.environments.create(values);
    expect((await client.environments.open({ id })).variables).toEqual([]);
    for (const steps of await Promise.all(tests)) {
      expect(failed(steps)).toMatchObject({
        id: 'certificates',
        error: {
          code: 'INVALID_CONFIGURATION',
          message: `CA certificate file: ${caFile} is a named pipe and not a regular file.`,
          remedy: { open: 'connection', field: 'caFile' },
        },
      });
    }
  });
});

describe('Pull All', () => {
  it('makes an environment for each secret and fetches its values', async () => {
    vault.kv('secret').put('production', {
      API_KEY: 'sk-live-1',
      PORT: 5432,
      ON: true,
      NOPE: null,
      LIMITS: { a: 1 },
    });
    vault.kv('secret').put('billing/eu', { CERT: 'a\nb\nc', EMPTY: '' });
    await client.connections.save(vaultForm());
    const summary = await pullAll();
    expect(summary).toMatchObject({
      created: ['billing/eu', 'production'],
      existing: [],
      skipped: [],
    });

    const environments = await client.environments.list({ workspaceId });
    expect(environments.map(({ name, state, revision }) => [name, state, revision])).toEqual([
      ['billing/eu', 'loaded', 'v1'],
      ['production', 'loaded', 'v1'],
    ]);
    const production = environments.find(({ name }) => name === 'production');
    const { variables } = await client.environments.open({ id: production!.id });
    expect(variables).toEqual([
      { key: 'API_KEY', kind: 'text', secret: true },
      { key: 'LIMITS', kind: 'nested', secret: true, nested: 'object', entries: 1 },
      { key: 'NOPE', kind: 'null', secret: false, literal: 'null' },
      { key: 'ON', kind: 'boolean', secret: false, literal: 'true' },
      { key: 'PORT', kind: 'number', secret: false, literal: '5432' },
    ]);
    expect(await client.environments.reveal({ id: production!.id, key: 'API_KEY' })).toEqual({
      value: 'sk-live-1',
    });

    expect(await pullAll()).toMatchObject({ created: [], existing: ['billing/eu', 'production'] });
  });

  it('leaves no value on the disk, and none in memory after a restart', async () => {
    vault.kv('secret').put('production', { API_KEY: 'sk-live-not-on-disk' });
    await client.connections.save(vaultForm());
    await pullAll();
    const [environment] = await client.environments.list({ workspaceId });
    await client.environments.reveal({ id: environment!.id, key: 'API_KEY' });
    await client.environments.copy({ id: environment!.id, key: 'API_KEY' });
    expect(await onDisk()).not.toContain('sk-live-not-on-disk');
    await restart();
    expect(await onDisk()).not.toContain('sk-live-not-on-disk');
    const [after] = await client.environments.list({ workspaceId });
    expect(after).toMatchObject({ name: 'production', state: 'not-loaded', revision: 'v1' });
    await expect(
      client.environments.reveal({ id: after!.id, key: 'API_KEY' }),
    ).rejects.toMatchObject({
      code: 'VALUES_NOT_LOADED',
    });
    const pulled = await client.environments.pull({ id: after!.id });
    expect(pulled.environment.state).toBe('loaded');
  });

  it('is an error when the listing fails, and takes nothing away', async () => {
    vault.kv('secret').put('production', { A: '1' });
    await client.connections.save(vaultForm());
    await pullAll();
    vault.state = 'sealed';
    await expect(pullAll()).rejects.toMatchObject({ code: 'SERVER_SEALED' });
    const [environment] = await client.environments.list({ workspaceId });
    expect(environment?.state).toBe('loaded');
    expect((await client.connections.status({ workspaceId })).state).toBe('failed');
  });

  it('skips what cannot be read and says why', async () => {
    const kv = vault.kv('secret');
    kv.put('open', { A: '1' });
    kv.put('deleted', { A: '1' });
    kv.delete('deleted');
    await client.connections.save(vaultForm());
    expect((await pullAll()).created).toEqual(['open']);
    kv.delete('open');
    const summary = await pullAll();
    expect(summary.skipped.map(({ path, error }) => [path, error.code])).toEqual([
      ['open', 'SECRET_DELETED'],
    ]);
    // No environment uses this one, so nothing is wrong.
    expect(summary.deleted.map(({ path, error }) => [path, error.code])).toEqual([
      ['deleted', 'SECRET_DELETED'],
    ]);
  });

  it('ends at a folder that lists an entry without a name, and finds all others', async () => {
    const answer = (keys: readonly string[]) =>
      ({ kind: 'answer', status: 200, body: { request_id: 'r', data: { keys } } }) as const;
    vault.kv('secret').put('config/ts3', { A: '1' });
    vault.faults.add({
      match: { method: 'LIST', path: 'secret/metadata/config' },
      effect: answer(['', 'ts3']),
    });
    await client.connections.save(vaultForm());
    const summary = await pullAll();
    expect(summary.created).toEqual(['config/ts3']);
    expect(summary.skipped.map(({ path, error }) => [path, error.message])).toEqual([
      ['config/', 'The provider lists an entry without a name here.'],
    ]);
  });

  it('pulls the folders of a policy that leaves out the root', async () => {
    vault.kv('secret').put('team/app', { A: '1' });
    vault.policy('team', { 'secret/data/team/*': ['read'], 'secret/metadata/team/*': ['list'] });
    await client.connections.save(vaultForm({}, vault.token({ policies: ['team'] })));
    const summary = await pullAll();
    expect(summary.created).toEqual(['team/app']);
    expect(summary.skipped.map(({ path, error }) => [path, error.code])).toEqual([
      ['/', 'PERMISSION_DENIED'],
    ]);
    vault.kv('secret').remove('team/app');
    vault.kv('secret').put('team/other', { A: '1' });
    // The path may be in a folder that was not seen.
    expect((await pullAll()).missing).toEqual([]);
  });

  it('names environments whose secret is gone, and keeps them', async () => {
    vault.kv('secret').put('old', { A: '1' });
    await client.connections.save(vaultForm());
    await pullAll();
    vault.kv('secret').remove('old');
    vault.kv('secret').put('new', { A: '1' });
    expect((await pullAll()).missing).toEqual(['old']);
    expect((await client.environments.list({ workspaceId })).length).toBe(2);
  });

  it('runs once at a time', async () => {
    vault.kv('secret').put('production', { A: '1' });
    await client.connections.save(vaultForm());
    const running = await client.transfer.pullAll({ workspaceId });
    await running.next();
    await expect(pullAll()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await all(running);
    await pullAll();
  });

  it('stops when it is cancelled, and keeps what it has', async () => {
    const kv = vault.kv('secret');
    for (let index = 0; index < 1500; index += 1) kv.put(`env-${String(index)}`, { A: '1' });
    await client.connections.save(vaultForm());
    const abort = new AbortController();
    const events = await client.transfer.pullAll({ workspaceId }, { signal: abort.signal });
    await expect(
      (async () => {
        for await (const event of events) {
          if (event.type === 'reading' && event.done > 0) abort.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    const kept = await client.environments.list({ workspaceId });
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(1500);
    expect(kept.every(({ state }) => state === 'loaded')).toBe(true);
    const summary = await pullAll();
    expect(summary.created.length + summary.existing.length).toBe(1500);
  });
});

describe('Auto Sync', () => {
  it('pulls once after a start where it is on', async () => {
    vault.kv('secret').put('production', { A: '1' });
    await client.connections.save(vaultForm({ autoSync: true }));
    await restart();
    expect((await summaryOf(client.transfer.autoSync({ workspaceId }))).created).toEqual([
      'production',
    ]);
    expect(await all(client.transfer.autoSync({ workspaceId }))).toEqual([]);
  });

  it('makes no request where it is off', async () => {
    await client.connections.save(vaultForm());
    await restart();
    expect(await all(client.transfer.autoSync({ workspaceId }))).toEqual([]);
    expect(vault.requests).toEqual([]);
  });
});

describe('values', () => {
  it('leave the memory when other settings are saved', async () => {
    vault.kv('secret').put('production', { A: '1' });
    vault.mount('other', { version: 2 });
    await client.connections.save(vaultForm());
    await pullAll();
    await client.connections.save(vaultForm({ enginePath: 'other' }));
    const [environment] = await client.environments.list({ workspaceId });
    expect(environment?.state).toBe('not-loaded');
    expect((await client.environments.open({ id: environment!.id })).variables).toEqual([]);
  });

  it('leave the memory when it is locked', async () => {
    vault.kv('secret').put('production', { A: '1' });
    await client.connections.save(vaultForm());
    await pullAll();
    await client.security.lock();
    await client.security.unlock({});
    expect((await client.environments.list({ workspaceId }))[0]?.state).toBe('not-loaded');
  });

  it('need a new AppRole login after it was locked', async () => {
    vault.policy('reader', {
      'secret/data/*': ['read'],
      'secret/metadata/*': ['list', 'read'],
    });
    const role = vault.appRole({ policies: ['reader'] });
    await client.connections.save({
      ...vaultForm({ authentication: 'approle', roleId: role.roleId }),
      credentials: { secretId: { action: 'replace', value: role.secretId } },
    });
    await pullAll();
    await pullAll();
    expect(vault.logins).toBe(1);
    await client.security.lock();
    await client.security.unlock({});
    await pullAll();
    expect(vault.logins).toBe(2);
  });

  it('show up in the activity log as keys only', async () => {
    vault.kv('secret').put('production', { API_KEY: 'sk-live-1' });
    await client.connections.save(vaultForm());
    await pullAll();
    const [environment] = await client.environments.list({ workspaceId });
    await client.environments.reveal({ id: environment!.id, key: 'API_KEY' });
    await client.environments.copy({ id: environment!.id, key: 'API_KEY' });
    const entries = await client.activity.list({ workspaceId, limit: 10 });
    expect(entries.map(({ action, detail }) => [action, detail])).toEqual([
      ['copied', 'API_KEY'],
      ['revealed', 'API_KEY'],
      ['pulled-all', '1 created, 0 already there, 0 skipped'],
      ['configured', 'HashiCorp Vault'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('sk-live');
  });
});

describe('without a keychain', () => {
  beforeEach(async () => {
    await core.close();
    keychain = new MemoryKeychain();
    keychain.problem = 'There is none.';
    await start();
  });

  it('asks how credentials shall be kept before it stores any', async () => {
    await expect(client.connections.save(vaultForm())).rejects.toMatchObject({
      code: 'KEY_CHOICE_NEEDED',
    });
    expect(await onDisk()).not.toContain(vault.rootToken);
  });

  it('keeps them for the session only, when that is chosen', async () => {
    await client.security.choose({ choice: { mode: 'session' } });
    await client.connections.save(vaultForm());
    vault.kv('secret').put('production', { A: '1' });
    expect((await pullAll()).created).toEqual(['production']);
    await restart();
    const { providers } = await client.connections.settings({ workspaceId });
    expect(providers['hashicorp-vault'].savedCredentials).toEqual([]);
    expect(providers['hashicorp-vault'].values['url']).toBe(vault.url);
    await expect(pullAll()).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
  });

  it('keeps them behind a passphrase, when that is chosen', async () => {
    await client.security.choose({ choice: { mode: 'passphrase', passphrase: 'correct horse' } });
    await client.connections.save(vaultForm());
    await restart();
    expect((await client.security.protection()).locked).toBe(true);
    await expect(pullAll()).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await expect(client.security.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    expect((await client.security.unlock({ passphrase: 'correct horse' })).locked).toBe(false);
    await pullAll();
  });
});

describe('AWS Secrets Manager', () => {
  let aws: SecretsManagerServer;

  beforeEach(async () => {
    aws = await startSecretsManagerServer();
  });

  afterEach(async () => {
    await aws.stop();
  });

  it('brings maps, plain text and binary, each as what it is', async () => {
    aws.put('production', '{"DB_HOST":"db.prod.internal","BIG":12345678901234567890}');
    aws.put('plain', 'just a text');
    aws.put('binary', Buffer.from([0, 1, 2, 255]));
    await client.connections.save(awsForm(workspaceId, aws, aws.accessKey({ allow: ['*'] })));
    const summary = await pullAll();
    expect(summary.created).toEqual(['plain', 'production']);
    expect(summary.skipped.map(({ path, error }) => [path, error.code])).toEqual([
      ['binary', 'BINARY_VALUE'],
    ]);

    const environments = await client.environments.list({ workspaceId });
    const open = async (name: string) =>
      client.environments.open({ id: environments.find((each) => each.name === name)!.id });
    expect((await open('production')).variables).toEqual([
      { key: 'DB_HOST', kind: 'text', secret: true },
      { key: 'BIG', kind: 'number', secret: false, literal: '12345678901234567890' },
    ]);
    expect(await open('plain')).toMatchObject({ shape: 'text', variables: [{ kind: 'text' }] });
    const binary = await open('binary');
    expect(binary).toMatchObject({ shape: 'binary', variables: [{ kind: 'binary', bytes: 4 }] });
    await expect(
      client.environments.reveal({ id: binary.environment.id, key: binary.variables[0]!.key }),
    ).rejects.toMatchObject({ code: 'BINARY_VALUE' });
  });

  it('makes no call before it was chosen and tested, saved or pulled', async () => {
    await client.connections.settings({ workspaceId });
    await client.connections.status({ workspaceId });
    await all(client.transfer.autoSync({ workspaceId }));
    expect(aws.requests).toEqual([]);
  });
});
