/** Environments through the router, against the stand-in servers, looking at what arrived there. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import { documentToText } from '@core/secrets/document';
import { adding, startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';
import { filesHolding } from '@test/support/files-holding';

const VALUE = 'sk-live-that-is-saved';

let core: TestCore;
let vault: VaultServer;

beforeEach(async () => {
  core = await startCore();
  vault = await startTestVault();
});

const kv = () => vault.kv('secret');

const edit = (key: string, value: string) => ({ edits: [{ key, value }], additions: [] });

const names = async (): Promise<string[]> => (await core.environments()).map(({ name }) => name);

describe('an environment', () => {
  it('is made empty, with a path from its name', async () => {
    const id = await core.create('  Kundenportal / Prüfung 2 ');
    expect(await core.environment('Kundenportal / Prüfung 2')).toEqual({
      id,
      name: 'Kundenportal / Prüfung 2',
      synced: false,
      path: 'kundenportal/prufung-2',
      active: false,
      state: 'local',
    });
    expect(await core.values(id)).toEqual({});
  });

  it('has a name of its own', async () => {
    const id = await core.create('production');
    const other = await core.create('staging');
    const taken = { code: 'NAME_TAKEN', message: 'There is already an environment “production”.' };
    await expect(core.create('production')).rejects.toMatchObject(taken);
    await expect(
      core.client.environments.rename({ id: other, name: 'production' }),
    ).rejects.toMatchObject(taken);
    await expect(
      core.client.environments.duplicate({ id, name: 'production' }),
    ).rejects.toMatchObject(taken);
    await expect(core.create(' ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await names()).toEqual(['production', 'staging']);
  });

  it('can be renamed; a linked path stays', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    const renamed = await core.client.environments.rename({ id, name: 'live' });
    expect(renamed).toMatchObject({ id, name: 'live', path: 'production', state: 'loaded' });
    expect(kv().paths()).toEqual(['production']);
  });

  it('keeps the order it is given, and one may be active', async () => {
    const ids = [await core.create('a'), await core.create('b'), await core.create('c')];
    const { workspaceId, client } = core;
    await client.environments.reorder({ workspaceId, ids: [ids[2] ?? '', ids[0] ?? ''] });
    await client.environments.setActive({ workspaceId, id: ids[1] ?? '' });
    await client.environments.setActive({ workspaceId, id: ids[0] ?? '' });
    await core.restart();
    expect(await names()).toEqual(['c', 'a', 'b']);
    const active = async () =>
      (await core.environments()).filter((each) => each.active).map(({ name }) => name);
    expect(await active()).toEqual(['a']);
    await core.client.environments.setActive({ workspaceId, id: null });
    expect(await active()).toEqual([]);
  });
});

describe('duplicating', () => {
  it('makes a local copy of what is in memory, marks and all', async () => {
    await core.useVault(vault);
    kv().put('production', '{"API_KEY":"' + VALUE + '","PORT":5432,"X":{"a":[1.50]}}');
    await core.pullAll();
    const { id } = await core.environment('production');
    await core.save(id, {
      edits: [{ key: 'API_KEY', disabled: true, secret: false }],
      additions: [],
    });
    const before = await core.client.environments.open({ id });
    const writes = vault.requests.length;
    const copy = await core.client.environments.duplicate({ id, name: 'copy' });
    expect(copy).toMatchObject({ synced: false, state: 'local', path: 'copy', active: false });
    expect((await core.client.environments.open({ id: copy.id })).variables).toEqual(
      before.variables,
    );
    await core.save(copy.id, edit('API_KEY', 'other'));
    expect(vault.requests.length).toBe(writes);
    expect((await core.values(id))['API_KEY']).toBe(VALUE);
  });

  it('needs values in memory, and leaves no empty copy without', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    await core.restart();
    await expect(core.client.environments.duplicate({ id, name: 'copy' })).rejects.toMatchObject({
      code: 'VALUES_NOT_LOADED',
    });
    expect(await names()).toEqual(['production']);
  });
});

describe('removing', () => {
  it('takes it away here and leaves the server alone', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    expect(await core.client.environments.remove({ id, onServer: false })).toEqual({});
    expect(await names()).toEqual([]);
    expect(kv().read('production')).toEqual({ A: '1' });
    expect((await core.pullAll()).created).toEqual(['production']);
  });

  it.each([true, false])(
    'takes it away at Vault, where it can be brought back (in memory: %s)',
    async (held) => {
      await core.useVault(vault);
      const id = await core.createSynced('production', { A: '1' });
      if (!held) await core.restart();
      expect(await core.client.environments.remove({ id, onServer: true })).toMatchObject({
        recoverable: true,
      });
      expect(
        kv()
          .versions('production')
          .map(({ state }) => state),
      ).toEqual(['deleted']);
      expect(await names()).toEqual([]);
    },
  );

  it('takes it away at KV v1 for good', async () => {
    vault.mount('one', { version: 1 });
    await core.useVault(vault, { enginePath: 'one' });
    const id = await core.createSynced('production', { A: '1' });
    expect(await core.client.environments.remove({ id, onServer: true })).toEqual({
      recoverable: false,
    });
    expect(vault.kv('one').paths()).toEqual([]);
  });

  it('takes it away at AWS for 30 days, and says until when', async () => {
    const aws = await startTestAws();
    await core.useAws(aws);
    const id = await core.createSynced('production', { A: '1' });
    const { recoverable, until } = await core.client.environments.remove({ id, onServer: true });
    expect(recoverable).toBe(true);
    expect(until).toBeCloseTo(aws.secret('production')?.deletionDate?.getTime() ?? 0, -4);
  });

  it.each([
    ['nothing was ever written', {}, false],
    ['somebody deleted it, and it is in memory here', { A: '1' }, true],
    ['somebody deleted it, and it is not in memory here', { A: '1' }, false],
  ])('says that the server had nothing: %s', async (_, values, isHeld) => {
    await core.useVault(vault);
    const id = await core.createSynced('production', values);
    kv().remove('production');
    if (!isHeld) await core.restart();
    expect(await core.client.environments.remove({ id, onServer: true })).toEqual({ absent: true });
    expect(await names()).toEqual([]);
    expect((await core.activity())[0]).toMatch(/^environment-deleted done/);
  });

  it('tells before whether it could be undeleted', async () => {
    vault.mount('one', { version: 1 });
    const removal = async () => {
      const id = await core.create(`each-${String((await names()).length)}`);
      return core.client.environments.removal({ id });
    };
    await core.useVault(vault);
    expect(await removal()).toEqual({ recoverable: true });
    await core.useVault(vault, { enginePath: 'one' });
    expect(await removal()).toEqual({ recoverable: false });
    await core.useAws(await startTestAws());
    expect(await removal()).toEqual({ recoverable: true });
  });

  it('removes nothing here when the server refuses', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    vault.faults.add({
      match: ({ method, path }) => method === 'DELETE' || path.startsWith('secret/delete/'),
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    await expect(core.client.environments.remove({ id, onServer: true })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await core.values(id)).toEqual({ A: '1' });
    expect((await core.activity(2))[1]).toMatch(/^environment-deleted failed/);
  });

  it('does not remove at the server what somebody changed meanwhile', async () => {
    await core.useVault(vault);
    const id = await core.createSynced('production', { A: '1' });
    kv().put('production', { A: 'theirs' });
    await expect(core.client.environments.remove({ id, onServer: true })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(kv().read('production')).toEqual({ A: 'theirs' });
    expect(await names()).toEqual(['production']);
  });
});

describe.each(['KV v2', 'KV v1', 'AWS', 'the local vault'])('saving to %s', (where) => {
  let aws: SecretsManagerServer;
  let id: string;
  const SOURCE =
    '{"A_TEXT":"a","B_NUMBER":5432,"C_ON":true,"D_NULL":null,"E_NESTED":{"k":["v",1.5]},"F_OFF":"off"}';

  beforeEach(async () => {
    vault.mount('one', { version: 1 });
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
      aws.put('production', SOURCE);
    } else if (where === 'the local vault') {
      // The first thing that is sealed makes the key.
      await core.create('other', { A: '1' });
      await core.writeLocalVault('production', SOURCE);
    } else {
      await core.useVault(vault, { enginePath: where === 'KV v1' ? 'one' : 'secret' });
      vault.kv(where === 'KV v1' ? 'one' : 'secret').put('production', SOURCE);
    }
    await core.pullAll();
    ({ id } = await core.environment('production'));
    const off = { edits: [{ key: 'F_OFF', disabled: true }], additions: [] };
    await core.save(id, off);
  });

  /** JSON text, as the server has it. */
  const stored = async (): Promise<string> => {
    if (where === 'AWS') return String(aws.secret('production')?.current?.value);
    if (where === 'the local vault') {
      const document = (await core.readLocalVault('production'))?.document;
      return document === undefined || document.shape === 'binary' ? '' : documentToText(document);
    }
    return JSON.stringify(vault.kv(where === 'KV v1' ? 'one' : 'secret').read('production'));
  };

  const change = async (text: string): Promise<void> => {
    if (where === 'AWS') aws.put('production', text);
    else if (where === 'the local vault') await core.writeLocalVault('production', text);
    else vault.kv(where === 'KV v1' ? 'one' : 'secret').put('production', text);
  };

  it('writes what was edited and leaves the rest to the last digit, in its order', async () => {
    const { variables, environment } = await core.save(id, {
      edits: [
        { key: 'A_TEXT', value: VALUE },
        { key: 'D_NULL', remove: true },
      ],
      additions: [{ key: 'G_NEW', value: '5' }],
    });
    expect(await stored()).toBe(
      `{"A_TEXT":"${VALUE}","B_NUMBER":5432,"C_ON":true,"E_NESTED":{"k":["v",1.5]},"F_OFF":"off","G_NEW":"5"}`,
    );
    expect(environment.state).toBe('loaded');
    expect(variables.find(({ key }) => key === 'F_OFF')?.disabled).toBe(true);
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
    // One after the other, each on what the last one left.
    await core.save(id, edit('A_TEXT', 'again'));
    expect(JSON.parse(await stored())).toMatchObject({ A_TEXT: 'again', G_NEW: '5' });
  });

  it('never drops a disabled variable, until it is removed', async () => {
    await core.save(id, { edits: [{ key: 'F_OFF', rename: 'OFF' }], additions: [] });
    expect(JSON.parse(await stored())).toMatchObject({ OFF: 'off' });
    const { variables } = await core.client.environments.pull({ id });
    expect(variables.find(({ key }) => key === 'OFF')?.disabled).toBe(true);
    await core.save(id, { edits: [{ key: 'OFF', remove: true }], additions: [] });
    expect(await stored()).not.toContain('OFF');
  });

  it('refuses a base that is not what is in memory, without a call', async () => {
    const before = await stored();
    const requests = vault.requests.length;
    await expect(
      core.client.environments.save({ id, base: 'older', changes: edit('A_TEXT', 'x') }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await stored()).toBe(before);
    expect(vault.requests.length).toBe(requests);
  });

  it('refuses when somebody else changed it; after a pull it goes', async () => {
    const theirs = '{"A_TEXT":"theirs","H":"new"}';
    await change(theirs);
    await expect(core.save(id, edit('A_TEXT', 'mine'))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await stored()).toBe(theirs);
    expect(await core.values(id)).toMatchObject({ A_TEXT: 'a' });
    await core.client.environments.pull({ id });
    await core.save(id, edit('A_TEXT', 'mine'));
    expect(JSON.parse(await stored())).toEqual({ A_TEXT: 'mine', H: 'new' });
  });
});

