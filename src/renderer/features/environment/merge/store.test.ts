import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { EnvironmentMerge, MergedVariable } from '@shared/model/environment-merge';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Variable } from '@shared/model/variable';
import { expect, it, vi } from 'vitest';
import { editVariable } from '../draft';
import { createDrafts, unsavedCount } from '../drafts-store';
import { createMerges } from './store';

const ID = '00000000-0000-4000-8000-000000000001';
const A: Variable = { key: 'A', kind: 'text', secret: true };

const opened = (base: string): OpenEnvironment & { base: string } =>
  ({
    environment: { id: ID, name: 'production' },
    shape: 'map',
    variables: [A],
    base,
  }) as unknown as OpenEnvironment & { base: string };

const row = (outcome: MergedVariable['outcome'], more: Partial<MergedVariable> = {}) =>
  ({
    key: 'A',
    mineChange: 'changed',
    theirsChange: 'changed',
    outcome,
    before: A,
    mine: A,
    theirs: A,
    ...more,
  }) satisfies MergedVariable;

const there = (base: string, ...rows: MergedVariable[]): EnvironmentMerge => ({
  state: 'there',
  rows,
  theirs: opened(base),
});

const conflict = new ORPCError('CONFLICT', { message: 'Changed.', data: { hint: 'Pull.' } });

type Call<Result> = (input: unknown) => Promise<Result>;

/** A window with one unsaved edit of A, made on r1. */
function merging(...answers: EnvironmentMerge[]) {
  const merge = vi.fn<Call<EnvironmentMerge>>(async () => {
    const answer = answers.shift();
    if (answer === undefined) throw new Error('Nothing more was to be asked.');
    return answer;
  });
  const saveMerged = vi.fn<Call<OpenEnvironment>>(async () => opened('r9'));
  const recreate = vi.fn<Call<OpenEnvironment>>(async () => opened('r9'));
  const undelete = vi.fn<Call<void>>(async () => undefined);
  const save = vi.fn<Call<OpenEnvironment>>(async () => opened('r9'));
  const revealAt = vi.fn<(input: { base: string; key: string }) => Promise<{ value: string }>>(
    async ({ base, key }) => ({ value: `${key} at ${base}` }),
  );
  const environments = { merge, saveMerged, recreate, undelete, save, revealAt };
  const client = { environments } as unknown as Client;
  const drafts = createDrafts(client, {
    onSaved: async () => undefined,
    onOvertaken: (id) => merges.getState().saveOver(id),
  });
  const onSaved = vi.fn<(open: OpenEnvironment) => Promise<void>>(async () => undefined);
  const onFetched = vi.fn<(theirs: OpenEnvironment | undefined) => Promise<void>>(
    async () => undefined,
  );
  const say = vi.fn<(text: string, tone?: 'bad') => void>();
  const merges = createMerges(client, {
    hideAfterSeconds: () => 10,
    drafts,
    onSaved,
    onFetched,
    say,
  });
  drafts.getState().change(ID, 'r1', (draft) => editVariable(draft, A, { value: 'typed' }));
  const session = () => merges.getState().sessions.get(ID);
  const unsaved = () => unsavedCount(drafts.getState(), ID);
  return { merges, drafts, session, unsaved, ...environments, onSaved, onFetched, say };
}

it('saves fitting edits by itself, and tries again if somebody wrote meanwhile', async () => {
  const { merges, merge, saveMerged, unsaved, say, onSaved } = merging(
    there('r2', row('mine', { theirsChange: 'unchanged' })),
    there('r3', row('mine', { theirsChange: 'unchanged' }), row('theirs', { key: 'B' })),
  );
  saveMerged.mockRejectedValueOnce(conflict);
  expect(await merges.getState().saveOver(ID)).toBe(true);
  expect(merge).toHaveBeenCalledTimes(2);
  expect(saveMerged).toHaveBeenLastCalledWith(
    expect.objectContaining({ base: 'r1', theirs: 'r3', choices: [] }),
  );
  expect(unsaved()).toBe(0);
  expect(onSaved).toHaveBeenCalledOnce();
  expect(say).toHaveBeenCalledWith('production saved, with 1 change made by someone else.');
});

it('gives up on a server that changes each time, and keeps the edits', async () => {
  const fitting = row('mine', { theirsChange: 'unchanged' });
  const { merges, saveMerged, unsaved } = merging(
    there('r2', fitting),
    there('r3', fitting),
    there('r4', fitting),
  );
  saveMerged.mockRejectedValue(conflict);
  await expect(merges.getState().saveOver(ID)).rejects.toBe(conflict);
  expect(saveMerged).toHaveBeenCalledTimes(3);
  expect(unsaved()).toBe(1);
});

it('asks if both changed a key, and writes the choice', async () => {
  const { merges, session, saveMerged, unsaved } = merging(there('r2', row('conflict')));
  expect(await merges.getState().saveOver(ID)).toBe(false);
  expect(saveMerged).not.toHaveBeenCalled();
  merges.getState().choose(ID, 'theirs', ['A']);
  await merges.getState().save(ID);
  expect(saveMerged).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ theirs: 'r2', choices: [{ key: 'A', side: 'theirs' }] }),
  );
  expect(session()).toBeUndefined();
  expect(unsaved()).toBe(0);
});

