/** Two who edit the same environment, through the router, against the stand-in servers. */
import type { EnvironmentMerge, MergedVariable } from '@shared/model/environment-merge';
import type { ChangeSet } from '@shared/model/change-set';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretsManagerServer } from '@test/servers/secrets-manager/server';
import type { VaultServer } from '@test/servers/vault/server';
import { mapToJson } from '@core/secrets/document';
import { startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';

const SOURCE = '{"A":"1","B":"2","N":1.5,"O":{"k":["v"]}}';
const VALUE = 'sk-live-that-is-theirs';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const edit = (key: string, value: string): ChangeSet => ({
  edits: [{ key, value }],
  additions: [],
});

const there = (merge: EnvironmentMerge): Extract<EnvironmentMerge, { state: 'there' }> => {
  if (merge.state !== 'there') throw new Error('It is gone.');
  return merge;
};

const brief = (rows: readonly MergedVariable[]): string[] =>
  rows.map(({ key, mineChange, theirsChange, outcome }) =>
    [key, mineChange, theirsChange, outcome].join(' '),
  );

const places = ['KV v2', 'KV v1', 'AWS', 'the local vault'] as const;

describe.each(places)('edits and what somebody else wrote to %s', (where) => {
  let vault: VaultServer;
  let aws: SecretsManagerServer;
  let id: string;
  let base: string;

  const kv = () => vault.kv(where === 'KV v1' ? 'one' : 'secret');

  const put = async (text: string): Promise<void> => {
    if (where === 'AWS') aws.put('production', text);
    else if (where === 'the local vault') await core.writeLocalVault('production', text);
    else kv().put('production', text);
  };

  const remove = async (): Promise<void> => {
    if (where === 'AWS') aws.remove('production');
    else if (where === 'the local vault') await core.removeFromLocalVault('production');
    else kv().delete('production');
  };

  const stored = async (): Promise<unknown> => {
    if (where === 'AWS') return JSON.parse(String(aws.secret('production')?.current?.value));
    if (where !== 'the local vault') return kv().read('production');
    const document = (await core.readLocalVault('production'))?.document;
    return document?.shape === 'map' ? JSON.parse(mapToJson(document.entries)) : undefined;
  };

  const merge = async (changes: ChangeSet, fetch = true) =>
    there(await core.client.environments.merge({ id, base, changes, fetch }));

  beforeEach(async () => {
    if (where === 'AWS') {
      aws = await startTestAws();
      await core.useAws(aws);
    } else if (where === 'the local vault') {
      // The first thing that is sealed makes the key.
      await core.create('other', { A: '1' });
    } else {
      vault = await startTestVault();
      vault.mount('one', { version: 1 });
      await core.useVault(vault, { enginePath: where === 'KV v1' ? 'one' : 'secret' });
    }
    await put(SOURCE);
    await core.pullAll();
    ({ id } = await core.environment('production'));
    base = await core.base(id);
  });

  it('merge by themselves on different keys, and the rest is kept to the last digit', async () => {
    await put('{"A":"1","B":"theirs","N":1.5,"O":{"k":["v"]},"T":"t"}');
    const changes = { edits: [{ key: 'A', value: 'mine' }], additions: [{ key: 'M', value: 'm' }] };
    await expect(core.client.environments.save({ id, base, changes })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const { rows, theirs } = await merge(changes);
    expect(brief(rows)).toEqual([
      'A changed unchanged mine',
      'B unchanged changed theirs',
      'M added unchanged mine',
      'T unchanged added theirs',
    ]);
    const saved = await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: theirs.base,
      choices: [],
    });
    expect(await stored()).toEqual({
      A: 'mine',
      B: 'theirs',
      N: 1.5,
      O: { k: ['v'] },
      T: 't',
      M: 'm',
    });
    expect(saved.variables.find(({ key }) => key === 'N')?.literal).toBe('1.5');
    expect(await core.activity()).toEqual(['saved done 1 added, 1 changed, merged']);
  });

  it('are shown where both changed a key, without a value, and decided key by key', async () => {
    await put(`{"A":"${VALUE}","N":2,"O":{"k":["v"]}}`);
    const changes = {
      edits: [
        { key: 'A', value: 'mine' },
        { key: 'B', value: 'kept' },
        { key: 'N', value: '3' },
      ],
      additions: [],
    };
    const { rows, theirs } = await merge(changes);
    expect(brief(rows)).toEqual([
      'A changed changed conflict',
      'B changed removed conflict',
      'N changed changed conflict',
    ]);
    expect(rows[2]).toMatchObject({
      before: { kind: 'number', literal: '1.5' },
      mine: { kind: 'number', literal: '3' },
      theirs: { kind: 'number', literal: '2' },
    });
    expect(JSON.stringify(rows)).not.toContain(VALUE);
    const save = (choices: { key: string; side: 'mine' | 'theirs' }[]) =>
      core.client.environments.saveMerged({ id, base, changes, theirs: theirs.base, choices });
    await expect(save([{ key: 'A', side: 'mine' }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: '2 keys have no choice yet.',
    });
    await save([
      { key: 'A', side: 'theirs' },
      { key: 'B', side: 'mine' },
      { key: 'N', side: 'mine' },
    ]);
    expect(await stored()).toEqual({ A: VALUE, B: 'kept', N: 3, O: { k: ['v'] } });
  });

  it('can be looked at on each side, and looking is logged without the value', async () => {
    await put(`{"A":"${VALUE}"}`);
    const { theirs } = await merge(edit('A', 'mine'));
    const revealAt = (at: string) => core.client.environments.revealAt({ id, base: at, key: 'A' });
    expect(await revealAt(base)).toEqual({ value: '1' });
    expect(await revealAt(theirs.base)).toEqual({ value: VALUE });
    expect(await core.activity(2)).toEqual(['revealed done A', 'revealed done A']);
    await expect(revealAt('never')).rejects.toMatchObject({ code: 'VALUES_NOT_LOADED' });
  });

  it('are merged again if it moved again, and nothing was overwritten', async () => {
    await put('{"A":"theirs"}');
    const changes = edit('A', 'mine');
    const { theirs } = await merge(changes);
    await put('{"A":"theirs","T":"later"}');
    const save = (revision: string) =>
      core.client.environments.saveMerged({
        id,
        base,
        changes,
        theirs: revision,
        choices: [{ key: 'A', side: 'mine' }],
      });
    await expect(save(theirs.base)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await stored()).toEqual({ A: 'theirs', T: 'later' });
    const again = await merge(changes);
    expect(brief(again.rows)).toContain('A changed changed conflict');
    await save(again.theirs.base);
    expect(await stored()).toEqual({ A: 'mine', T: 'later' });
  });

  it('need no write where theirs is taken throughout', async () => {
    await put('{"A":"theirs"}');
    const changes = edit('A', 'mine');
    const { theirs } = await merge(changes);
    await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: theirs.base,
      choices: [{ key: 'A', side: 'theirs' }],
    });
    expect(await core.base(id)).toBe(theirs.base);
    expect(await stored()).toEqual({ A: 'theirs' });
  });

  it('are merged with what a pull brought, without another one', async () => {
    await put('{"A":"theirs","B":"2"}');
    await core.client.environments.pull({ id });
    await put('{"A":"later","B":"2"}');
    const { theirs, rows } = await merge(edit('B', 'mine'), false);
    expect(brief(rows)).toContain('A unchanged changed theirs');
    expect(await core.client.environments.revealAt({ id, base: theirs.base, key: 'A' })).toEqual({
      value: 'theirs',
    });
  });

  it('keep what was marked, also of what was renamed, and drop it with what theirs decides', async () => {
    await put('{"A":"1","B":"theirs"}');
    const changes = {
      edits: [
        { key: 'A', rename: 'Z', secret: false },
        { key: 'B', value: 'mine', disabled: true },
      ],
      additions: [],
    };
    const { theirs, rows } = await merge(changes);
    expect(rows.find(({ key }) => key === 'A')).toMatchObject({
      renamed: 'Z',
      mine: { key: 'Z', literal: '1' },
      outcome: 'mine',
    });
    const { variables } = await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: theirs.base,
      choices: [{ key: 'B', side: 'theirs' }],
    });
    expect(variables).toEqual([
      { key: 'Z', kind: 'text', secret: false, literal: '1' },
      { key: 'B', kind: 'text', secret: true },
    ]);
  });

  it('can be recreated where it was deleted', async () => {
    await remove();
    const changes = edit('A', 'mine');
    const gone = await core.client.environments.merge({ id, base, changes, fetch: true });
    const absence = where === 'KV v2' ? 'deleted' : 'missing';
    expect(gone).toEqual({ state: 'gone', absence });
    const saved = await core.client.environments.recreate({ id, base, changes });
    expect(saved.environment.state).toBe('loaded');
    expect(await stored()).toEqual({ A: 'mine', B: '2', N: 1.5, O: { k: ['v'] } });
    await expect(
      core.client.environments.recreate({ id, base, changes: edit('A', 'other') }),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('count as changed by both where it is no longer known what they were made on', async () => {
    await put('{"A":"theirs","B":"2"}');
    await core.restart();
    await core.client.environments.pull({ id });
    const changes = {
      edits: [
        { key: 'A', value: 'mine' },
        { key: 'B', rename: 'Z' },
        { key: 'N', rename: 'NN' },
      ],
      additions: [],
    };
    const { rows, theirs } = await merge(changes, false);
    expect(brief(rows)).toEqual(['A changed changed conflict', 'B changed changed both']);
    expect(rows[0]?.before).toBeUndefined();
    await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: theirs.base,
      choices: [{ key: 'A', side: 'mine' }],
    });
    expect(await stored()).toEqual({ A: 'mine', Z: '2' });
  });
});

