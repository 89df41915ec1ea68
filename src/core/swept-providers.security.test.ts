/**
 * The same sweep for every other store: a value is read, edited, saved, used in a request and locked away, and then the
 * disk, the log, what was printed and what was said in errors is searched for it and for the credential.
 */
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { defaultPolicy } from '@shared/model/policy';
import { startKeyVaultServer } from '@test/servers/azure-key-vault/server';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { startParameterStoreServer } from '@test/servers/parameter-store/server';
import { adding, all, startCore, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { filesHolding } from '@test/support/files-holding';
import { googleForm, keyVaultForm, parameterStoreForm } from '@test/support/forms';
import { service } from '@test/support/requests';
import { sized } from '@test/support/size';

/** Variables of an environment, each with a mark. */
const VARIABLES = sized(3, 60);

/** Connects the core, and returns the credentials that it stores. */
type Connect = (core: TestCore) => Promise<readonly string[]>;

const parameterStore: Connect = async (core) => {
  const server = await startParameterStoreServer();
  onTestFinished(() => server.stop());
  const key = server.accessKey();
  await core.client.connections.save(parameterStoreForm(core.workspaceId, server, key));
  return [key.secretAccessKey];
};

const google: Connect = async (core) => {
  const server = await startGoogleSecretManager();
  onTestFinished(() => server.close());
  const key = server.serviceAccount().newKey();
  const text = JSON.stringify(key);
  await core.client.connections.save(googleForm(core.workspaceId, server, text));
  // A line of the private key, which is one text with line breaks in the JSON.
  return [/-----\\n([A-Za-z0-9+/]{40,})/.exec(text)?.[1] ?? ''];
};

const azure: Connect = async (core) => {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  onTestFinished(() => server.close());
  const application = server.application();
  await core.client.connections.save(keyVaultForm(core.workspaceId, server, application));
  return [application.clientSecret];
};

const localVault: Connect = async (core) => {
  await core.useLocal();
  return [];
};

function printed(): () => string {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => spies.flatMap(({ mock }) => mock.calls.map((call) => inspect(call))).join('\n');
}

it.each([
  ['AWS Parameter Store', parameterStore, '/app/production'],
  ['Google Secret Manager', google, 'production'],
  ['Azure Key Vault', azure, 'production'],
  ['the local vault', localVault, 'production'],
] as const)(
  'no value and no credential of %s is on this computer but in memory, and none after Lock',
  { timeout: sized(60_000, 600_000) },
  async (_, connect, path) => {
    const core = await startCore();
    const { client, workspaceId } = core;
    const output = printed();
    const said: string[] = [];
    const passphrase = `mark-${randomUUID()}`;
    await client.security.choose({ choice: { mode: 'passphrase', passphrase } });
    const credentials = await connect(core);
    expect(credentials).not.toContain('');
    const mark = (): string => `mark${randomUUID()}`;
    const values = Object.fromEntries(
      Array.from({ length: VARIABLES }, (__, index) => [`KEY_${String(index)}`, mark()]),
    );
    const id = await core.createSynced('production', values, path);

    // Read again, revealed, edited, saved, refused, compared.
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual(values);
    await client.environments.reveal({ id, key: 'KEY_0' });
    const [changed, refused, unsaved, granted] = [mark(), mark(), mark(), mark()];
    const edits = { edits: [{ key: 'KEY_0', value: changed }], additions: [] };
    const base = await core.base(id);
    await core.save(id, edits);
    const again = { id, base, changes: adding({ KEY_0: refused }) };
    said.push(inspect(await failureOf(client.environments.save(again)), { depth: null }));
    await client.search.find({ workspaceId, query: changed, secrets: true });
    const history = await client.environments.history({ id });
    said.push(inspect(history, { depth: null }));

    // A request with a grant that has its own secret, and another that refers to the variable.
    const seen: string[] = [];
    const target = await service(({ headers }, response) => {
      seen.push(headers.authorization ?? '');
      response.end(JSON.stringify(headers));
    });
    for (const [name, source] of [
      ['stored', { value: granted }],
      ['referring', { environment: 'production', key: 'KEY_0' }],
    ] as const) {
      const grant = await client.grants.create({
        workspaceId,
        name,
        settings: {
          type: 'bearer',
          rules: [],
          hosts: [target.url],
          networks: [],
          policy: defaultPolicy,
        },
        secrets: { token: source },
      });
      const request = { grant: grant.id, method: 'GET', url: `${target.url}/`, headers: [] };
      said.push(inspect(await all(client.requests.send(request)), { depth: null }));
    }
    expect(seen).toEqual([`Bearer ${granted}`, `Bearer ${changed}`]);

    // Unsaved edits, and Lock.
    const window = randomUUID();
    const gone = new AbortController();
    core.core.edits.attend(window, gone.signal);
    const draft = { base: await core.base(id), changes: adding({ UNSAVED: unsaved }) };
    await client.edits.hold({ window, id, edits: draft });
    const marks = [
      ...Object.values(values),
      ...credentials,
      changed,
      refused,
      unsaved,
      granted,
      passphrase,
    ].map((each) => Buffer.from(each));
    expect(await filesHolding(core.dataDirectory, ...marks), 'in use').toEqual([]);
    await client.security.lock();
    expect(await filesHolding(core.dataDirectory, ...marks), 'after Lock').toEqual([]);
    await client.security.unlock({ passphrase });
    expect(await client.edits.take({ window, workspaceId })).toEqual([{ id, ...draft }]);
    await client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ ...values, KEY_0: changed });

    const { text: log } = await client.activity.export({ workspaceId });
    said.push(
      log,
      ...(await all(client.audit.export({ format: 'csv' }))).map((each) => inspect(each)),
    );
    await core.close();
    expect(await filesHolding(core.dataDirectory, ...marks), 'at the end').toEqual([]);
    const everything = [output(), ...said].join('\n');
    expect(marks.filter((each) => everything.includes(each.toString()))).toEqual([]);
  },
);
