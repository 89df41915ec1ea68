/** Global defaults and settings of one workspace alone, against servers that tell whom they heard from. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { VaultServer } from '@test/servers/vault/server';
import { all, startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { awsForm, vaultForm } from '@test/support/forms';

const SHARED_TOKEN = 'hvs.of-everybody';
const OWN_TOKEN = 'hvs.of-payments-alone';

let core: TestCore;
let client: TestCore['client'];
let first: string;
let second: string;
let shared: RecordedVault;
let own: RecordedVault;

beforeEach(async () => {
  core = await startCore();
  client = core.client;
  first = core.workspaceId;
  second = (await client.workspaces.create({ name: 'Payments' })).id;
  shared = await startRecorded(SHARED_TOKEN, 'shared-value');
  own = await startRecorded(OWN_TOKEN, 'own-value');
  await client.connections.save(vaultForm(first, shared, SHARED_TOKEN));
});

/** A stand-in for Vault that takes one token, behind a server that notes which tokens are sent. */
interface RecordedVault {
  readonly url: string;
  readonly vault: VaultServer;
  readonly tokens: Set<string>;
}

async function startRecorded(token: string, value: string): Promise<RecordedVault> {
  const vault = await startTestVault();
  vault.token({ id: token, policies: ['root'] });
  vault.kv('secret').put('production', { API_KEY: value });
  const tokens = new Set<string>();
  const sockets = new Set<Socket>();
  const recorder = createServer((client) => {
    const server = connect(vault.port, '127.0.0.1');
    let heard = '';
    client.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      for (const [, sent = ''] of heard.matchAll(/^x-vault-token: (\S+)\r$/gim)) tokens.add(sent);
    });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => {
    recorder.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    recorder.close();
  });
  const { port } = recorder.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, vault, tokens };
}

const overrideSecond = () =>
  client.connections.save(vaultForm(second, own, OWN_TOKEN, { scope: 'workspace' }));

const pull = (workspaceId: string) => all(client.transfer.pullAll({ workspaceId }));

/** The value of production's variable as a workspace sees it; `undefined` while it is not in memory. */
async function seen(workspaceId: string): Promise<string | undefined> {
  const environments = await client.environments.list({ workspaceId });
  const environment = environments.find(({ name }) => name === 'production');
  if (environment?.state !== 'loaded') return undefined;
  return (await client.environments.reveal({ id: environment.id, key: 'API_KEY' })).value;
}

describe('saving', () => {
  it('is for every workspace without settings of its own, where the defaults are shown', async () => {
    const settings = await client.connections.settings({ workspaceId: second });
    expect(settings).toMatchObject({ source: 'global', provider: 'hashicorp-vault' });
    await pull(second);
    expect(await seen(second)).toBe('shared-value');
  });

  it('for the workspace gives it settings of its own, and leaves the defaults as they were', async () => {
    expect(await overrideSecond()).toMatchObject({
      source: 'workspace',
      providers: { 'hashicorp-vault': { values: { url: own.url }, savedCredentials: ['token'] } },
    });
    expect(await client.connections.settings({ workspaceId: first })).toMatchObject({
      source: 'global',
      providers: { 'hashicorp-vault': { values: { url: shared.url } } },
    });
    const { workspaces } = await client.workspaces.list();
    expect(workspaces.map(({ ownConfiguration }) => ownConfiguration)).toEqual([false, true]);
  });

  it('without a scope goes where the settings came from', async () => {
    await overrideSecond();
    await client.connections.save(
      vaultForm(second, own, OWN_TOKEN, { values: { autoSync: true } }),
    );
    const autoSync = async (workspaceId: string) => {
      const { providers } = await client.connections.settings({ workspaceId });
      return providers['hashicorp-vault'].values['autoSync'];
    };
    expect([await autoSync(first), await autoSync(second)]).toEqual([false, true]);
  });

  it('the defaults from a workspace that has its own changes the others', async () => {
    await overrideSecond();
    const form = vaultForm(second, own, OWN_TOKEN, { scope: 'global' });
    expect(await client.connections.save(form)).toMatchObject({ source: 'workspace' });
    await pull(first);
    expect(await seen(first)).toBe('own-value');
  });

  it('for the workspace does not take the credentials of the defaults', async () => {
    const form = { ...vaultForm(second, shared, '', { scope: 'workspace' }), credentials: {} };
    await expect(client.connections.save(form)).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
    });
    await expect(all(client.connections.test(form))).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
    });
    expect(await client.connections.settings({ workspaceId: second })).toMatchObject({
      source: 'global',
    });
    expect([...shared.tokens]).toEqual([]);
  });
});

