/**
 * The guide's promise: of a synced environment this computer keeps metadata only. Every call of the
 * contract is made with values that can be recognised; then the disk, the log, what was printed, what
 * came back and what was said in errors is searched for them.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { contract } from '@shared/contract/window';
import type { MigrationStage } from '@shared/model/migration';
import type { ConnectionForm } from '@shared/model/connection';
import type { ChangeSet } from '@shared/model/change-set';
import { defaultPolicy } from '@shared/model/policy';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Database } from '@core/storage/database';
import {
  adding,
  all,
  startCore,
  startTestAws,
  startTestVault,
  type TestCore,
} from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { service } from '@test/support/requests';
import { windowGivesValues } from '@test/security/values-given';
import { filesHolding } from '@test/support/files-holding';
import { awsForm, vaultForm } from '@test/support/forms';

type Client = TestCore['client'];

/** A stand-in, whichever it is. */
interface Server {
  form(workspaceId: string, scope?: ConnectionForm['scope']): ConnectionForm;
  put(path: string, values: Readonly<Record<string, unknown>>): void;
  read(path: string): string;
  /** The next write is refused, with an answer that repeats this. */
  refuseWrite(echo: string): void;
}

/** Makes values that can be found again, each with a unique mark. */
class Marks {
  readonly all: string[] = [];

  text(): string {
    const mark = `mark${randomBytes(12).toString('hex')}`;
    this.all.push(mark);
    return mark;
  }

  lines(): string {
    return `-----BEGIN KEY-----\n${this.text()}\n"quoted" \\ ${this.text()}\n`;
  }
}

async function hashicorpVault(): Promise<Server> {
  const vault = await startTestVault();
  return {
    form: (workspaceId, scope) => vaultForm(workspaceId, vault, vault.rootToken, { scope }),
    put: (path, values) => {
      vault.kv('secret').put(path, values);
    },
    read: (path) => JSON.stringify(vault.kv('secret').read(path)),
    refuseWrite: (echo) => {
      vault.faults.add({
        match: { method: ['POST', 'PUT'] },
        times: 1,
        effect: { kind: 'answer', status: 400, body: { errors: [`cannot take ${echo}`] } },
      });
    },
  };
}

async function awsSecretsManager(): Promise<Server> {
  const aws = await startTestAws();
  const key = aws.accessKey();
  return {
    form: (workspaceId, scope) => awsForm(workspaceId, aws, key, { scope }),
    put: (path, values) => {
      aws.put(path, JSON.stringify(values));
    },
    read: (path) => String(aws.secret(path)?.current?.value),
    refuseWrite: (echo) => {
      aws.faults.add({
        operation: ['CreateSecret', 'PutSecretValue'],
        answer: { kind: 'error', code: 'InvalidParameterException', message: `not ${echo}` },
      });
    },
  };
}

interface Recording {
  readonly called: Set<string>;
  /** What came back and what was thrown, as text. */
  readonly said: string[];
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** The client, noting every call with what it gave. */
function recorded(client: Client, { called, said }: Recording): Client {
  const note = (name: string, value: unknown): void => {
    if (!windowGivesValues.has(name)) said.push(`${name} gave ${inspect(value, { depth: null })}`);
  };
  const noteError = (name: string, error: unknown): void => {
    said.push(`${name} threw ${inspect(error, { depth: null, showHidden: true })}`);
  };
  async function* listen(name: string, events: AsyncIterable<unknown>): AsyncGenerator {
    try {
      for await (const event of events) {
        note(name, event);
        yield event;
      }
    } catch (error) {
      noteError(name, error);
      throw error;
    }
  }
  type Call = (...input: unknown[]) => Promise<unknown>;
  const call =
    (name: string, make: Call): Call =>
    async (...input) => {
      called.add(name);
      try {
        const result = await make(...input);
        if (isStream(result)) return listen(name, result);
        note(name, result);
        return result;
      } catch (error) {
        noteError(name, error);
        throw error;
      }
    };
  const groups = Object.entries(contract).map(([domain, group]) => {
    const calls = client[domain as keyof Client] as unknown as Readonly<Record<string, Call>>;
    const wrapped = Object.keys(group).map((name) => [
      name,
      call(`${domain}.${name}`, (...input) => {
        const make = calls[name];
        if (make === undefined) throw new Error(`There is no call ${domain}.${name}`);
        return make(...input);
      }),
    ]);
    return [domain, Object.fromEntries(wrapped)];
  });
  return Object.fromEntries(groups) as Client;
}

/** Everything that is printed while the test runs. */
function printed(): () => string {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
      vi.spyOn(console, name),
    ),
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => spies.flatMap(({ mock }) => mock.calls.map((call) => inspect(call))).join('\n');
}