describe('a save', () => {
  beforeEach(async () => {
    await core.useVault(vault);
  });

  it('that changes marks alone writes nothing to the server', async () => {
    const id = await core.createSynced('production', { A: 'shown', B: 'hidden' });
    const requests = vault.requests.length;
    const { variables } = await core.save(id, {
      edits: [{ key: 'A', secret: false, disabled: true }],
      additions: [],
    });
    expect(vault.requests.length).toBe(requests);
    expect(variables).toEqual([
      { key: 'A', kind: 'text', secret: false, disabled: true, literal: 'shown' },
      { key: 'B', kind: 'text', secret: true },
    ]);
  });

  it('that fails leaves everything as it was', async () => {
    const id = await core.createSynced('production', { A: '1' });
    const before = await core.client.environments.open({ id });
    const fault = vault.faults.add({
      match: { method: 'POST' },
      effect: { kind: 'answer', status: 500, body: { errors: ['internal'] } },
    });
    const changes = { edits: [{ key: 'A', value: '2', disabled: true }], additions: [] };
    const save = () => core.client.environments.save({ id, base: before.base ?? '', changes });
    await expect(save()).rejects.toMatchObject({ code: 'SERVER_ERROR' });
    expect(await core.client.environments.open({ id })).toEqual(before);
    expect(kv().read('production')).toEqual({ A: '1' });
    fault.remove();
    await save();
    expect(kv().read('production')).toEqual({ A: '2' });
  });

  it('whose answer was lost can simply be done again', async () => {
    const id = await core.createSynced('production', { A: '1' });
    const outage = vault.faults.outage({ method: 'POST' }, true);
    await expect(core.save(id, edit('A', '2'))).rejects.toMatchObject({ code: 'CONNECTION_RESET' });
    outage.repair();
    await core.save(id, edit('A', '2'));
    expect(kv().currentVersion('production')).toBe(2);
    expect(await core.environment('production')).toMatchObject({ revision: 'v2' });
  });

  it('takes its turn: two at once do not overwrite each other', async () => {
    const id = await core.createSynced('production', { A: '1', B: '1' });
    const base = await core.base(id);
    const outcomes = await Promise.allSettled([
      core.client.environments.save({ id, base, changes: edit('A', '2') }),
      core.client.environments.save({ id, base, changes: edit('B', '2') }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(kv().read('production')).toEqual({ A: '2', B: '1' });
  });

  it('of an environment that is gone says so', async () => {
    const id = await core.create('local', { A: '1' });
    await core.client.environments.remove({ id, onServer: false });
    await expect(
      core.client.environments.save({ id, base: 'x', changes: adding({ B: '2' }) }),
    ).rejects.toMatchObject({ code: 'NO_SUCH_ENVIRONMENT' });
  });

  it('of a local environment calls no server and is on the disk only sealed', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await core.save(id, adding({ B: '2' }));
    await core.restart();
    expect(await core.values(id)).toEqual({ API_KEY: VALUE, B: '2' });
    expect(vault.requests).toEqual([]);
    expect(await filesHolding(core.dataDirectory, Buffer.from(VALUE))).toEqual([]);
  });

  it('to AWS over its limit says by how much, and keeps what is there', async () => {
    const aws = await startTestAws();
    await core.useAws(aws);
    const id = await core.createSynced('production', { A: '1' });
    await expect(core.save(id, edit('A', 'é'.repeat(40_000)))).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      message:
        'All values together take 80,008 bytes, 14,472 more than the 65,536 that AWS accepts in one secret.',
    });
    expect(aws.secret('production')?.current?.value).toBe('{"A":"1"}');
    expect(await core.values(id)).toEqual({ A: '1' });
  });

  it('shows in the log as counts, never as values', async () => {
    const id = await core.create('local', { A: '1', B: '2', C: '3' });
    await core.save(id, {
      edits: [
        { key: 'A', value: VALUE },
        { key: 'B', remove: true },
        { key: 'C', rename: 'D' },
      ],
      additions: [{ key: 'E', value: VALUE }],
    });
    expect(await core.activity()).toEqual(['saved done 1 added, 2 changed, 1 removed']);
    expect(JSON.stringify(await core.activity(100))).not.toContain(VALUE);
  });
});