describe('two workspaces', () => {
  it('with settings of their own never see values or send credentials of each other', async () => {
    await overrideSecond();
    await Promise.all([pull(first), pull(second)]);
    expect([await seen(first), await seen(second)]).toEqual(['shared-value', 'own-value']);
    const { id } = await environmentOf(second);
    const { base = '' } = await client.environments.open({ id });
    const changes = { edits: [{ key: 'API_KEY', value: 'changed' }], additions: [] };
    await client.environments.save({ id, base, changes });

    expect([...shared.tokens]).toEqual([SHARED_TOKEN]);
    expect([...own.tokens]).toEqual([OWN_TOKEN]);
    expect(shared.vault.kv('secret').read('production')).toEqual({ API_KEY: 'shared-value' });
    expect(own.vault.kv('secret').read('production')).toEqual({ API_KEY: 'changed' });
    expect(await seen(first)).toBe('shared-value');
  });

  it('with settings of their own for AWS send each their own key', async () => {
    const aws = [await startTestAws(), await startTestAws()] as const;
    const keys = [aws[0].accessKey(), aws[1].accessKey()] as const;
    for (const [index, server] of aws.entries()) {
      server.put('production', `{"API_KEY":"value-${String(index)}"}`);
    }
    await client.connections.save(awsForm(first, aws[0], keys[0], { scope: 'global' }));
    await client.connections.save(awsForm(second, aws[1], keys[1], { scope: 'workspace' }));
    await Promise.all([pull(first), pull(second)]);
    expect([await seen(first), await seen(second)]).toEqual(['value-0', 'value-1']);
    const keysAt = aws.map(({ requests }) => [
      ...new Set(requests.map(({ accessKeyId }) => accessKeyId)),
    ]);
    expect(keysAt).toEqual(keys.map(({ accessKeyId }) => [accessKeyId]));
  });

  it('on the same settings share what they read from, and not what they read', async () => {
    await pull(first);
    expect(await seen(first)).toBe('shared-value');
    expect(await client.environments.list({ workspaceId: second })).toEqual([]);
    shared.vault.kv('secret').put('production', { API_KEY: 'newer' });
    await pull(second);
    expect([await seen(first), await seen(second)]).toEqual(['shared-value', 'newer']);
  });

  it('do not end each other’s work by settings of their own', async () => {
    const gate = shared.vault.faults.gate({ method: 'GET', path: 'secret/data/*' });
    const pulling = pull(first);
    await gate.reached;
    await overrideSecond();
    await client.connections.useGlobal({ workspaceId: second });
    gate.open();
    expect((await pulling).at(-1)).toMatchObject({ created: ['production'] });
    expect(await seen(first)).toBe('shared-value');
  });
});