const editing = (key: string, value: string): ChangeSet => ({
  edits: [{ key, value }],
  additions: [],
});

it.each([
  ['HashiCorp Vault', hashicorpVault],
  ['AWS Secrets Manager', awsSecretsManager],
])(
  'after every call there is, no value of %s is on this computer but in memory',
  { timeout: 120_000 },
  async (_, startServer) => {
    const core = await startCore();
    const server = await startServer();
    const marks = new Marks();
    const output = printed();
    const recording: Recording = { called: new Set(), said: [] };
    const client = recorded(core.client, recording);
    const { workspaceId } = core;

    /** Looks for every mark there is by now, with the database open and its log on the disk. */
    const expectNothingOnDisk = async (): Promise<void> => {
      for (const mark of marks.all) {
        expect(await filesHolding(core.dataDirectory, Buffer.from(mark))).toEqual([]);
      }
    };
    const idOf = async (name: string): Promise<string> => (await core.environment(name)).id;

    // Settings, tests, pulls.
    server.put('production', {
      API_KEY: marks.text(),
      PEM: marks.lines(),
      NESTED: { inner: [marks.text()] },
      PORT: 5432,
    });
    server.put('staging', { API_KEY: marks.text() });
    await client.connections.save(server.form(workspaceId));
    await client.connections.settings({ workspaceId });
    await all(client.connections.test(server.form(workspaceId)));
    await all(client.transfer.pullAll({ workspaceId }));
    await all(client.transfer.autoSync({ workspaceId }));
    await client.connections.status({ workspaceId });
    await client.connections.lookAgain({ workspaceId });
    const watching = await client.connections.watch({ workspaceId });
    await watching.next();
    await watching.return();
    await expectNothingOnDisk();

    // Looking at values, taking them out, comparing them.
    const production = await idOf('production');
    const staging = await idOf('staging');
    const id = production;
    await client.environments.list({ workspaceId });
    await client.environments.open({ id });
    await client.environments.pull({ id });
    await client.app.command();
    await client.app.installCommand();
    await client.app.removeCommand();
    await client.environments.owner({ id });
    await client.environments.setExpands({ id, expands: true });
    await client.workspaces.setPlainPatterns({ id: workspaceId, patterns: ['LOG_*'] });
    await client.environments.setActive({ workspaceId, id });
    await client.environments.reorder({ workspaceId, ids: [staging, id] });
    await client.environments.reveal({ id, key: 'API_KEY' });
    await failureOf(client.environments.reveal({ id, key: marks.text() }));
    await client.environments.copy({ id, key: 'PEM' });
    await client.environments.copyLines({ id, lines: [{ key: 'API_KEY' }, { key: 'PEM' }] });
    await client.environments.revealAll({ id });
    await client.references.reveal({ id, key: 'API_KEY' });
    await client.references.copy({ id, key: 'API_KEY' });
    const typed = [{ key: 'API_KEY', text: marks.text() }];
    await client.references.check({ id, texts: typed, typed: true, drafts: [] });
    await client.references.uses({ id, key: 'API_KEY', drafts: [] });
    for (const format of ['dotenv', 'json', 'shell'] as const) {
      await client.environments.export({ id, format });
    }
    await client.environments.compareValues({ id, entries: [{ key: 'A', value: marks.text() }] });
    const generation = {
      key: 'GENERATED',
      recipe: { kind: 'uuid' as const },
      ids: [staging],
      same: false,
    };
    const [{ base: planned = '' } = {}] = await client.generation.plan(generation);
    await client.generation.apply({ generation, bases: [{ id: staging, base: planned }] });
    await client.compare.environments({ ids: [production, staging] });
    await client.search.find({ workspaceId, query: 'API', secrets: true });
    await client.search.holders({ workspaceId, key: 'API_KEY' });
    await client.environments.rename({ id, name: 'Production' });

    // Saving, and failing to.
    const base = await core.base(id);
    await client.environments.save({
      id,
      base,
      changes: {
        edits: [
          { key: 'API_KEY', value: marks.text() },
          { key: 'PEM', rename: 'KEY', value: marks.lines(), disabled: true, secret: true },
          { key: 'NESTED', value: `{"inner":${JSON.stringify(marks.text())}}` },
          { key: 'PORT', remove: true },
        ],
        additions: [{ key: 'ADDED', value: marks.text(), secret: true }],
      },
    });
    const added = adding({ ADDED: marks.text() });
    await failureOf(client.environments.save({ id, base, changes: added }));
    const now = await core.base(id);
    await failureOf(client.environments.save({ id, base: now, changes: added }));
    const refused = marks.text();
    server.refuseWrite(refused);
    const edit = editing('API_KEY', refused);
    await failureOf(client.environments.save({ id, base: now, changes: edit }));

    // Meeting what somebody else wrote, or deleted.
    server.put('production', {
      API_KEY: marks.text(),
      KEY: marks.text(),
      THEIRS: marks.text(),
      OTHER: marks.text(),
    });
    const mine = { id, base: now, changes: editing('KEY', marks.text()) };
    await failureOf(client.environments.save(mine));
    const merge = await client.environments.merge({ ...mine, fetch: true });
    if (merge.state !== 'there') throw new Error('It is gone.');
    const merged = { ...mine, theirs: merge.theirs.base };
    await failureOf(client.environments.saveMerged({ ...merged, choices: [] }));
    await client.environments.revealAt({ id, base: merged.theirs, key: 'THEIRS' });
    await client.environments.saveMerged({ ...merged, choices: [{ key: 'KEY', side: 'mine' }] });
    await failureOf(client.environments.recreate(mine));
    await client.environments.undelete({ id });
    await client.transfer.undelete({ workspaceId, path: 'production' });
    const history = await client.environments.history({ id });
    if (!history.isKept) throw new Error('There are no versions.');
    const [{ revision: after } = { revision: '' }, { revision: before } = { revision: '' }] =
      history.versions;
    await client.environments.compareVersions({ id, before, after });
    await client.environments.revealVersion({ id, revision: after, key: 'KEY' });
    await client.environments.versionVariable({ id, revision: after, key: 'KEY' });
    await client.environments.rollBack({ id, revision: after, newest: after });
    await client.environments.glance({ workspaceId, ids: [id] });
    const malformed = { id, base: now, changes: [marks.text()] } as never;
    await failureOf(client.environments.save(malformed));
    await expectNothingOnDisk();

    // Sync: every way on, and off again.
    const local = await core.create('local');
    const sync = async (
      resolution: 'push' | 'merge' | 'take-server' | 'replace',
      path: string,
    ): Promise<void> => {
      await core.save(local, adding({ API_KEY: marks.text(), [resolution]: marks.text() }));
      const { serverRevision } = await client.environments.previewSync({ id: local, path });
      await client.environments.enableSync({ id: local, path, resolution, serverRevision });
      await client.environments.disableSync({ id: local });
    };
    server.put('taken', { API_KEY: marks.text() });
    await core.save(local, adding({ ONLY_HERE: marks.text() }));
    const push = { id: local, resolution: 'push' } as const;
    await failureOf(client.environments.enableSync({ ...push, path: 'taken' }));
    server.refuseWrite(marks.text());
    await failureOf(client.environments.enableSync({ ...push, path: 'refused' }));
    await client.environments.enableSync({ ...push, path: 'first' });
    await client.environments.disableSync({ id: local });
    await sync('merge', 'taken');
    await sync('take-server', 'taken');
    await sync('replace', 'taken');
    await expectNothingOnDisk();
    const left = await core.create('left');
    const { serverRevision } = await client.environments.previewSync({ id: left, path: 'taken' });
    const taking = { id: left, path: 'taken', resolution: 'take-server', serverRevision } as const;
    await client.environments.enableSync(taking);
    await client.environments.removal({ id: left });
    const unsaved = { base: await core.base(left), changes: adding({ UNSAVED: marks.text() }) };
    await client.environments.disableSync({ id: left, copy: true, draft: unsaved });
    await expectNothingOnDisk();

    // From one environment to another.
    await client.environments.create({ workspaceId, name: 'empty' });
    await client.environments.duplicate({ id: production, name: 'copy' });
    const copy = await idOf('copy');
    for (const toId of [copy, staging]) {
      const { variables, target } = await client.compare.copyVariables({
        fromId: production,
        toId,
        keys: ['KEY'],
      });
      const isThere = target.variables.some(({ key }) => key === 'KEY');
      await core.save(
        toId,
        isThere
          ? {
              edits: variables.map(({ key, value, kind }) => ({ key, value, kind })),
              additions: [],
            }
          : { edits: [], additions: variables },
      );
    }

    // Push All, with drafts.
    await core.save(local, adding({ PUSHED: marks.text() }));
    const drafts = [
      { id: staging, base: await core.base(staging), changes: editing('API_KEY', marks.text()) },
      { id: local, base: await core.base(local), changes: adding({ DRAFT: marks.text() }) },
    ];
    await client.transfer.pushPlan({ workspaceId, drafts });
    await client.environments.release({ id: staging });
    await client.environments.remove({ id: copy, onServer: false });
    server.refuseWrite(marks.text());
    const ids = [staging, local, await idOf('empty')];
    await all(client.transfer.pushAll({ workspaceId, drafts, ids }));

    // Migrate…, to the end and broken off.
    const { provider } = server.form(workspaceId);
    const route = (toPath: string) => ({ environmentId: production, provider, toPath });
    const breakOff = async (toPath: string, stage: MigrationStage): Promise<string> => {
      for await (const event of await client.migrations.run(route(toPath))) {
        if (event.type === 'stage' && event.stage === stage) break;
      }
      const [move] = await client.migrations.pending({ workspaceId });
      if (move === undefined) throw new Error('No move is pending');
      return move.id;
    };
    await client.migrations.targets({ workspaceId, environmentId: production });
    await client.migrations.plan(route('moved'));
    await all(client.migrations.run(route('moved')));
    await all(client.migrations.resume({ id: await breakOff('resumed', 'verifying') }));
    await client.migrations.undo({ id: await breakOff('undone', 'removing') });
    await client.migrations.keepBoth({ id: await breakOff('kept', 'removing') });
    await expectNothingOnDisk();

    // Grants, with a stored secret and with a variable; a service that repeats what it gets.
    const secret = marks.text();
    const echo = await service(({ headers }, response) => {
      response.end(JSON.stringify(headers));
    });
    const settings = {
      type: 'bearer',
      rules: [],
      hosts: [echo.url],
      networks: [],
      policy: defaultPolicy,
    } as const;
    const grants: string[] = [];
    for (const [name, source] of [
      ['stored', { value: secret }],
      ['referring', { environment: 'empty', key: 'KEY' }],
    ] as const) {
      const given = { workspaceId, name, settings: structuredClone(settings) as never };
      const grant = await client.grants.create({ ...given, secrets: { token: source } });
      grants.push(grant.id);
    }
    const [stored = '', referring = ''] = grants;
    await core.save(await idOf('empty'), adding({ KEY: marks.text() }));
    for (const grant of grants) {
      const request = { grant, method: 'GET', url: `${echo.url}/`, headers: [] };
      const events = await all(client.requests.send({ ...request, reason: 'to see' }));
      expect(events.at(-1)).toMatchObject({ type: 'end', replaced: 1 });
    }
    await client.grants.list({ workspaceId });
    await client.grants.rotate({ id: stored, secrets: { token: { value: marks.text() } } });
    await client.grants.update({ id: stored, name: 'renamed', settings: {}, secrets: {} });
    await failureOf(client.grants.rotate({ id: stored, secrets: { other: { value: secret } } }));
    const clone = { name: 'clone', policy: defaultPolicy, hosts: [echo.url] };
    const { id: cloned } = await client.grants.clone({ id: stored, ...clone });
    await client.grants.setDisabled({ id: cloned, disabled: true });
    await client.grants.find({ id: cloned });
    await client.grants.remove({ id: stored });
    await client.grants.remove({ id: referring });
    await expectNothingOnDisk();

    // Workspaces with their own settings.
    const second = await client.workspaces.create({ name: 'Payments' });
    await client.workspaces.rename({ id: second.id, name: 'Billing' });
    const expected = [{ key: 'DATABASE_URL', type: 'url' as const, note: 'where the rows are' }];
    await client.workspaces.setExpected({ id: second.id, expected });
    const { text: setup } = await client.workspaces.exportSetup({ id: second.id });
    await client.workspaces.planSetup({ text: setup });
    await client.workspaces.importSetup({ text: setup });
    await client.workspaces.reorder({ ids: [second.id] });
    await client.workspaces.switchTo({ id: second.id });
    await client.workspaces.list();
    await client.connections.override({ workspaceId: second.id });
    await client.connections.offer({ workspaceId: second.id, provider: 'hashicorp-vault' });
    // Neither form signs in with a browser.
    await failureOf(all(client.connections.signIn(server.form(second.id, 'workspace'))));
    await client.connections.save(server.form(second.id, 'workspace'));
    await all(client.transfer.pullAll({ workspaceId: second.id }));
    await client.connections.useGlobal({ workspaceId: second.id });
    await all(client.transfer.pullAll({ workspaceId: second.id }));
    await client.workspaces.remove({ id: second.id });
    const third = await client.workspaces.create({ name: 'Samples' });
    await client.environments.createSamples({ workspaceId: third.id });
    await client.workspaces.remove({ id: third.id });
    const sample = await client.workspaces.createSample();
    await client.workspaces.remove({ id: sample.id });

    // The key, the lock, the log.
    const { name } = await client.backups.make();
    await client.backups.list();
    await client.backups.restore({ name });
    await client.backups.cancelRestore();
    await client.security.protection();
    const passphrase = marks.text();
    await client.security.choose({ choice: { mode: 'passphrase', passphrase } });
    await client.security.active();
    const window = randomUUID();
    const attending = await client.edits.attend({ window });
    await attending.next();
    const edits = { base: await core.base(production), changes: adding({ HELD: marks.text() }) };
    await client.edits.hold({ window, id: production, edits });
    await client.security.lock();
    await expectNothingOnDisk();
    await failureOf(client.security.unlock({ passphrase: marks.text() }));
    await client.security.unlock({ passphrase });
    const [kept] = await client.edits.take({ window, workspaceId });
    expect(kept).toEqual({ id: production, ...edits });
    await attending.return();
    await client.security.replaceKey({ current: passphrase });
    await failureOf(client.security.share({ passphrase: marks.text() }));
    await client.security.sharing();
    await client.security.stopSharing();
    await all(client.transfer.pullAll({ workspaceId }));
    await client.activity.list({ workspaceId, limit: 1000 });
    const { text: log } = await client.activity.export({ workspaceId });
    const waiting = await client.approvals.watch();
    await waiting.next();
    await waiting.return();
    await client.approvals.answer({ id: randomUUID(), answer: 'deny' });
    await client.audit.list({ limit: 1000 });
    await client.audit.verify({});
    await all(client.audit.export({ format: 'csv' }));
    await client.app.info();
    const changes = await client.app.changes({ workspaceId });
    await changes.return();
    await client.app.updates();
    // A build of the tests names no feed of releases.
    await failureOf(client.app.checkForUpdates());
    await client.app.dismissNotice({ id: randomUUID() });
    await client.app.copyText({ text: 'a report' });
    await client.app.copySecret({ text: marks.text() });
    await client.app.savePreferences({ theme: 'dark' });
    await client.app.preferences();
    await client.environments.remove({ id: staging, onServer: true });
    await expectNothingOnDisk();
    const values = JSON.stringify(await core.values(production));
    await client.security.startOver({ choice: { mode: 'keychain' } });
    await expectNothingOnDisk();

    // Nothing was left out, and it did happen.
    const calls = Object.entries(contract).flatMap(([domain, group]) =>
      Object.keys(group).map((name) => `${domain}.${name}`),
    );
    expect(calls.filter((name) => !recording.called.has(name))).toEqual([]);
    const known = marks.all.filter((mark) => values.includes(mark));
    expect(known.length).toBeGreaterThan(3);
    expect(known.every((mark) => server.read('kept').includes(mark))).toBe(true);
    expect(log.split('\n').length).toBeGreaterThan(30);

    // Only environments that are not synced have a document here, and that one is sealed.
    const environments = await core.environments();
    await core.close();
    await expectNothingOnDisk();
    const notSynced = environments.filter(({ synced }) => !synced).map((each) => each.id);
    expect(environments.length).toBeGreaterThan(notSynced.length);
    const documents = localDocuments(core.dataDirectory);
    expect(documents.filter((each) => !notSynced.includes(each))).toEqual([]);

    const everythingSaid = [log, output(), ...recording.said];
    for (const mark of marks.all) {
      expect(everythingSaid.filter((text) => text.includes(mark))).toEqual([]);
    }
  },
);

/** Ids of the environments that have values in a closed database. */
function localDocuments(dataDirectory: string): string[] {
  const database = new Database(join(dataDirectory, 'strongroom.db'));
  try {
    return database
      .all('SELECT environment_id FROM local_documents')
      .map((row) => String(row['environment_id']));
  } finally {
    database.close();
  }
}