describe('what is not a list of variables', () => {
  it('is one conflict as a whole', async () => {
    const aws = await startTestAws();
    await core.useAws(aws);
    aws.put('production', 'plain text');
    await core.pullAll();
    const { id } = await core.environment('production');
    const base = await core.base(id);
    const changes = edit('(whole secret)', 'mine');
    aws.put('production', `{"A":"${VALUE}"}`);
    const merge = there(await core.client.environments.merge({ id, base, changes, fetch: true }));
    expect(brief(merge.rows)).toEqual(['(whole secret) changed changed conflict']);
    const reveal = { id, base: merge.theirs.base, key: '(whole secret)' };
    expect(await core.client.environments.revealAt(reveal)).toEqual({ value: `{"A":"${VALUE}"}` });
    await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: merge.theirs.base,
      choices: [{ key: '(whole secret)', side: 'mine' }],
    });
    expect(aws.secret('production')?.current?.value).toBe('mine');
  });
});

describe('an environment on this computer', () => {
  it('merges what two windows edited', async () => {
    const id = await core.create('local', { A: '1', B: '2' });
    const base = await core.base(id);
    await core.save(id, edit('A', 'other window'));
    const changes = edit('B', 'mine');
    const merge = there(await core.client.environments.merge({ id, base, changes, fetch: true }));
    expect(brief(merge.rows)).toEqual(['A unchanged changed theirs', 'B changed unchanged mine']);
    await core.client.environments.saveMerged({
      id,
      base,
      changes,
      theirs: merge.theirs.base,
      choices: [],
    });
    expect(await core.values(id)).toEqual({ A: 'other window', B: 'mine' });
  });
});