describe('saved settings', () => {
  it('empty the memory of exactly the workspaces that use them', async () => {
    await overrideSecond();
    const third = (await client.workspaces.create({ name: 'Third' })).id;
    for (const workspaceId of [first, second, third]) await pull(workspaceId);

    await client.connections.save(
      vaultForm(second, own, OWN_TOKEN, { values: { autoSync: true } }),
    );
    expect([await seen(first), await seen(second), await seen(third)]).toEqual([
      'shared-value',
      undefined,
      'shared-value',
    ]);
    await pull(second);
    await client.connections.save(vaultForm(third, shared, SHARED_TOKEN));
    expect([await seen(first), await seen(second), await seen(third)]).toEqual([
      undefined,
      'own-value',
      undefined,
    ]);
  });

  it('that are the same as before empty nothing', async () => {
    await pull(first);
    await client.connections.save({ ...vaultForm(first, shared, ''), credentials: {} });
    expect(await seen(first)).toBe('shared-value');
  });

  it('end what is under way with the ones before, and nothing of it is kept', async () => {
    const { faults, kv } = shared.vault;
    kv('secret').put('staging', { API_KEY: 'staging' });
    // So long that the server reports its arrival at once.
    faults.add({ match: { method: 'GET', path: 'secret/data/production' }, delayMs: 150 });
    const gate = faults.gate({ method: 'GET', path: 'secret/data/staging' });
    const pulling = async (): Promise<void> => {
      for await (const event of await client.transfer.pullAll({ workspaceId: first })) {
        if (event.type !== 'reading' || event.done !== 1) continue;
        await client.connections.save(vaultForm(first, own, OWN_TOKEN));
      }
    };
    expect(await failureOf(pulling())).toMatchObject({
      code: 'INTERRUPTED',
      message: 'The connection settings were changed while this was running.',
    });
    gate.open();
    expect(await client.environments.list({ workspaceId: first })).toEqual([]);
    await pull(first);
    expect(await seen(first)).toBe('own-value');
    expect([...own.tokens]).toEqual([OWN_TOKEN]);
  });

  it('end a push, and say so', async () => {
    await pull(first);
    const { id } = await environmentOf(first);
    const { base = '' } = await client.environments.open({ id });
    const gate = shared.vault.faults.gate({ method: 'POST' });
    const changes = { edits: [{ key: 'API_KEY', value: 'changed' }], additions: [] };
    const failure = failureOf(client.environments.save({ id, base, changes }));
    await gate.reached;
    await client.connections.save(vaultForm(first, own, OWN_TOKEN));
    expect(await failure).toMatchObject({ code: 'INTERRUPTED' });
    gate.open();
    // The environment is not at fault: it can be pulled from what is configured now.
    expect(await environmentOf(first)).toMatchObject({ state: 'not-loaded' });
  });
});

describe('settings saved during Push All', () => {
  it('end it, and nothing of its plan goes to another server', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `env-${String(index)}`);
    for (const name of names) await core.create(name, { A: '1' });
    const ids = (await core.environments()).map(({ id }) => id);
    const gate = shared.vault.faults.gate({ method: 'POST', path: /^secret\/data\// });
    const failure = failureOf(
      all(client.transfer.pushAll({ workspaceId: first, drafts: [], ids })),
    );
    await gate.reached;
    await client.connections.save(vaultForm(first, own, OWN_TOKEN));
    expect(await failure).toMatchObject({ code: 'INTERRUPTED' });
    gate.open();
    expect(own.vault.kv('secret').paths()).toEqual(['production']);
    expect((await core.environments()).every(({ synced }) => !synced)).toBe(true);
    expect(await core.values(ids[0] ?? '')).toEqual({ A: '1' });
  });
});

describe('locking', () => {
  it('ends what is under way, and nothing of it comes into memory', async () => {
    await pull(first);
    const gate = shared.vault.faults.gate({ method: 'GET', path: 'secret/data/*' });
    const failure = failureOf(pull(first));
    await gate.reached;
    await client.security.lock();
    expect(await failure).toMatchObject({
      code: 'INTERRUPTED',
      message: 'Strongroom was locked while this was running.',
    });
    gate.open();
    await client.security.unlock({});
    expect(await seen(first)).toBeUndefined();
  });
});