it('compares again if somebody wrote again, and keeps the choices that still apply', async () => {
  const { merges, merge, session, saveMerged } = merging(
    there('r2', row('conflict'), row('conflict', { key: 'B' })),
    there('r3', row('conflict'), row('conflict', { key: 'B', moved: true })),
  );
  await merges.getState().saveOver(ID);
  merges.getState().choose(ID, 'mine', ['A', 'B']);
  saveMerged.mockRejectedValueOnce(conflict);
  await merges.getState().save(ID);
  expect(merge).toHaveBeenLastCalledWith(expect.objectContaining({ fetch: true, since: 'r2' }));
  expect(session()).toMatchObject({
    busy: false,
    movedAgain: true,
    choices: new Map([['A', 'mine']]),
  });
});

it('says why a write failed, and keeps the choices', async () => {
  const { merges, session, saveMerged, unsaved } = merging(there('r2', row('conflict')));
  await merges.getState().saveOver(ID);
  merges.getState().choose(ID, 'mine', ['A']);
  saveMerged.mockRejectedValueOnce(
    new ORPCError('TIMED_OUT', { message: 'Late.', data: { hint: 'Wait.' } }),
  );
  await merges.getState().save(ID);
  expect(session()).toMatchObject({
    busy: false,
    error: { code: 'TIMED_OUT' },
    choices: new Map([['A', 'mine']]),
  });
  expect(unsaved()).toBe(1);
});

it('reveals each side, typed values without a call, and forgets them on hiding', async () => {
  const { merges, session, revealAt } = merging(there('r2', row('conflict')));
  await merges.getState().saveOver(ID);
  await merges.getState().reveal(ID, ['A']);
  const values = { before: 'A at r1', mine: 'typed', theirs: 'A at r2' };
  expect(session()).toMatchObject({ revealed: new Map([['A', values]]) });
  expect(revealAt).toHaveBeenCalledTimes(2);
  merges.getState().hideAll();
  expect(session()).toMatchObject({ revealed: new Map() });
});

it('shows nothing that arrives after values were hidden', async () => {
  const { merges, session, revealAt } = merging(there('r2', row('conflict')));
  await merges.getState().saveOver(ID);
  revealAt.mockImplementationOnce(async () => {
    merges.getState().hideAll();
    return { value: 'late' };
  });
  await merges.getState().reveal(ID, ['A']);
  expect(session()).toMatchObject({ revealed: new Map() });
});

it('shows no value of a decision in the one that replaced it', async () => {
  const { merges, session, revealAt } = merging(
    there('r2', row('conflict')),
    there('r3', row('conflict')),
  );
  await merges.getState().saveOver(ID);
  revealAt.mockImplementationOnce(async () => {
    await merges.getState().saveOver(ID);
    return { value: 'of r2' };
  });
  await merges.getState().reveal(ID, ['A']);
  expect(session()).toMatchObject({ merge: { theirs: { base: 'r3' } }, revealed: new Map() });
});

it('carries edits over to pulled values; if they conflict, asks only on request', async () => {
  const fitting = merging(there('r2', row('mine', { theirsChange: 'unchanged' })));
  await fitting.merges.getState().carryOver(ID, 'r2', false);
  expect(fitting.drafts.getState().histories.get(ID)?.present.base).toBe('r2');
  expect(fitting.merge).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ fetch: false }));

  const clashing = merging(there('r2', row('conflict')), there('r2', row('conflict')));
  await clashing.merges.getState().carryOver(ID, 'r2', false);
  expect(clashing.session()).toBeUndefined();
  expect(clashing.drafts.getState().histories.get(ID)?.present.base).toBe('r1');
  await clashing.merges.getState().carryOver(ID, 'r2', true);
  expect(clashing.session()?.state).toBe('there');
  expect(clashing.merges.getState().carrying.size).toBe(0);
});

it('recreates what is gone, or undeletes it and saves', async () => {
  const gone = merging({ state: 'gone', absence: 'deleted' });
  gone.save.mockRejectedValueOnce(conflict);
  expect(await gone.drafts.getState().save(ID)).toBe(false);
  expect(gone.session()).toMatchObject({ state: 'gone', absence: 'deleted' });
  await gone.merges.getState().recreate(ID);
  expect(gone.recreate).toHaveBeenCalledOnce();
  expect([gone.unsaved(), gone.session()]).toEqual([0, undefined]);

  const scheduled = merging({ state: 'gone', absence: 'scheduled' });
  scheduled.save.mockRejectedValueOnce(conflict);
  await scheduled.drafts.getState().save(ID);
  await scheduled.merges.getState().undeleteAndSave(ID);
  expect(scheduled.undelete).toHaveBeenCalledExactlyOnceWith({ id: ID });
  expect(scheduled.save).toHaveBeenCalledTimes(2);
  expect([scheduled.unsaved(), scheduled.session()]).toEqual([0, undefined]);
});