describe('values from elsewhere', () => {
  it('are compared here, and none is given away', async () => {
    const id = await core.create('local', { SAME: 'a', DIFF: VALUE });
    const entries = [
      { key: 'SAME', value: 'a' },
      { key: 'DIFF', value: 'b' },
      { key: 'NEW', value: 'c' },
    ];
    const states = await core.client.environments.compareValues({ id, entries });
    expect(states.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'SAME same',
      'DIFF different',
      'NEW new',
    ]);
    expect(JSON.stringify(states)).not.toContain(VALUE);
  });
});

describe('copying several', () => {
  it('writes them as lines, with what was typed and not stored, and logs names alone', async () => {
    const id = await core.create('local', { A: VALUE, B: 'two words', C: '3' });
    const { copied, leftOut } = await core.client.environments.copyLines({
      id,
      lines: [
        { key: 'B', as: 'RENAMED' },
        { key: 'A' },
        { key: 'C', value: 'typed' },
        { key: 'no such key', as: 'NEW', value: 'n' },
        { key: 'A', as: 'odd key' },
      ],
    });
    expect(copied).toMatchObject({
      by: 'window',
      value: `RENAMED='two words'\nA=${VALUE}\nC=typed\nNEW=n\n`,
    });
    expect(leftOut).toBe(1);
    const [entry] = await core.client.activity.list({ workspaceId: core.workspaceId, limit: 1 });
    expect(entry).toMatchObject({ action: 'copied', detail: 'RENAMED, A, C, NEW' });
  });

  it('of a thousand is one entry in the log', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `KEY_${String(index)}`);
    const id = await core.create('local', Object.fromEntries(keys.map((key) => [key, 'v'])));
    await core.client.environments.copyLines({ id, lines: keys.map((key) => ({ key })) });
    const [entry] = await core.client.activity.list({ workspaceId: core.workspaceId, limit: 1 });
    expect(entry?.detail).toBe('KEY_0, KEY_1, KEY_2, KEY_3, KEY_4 and 995 more');
  });

  it('says so where none of them fits in a line, or one is not there', async () => {
    const id = await core.create('local', { 'odd key': 'v' });
    const copy = async (key: string) =>
      core.client.environments.copyLines({ id, lines: [{ key }] });
    await expect(copy('odd key')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(copy('GONE')).rejects.toMatchObject({ code: 'NO_SUCH_VARIABLE' });
  });
});

describe('exporting', () => {
  it('gives a file with a fitting name, and is logged', async () => {
    const id = await core.create('Team A/Prod', { A: '1' });
    const exported = [];
    for (const format of ['dotenv', 'json', 'shell'] as const) {
      exported.push(await core.client.environments.export({ id, format }));
    }
    expect(exported.map(({ fileName, text }) => [fileName, text])).toEqual([
      ['team-a-prod.env', 'A=1\n'],
      ['team-a-prod.json', '{"A":"1"}\n'],
      ['team-a-prod.sh', "export A='1'\n"],
    ]);
    expect(await core.activity()).toEqual(['exported done shell']);
  });
});