describe('Override for this workspace', () => {
  it('begins with the defaults, without their credentials', async () => {
    const settings = await client.connections.override({ workspaceId: second });
    expect(settings).toMatchObject({
      source: 'workspace',
      provider: 'hashicorp-vault',
      providers: {
        'hashicorp-vault': { saved: true, values: { url: shared.url }, savedCredentials: [] },
        'aws-secrets-manager': { saved: false },
      },
    });
    await expect(pull(second)).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
    expect([...shared.tokens]).toEqual([]);
    await pull(first);
    expect(await seen(first)).toBe('shared-value');
  });

  it('copies what was set up for providers that are not in use as well', async () => {
    const aws = await startTestAws();
    await client.connections.save(awsForm(first, aws, aws.accessKey()));
    const { provider, providers } = await client.connections.override({ workspaceId: second });
    expect(provider).toBe('aws-secrets-manager');
    expect(providers['hashicorp-vault']).toMatchObject({
      saved: true,
      values: { url: shared.url },
    });
    expect(providers['aws-secrets-manager'].values['endpoint']).toBe(aws.endpoint);
  });

  it('works on a fresh install, where nothing was saved yet', async () => {
    const fresh = await startCore();
    const { workspaceId } = fresh;
    const settings = await fresh.client.connections.override({ workspaceId });
    expect(settings).toMatchObject({ source: 'workspace', provider: 'local-vault' });
  });

  it('changes nothing, and logs nothing, where there is one already', async () => {
    const before = await overrideSecond();
    await pull(second);
    expect(await client.connections.override({ workspaceId: second })).toEqual(before);
    expect(await seen(second)).toBe('own-value');
    const entries = await client.activity.list({ workspaceId: second, limit: 10 });
    expect(entries.filter(({ action }) => action === 'configuration-overridden')).toEqual([]);
  });

  it('takes the values of the defaults out of memory', async () => {
    await pull(second);
    await client.connections.override({ workspaceId: second });
    expect(await seen(second)).toBeUndefined();
    // Not only out of sight: the very same settings do not bring them back.
    await client.connections.useGlobal({ workspaceId: second });
    expect(await seen(second)).toBeUndefined();
  });
});

describe('Use global defaults', () => {
  it('forgets the settings, the credentials and the values of the workspace alone', async () => {
    await overrideSecond();
    await Promise.all([pull(first), pull(second)]);
    expect(await client.connections.useGlobal({ workspaceId: second })).toMatchObject({
      source: 'global',
      providers: {
        'hashicorp-vault': { values: { url: shared.url }, savedCredentials: ['token'] },
      },
    });
    expect([await seen(first), await seen(second)]).toEqual(['shared-value', undefined]);
    own.tokens.clear();
    await pull(second);
    expect(await seen(second)).toBe('shared-value');
    expect([...own.tokens]).toEqual([]);
  });

  it('leaves nothing behind for the next override', async () => {
    await overrideSecond();
    await pull(second);
    await client.connections.useGlobal({ workspaceId: second });
    const { providers } = await client.connections.override({ workspaceId: second });
    expect(providers['hashicorp-vault']).toMatchObject({
      values: { url: shared.url },
      savedCredentials: [],
    });
    await overrideSecond();
    expect(await seen(second)).toBeUndefined();
  });

  it('leaves nothing behind even where the settings were those of the defaults', async () => {
    shared.vault.token({ id: OWN_TOKEN, policies: ['root'] });
    await client.connections.save(vaultForm(second, shared, OWN_TOKEN, { scope: 'workspace' }));
    await pull(second);
    await client.connections.useGlobal({ workspaceId: second });
    await client.connections.override({ workspaceId: second });
    expect(await seen(second)).toBeUndefined();
    expect((await client.connections.status({ workspaceId: second })).state).toBe('unknown');
    await expect(pull(second)).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
  });

  it('changes nothing, and logs nothing, where they are in use', async () => {
    await pull(second);
    await client.connections.useGlobal({ workspaceId: second });
    expect(await seen(second)).toBe('shared-value');
    const entries = await client.activity.list({ workspaceId: second, limit: 10 });
    expect(entries.filter(({ action }) => action === 'global-defaults-used')).toEqual([]);
  });
});

it('is recorded in the log: the defaults in every workspace, the rest in its own', async () => {
  await client.connections.override({ workspaceId: second });
  await overrideSecond();
  await client.connections.useGlobal({ workspaceId: second });
  const logged = async (workspaceId: string) =>
    (await client.activity.list({ workspaceId, limit: 10 })).map(({ action }) => action);
  expect(await logged(second)).toEqual([
    'global-defaults-used',
    'configured',
    'configuration-overridden',
    'configured',
    'workspace-created',
  ]);
  expect(await logged(first)).toEqual(['configured']);
});

async function environmentOf(workspaceId: string) {
  const [environment] = await client.environments.list({ workspaceId });
  if (environment === undefined) throw new Error('There is no environment');
  return environment;
}
