import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Variable } from '@shared/model/variable';
import { expect, it, vi } from 'vitest';
import { editVariable } from './draft';
import { createDrafts, unsavedCount, unsavedWorkOf } from './drafts-store';

const ID = '00000000-0000-4000-8000-000000000001';
const PORT: Variable = { key: 'PORT', kind: 'number', secret: false, literal: '5432' };

const opened = (base: string, variables: Variable[] = [PORT]): OpenEnvironment =>
  ({ environment: { id: ID }, shape: 'map', variables, base }) as unknown as OpenEnvironment;

type Save = () => Promise<OpenEnvironment>;

function drafts(save = vi.fn<Save>(async () => opened('r2')), overtaken = async () => false) {
  const client = { environments: { save } } as unknown as Client;
  const onSaved = vi.fn<(open: OpenEnvironment) => Promise<void>>(async () => undefined);
  const onOvertaken = vi.fn<(id: string) => Promise<boolean>>(overtaken);
  const store = createDrafts(client, { onSaved, onOvertaken });
  const type = (value: string) =>
    store.getState().change(ID, 'r1', (draft) => editVariable(draft, PORT, { value }));
  const typed = () => store.getState().histories.get(ID)?.present.edits.get('PORT')?.value;
  return { store, save, onSaved, onOvertaken, type, typed };
}

it('undoes and redoes the edits of an environment', () => {
  const { store, type, typed } = drafts();
  const { undo, redo, discard } = store.getState();
  type('1');
  type('2');
  undo(ID);
  expect(typed()).toBe('1');
  undo(ID);
  expect(unsavedCount(store.getState(), ID)).toBe(0);
  redo(ID);
  redo(ID);
  redo(ID);
  expect(typed()).toBe('2');
  discard(ID);
  expect(unsavedCount(store.getState(), ID)).toBe(0);
  undo(ID);
  expect(typed()).toBe('2');
});

it('adds no step for an edit that changes nothing', () => {
  const { store, type } = drafts();
  type('5432');
  expect(store.getState().histories.size).toBe(0);
});

it('saves with the base of the edits, and then has no edits', async () => {
  const { store, save, onSaved, type } = drafts();
  type('1');
  expect(unsavedWorkOf(store).drafts()).toMatchObject([{ id: ID, base: 'r1' }]);
  expect(await store.getState().save(ID)).toBe(true);
  expect(save).toHaveBeenCalledExactlyOnceWith({
    id: ID,
    base: 'r1',
    changes: { edits: [{ key: 'PORT', value: '1' }], additions: [] },
  });
  expect(onSaved).toHaveBeenCalledOnce();
  expect(store.getState()).toMatchObject({ histories: new Map(), saving: new Set() });
});

it('keeps the edits and the error if a save fails, until the next edit', async () => {
  const refused = new ORPCError('SERVER_ERROR', { message: 'No.', data: { hint: 'Wait.' } });
  const { store, type, typed } = drafts(
    vi.fn<Save>(async () => {
      throw refused;
    }),
  );
  type('1');
  expect(await store.getState().save(ID)).toBe(false);
  expect(typed()).toBe('1');
  expect(store.getState().errors.get(ID)).toMatchObject({ code: 'SERVER_ERROR' });
  type('2');
  expect(store.getState().errors.size).toBe(0);
});

it('accepts no edit while it saves', async () => {
  let answer: (open: OpenEnvironment) => void = () => undefined;
  const { store, type, typed } = drafts(
    vi.fn<Save>(
      async () =>
        new Promise<OpenEnvironment>((resolve) => {
          answer = resolve;
        }),
    ),
  );
  type('1');
  const saving = store.getState().save(ID);
  type('2');
  store.getState().undo(ID);
  expect(typed()).toBe('1');
  answer(opened('r2'));
  expect(await saving).toBe(true);
});

it('accepts edits as soon as it is saved, even while the lists are being refreshed', async () => {
  let listed: () => void = () => undefined;
  const { store, onSaved, type } = drafts();
  onSaved.mockImplementation(
    async () =>
      new Promise((resolve) => {
        listed = resolve;
      }),
  );
  type('1');
  const saving = store.getState().save(ID);
  await vi.waitFor(() => {
    expect(onSaved).toHaveBeenCalled();
  });
  expect(store.getState().saving.has(ID)).toBe(false);
  store.getState().change(ID, 'r2', (draft) => editVariable(draft, PORT, { value: '2' }));
  expect(unsavedCount(store.getState(), ID)).toBe(1);
  listed();
  expect(await saving).toBe(true);
  expect(unsavedCount(store.getState(), ID)).toBe(1);
});

it('moves the edits onto pulled values, as one step', () => {
  const { store, type } = drafts();
  type('1');
  store.getState().carryOver(opened('r2'));
  expect(store.getState().histories.get(ID)?.present).toMatchObject({ base: 'r2' });
  expect(unsavedCount(store.getState(), ID)).toBe(1);
  store.getState().undo(ID);
  expect(unsavedCount(store.getState(), ID)).toBe(0);
});

const conflict = new ORPCError('CONFLICT', { message: 'Changed.', data: { hint: 'Pull.' } });

const refusing = vi.fn<Save>(async () => {
  throw conflict;
});

it('hands a conflict over, and resolves with the outcome', async () => {
  const merged = drafts(refusing, async () => true);
  merged.type('1');
  expect(await merged.store.getState().save(ID)).toBe(true);
  expect(merged.onOvertaken).toHaveBeenCalledExactlyOnceWith(ID);

  const asked = drafts(refusing, async () => false);
  asked.type('1');
  expect(await asked.store.getState().save(ID)).toBe(false);
  expect(asked.store.getState()).toMatchObject({ errors: new Map(), saving: new Set() });
  expect(asked.typed()).toBe('1');

  const failed = drafts(refusing, async () => {
    throw new ORPCError('TIMED_OUT', { message: 'Late.', data: { hint: 'Wait.' } });
  });
  failed.type('1');
  expect(await failed.store.getState().save(ID)).toBe(false);
  expect(failed.store.getState().errors.get(ID)).toMatchObject({ code: 'TIMED_OUT' });
});

it('drops an edit whose value both sides typed', () => {
  const { store, type } = drafts();
  type('1');
  const newer = { key: 'PORT', kind: 'text', secret: true } as const;
  store.getState().carryOver(opened('r2', [newer]), new Set(['PORT']));
  expect(unsavedCount(store.getState(), ID)).toBe(0);
});
