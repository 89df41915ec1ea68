import type { Client } from '@shared/contract/window';
import type { HeldEdits as Edits, KeptEdits } from '@shared/model/kept-edits';
import { describe, expect, it, vi } from 'vitest';
import { addVariables, editVariable, toChangeSet, withTyped, rowsOf } from './draft';
import { createDrafts, presentDraft, unsavedCount } from './drafts-store';
import { holdEdits } from './held-edits';

const ID = 'e1';
const API_KEY = { key: 'API_KEY', kind: 'text', secret: true } as const;
const added = [{ key: 'A', value: '1' }];

interface Held {
  readonly id: string;
  readonly edits: Edits | null;
}

function start(core: { more?: () => boolean; take?: () => KeptEdits[] } = {}) {
  const { more = () => false, take = () => [] } = core;
  const held: Held[] = [];
  const waiting: (() => void)[] = [];
  let holdsBack = false;
  const client = {
    edits: {
      hold: async ({ id, edits }: Held) => {
        held.push({ id, edits });
        if (holdsBack) await new Promise<void>((resolve) => waiting.push(resolve));
        return { more: more() };
      },
      take: async () => take(),
    },
  } as unknown as Client;
  const drafts = createDrafts(client, {
    onSaved: async () => undefined,
    onOvertaken: async () => false,
  });
  const onMore = vi.fn<(ids: readonly string[]) => void>();
  const say = vi.fn<(text: string, tone?: 'bad') => void>();
  const edits = holdEdits(client, { windowId: 'w1', workspaceId: 'ws', drafts, onMore, say });
  const edit = (value: string): void =>
    drafts.getState().change(ID, 'r1', (draft) => editVariable(draft, API_KEY, { value }));
  return {
    held,
    drafts,
    onMore,
    say,
    edit,
    ...edits,
    holdBack: () => {
      holdsBack = true;
    },
    goOn: () => {
      holdsBack = false;
      for (const go of waiting.splice(0)) go();
    },
  };
}

const edited = (value: string): Held => ({
  id: ID,
  edits: { base: 'r1', changes: { edits: [{ key: 'API_KEY', value }], additions: [] } },
});

describe('the copy in the core', () => {
  it('follows each edit, and undo', async () => {
    const { held, drafts, edit } = start();
    edit('one');
    await vi.waitFor(() => expect(held).toEqual([edited('one')]));
    drafts.getState().undo(ID);
    await vi.waitFor(() => expect(held.at(-1)).toEqual({ id: ID, edits: null }));
  });

  it('gets only the newest edits after those under way', async () => {
    const { held, edit, unheld, holdBack, goOn } = start();
    holdBack();
    edit('one');
    edit('two');
    edit('three');
    expect(held).toEqual([edited('one')]);
    expect(unheld()).toEqual([ID]);
    goOn();
    await vi.waitFor(() => expect(unheld()).toEqual([]));
    expect(held).toEqual([edited('one'), edited('three')]);
  });

  it('is not complete while more was typed than it was told of', async () => {
    const { held, drafts, unheld } = start();
    const [row] = rowsOf([API_KEY], undefined);
    if (row === undefined) throw new Error('There is no row.');
    let isBehind = false;
    drafts.getState().type(ID, {
      base: 'r1',
      alter: (draft) => withTyped(draft, row, 'value', 'typ'),
      isBehind: () => isBehind,
    });
    await vi.waitFor(() => expect(held).toEqual([edited('typ')]));
    await vi.waitFor(() => expect(unheld()).toEqual([]));
    isBehind = true;
    expect(unheld()).toEqual([ID]);
  });

  it('has what is being typed, and what becomes of it', async () => {
    const { held, drafts } = start();
    const [row] = rowsOf([API_KEY], undefined);
    if (row === undefined) throw new Error('There is no row.');
    drafts.getState().type(ID, {
      base: 'r1',
      alter: (draft) => withTyped(draft, row, 'value', 'typ'),
    });
    await vi.waitFor(() => expect(held).toEqual([edited('typ')]));
    expect(unsavedCount(drafts.getState(), ID)).toBe(0);
    drafts.getState().type(ID, undefined);
    await vi.waitFor(() => expect(held.at(-1)).toEqual({ id: ID, edits: null }));
  });
});

describe('edits that Lock kept', () => {
  const kept: KeptEdits = { id: ID, base: 'r1', changes: { edits: [], additions: added } };

  it('are back, can be undone, and go to the core again', async () => {
    const { held, drafts, restore } = start({ take: () => [kept] });
    expect(await restore()).toEqual([ID]);
    const draft = presentDraft(drafts, ID);
    expect(draft && toChangeSet(draft)).toEqual(kept.changes);
    await vi.waitFor(() =>
      expect(held).toEqual([{ id: ID, edits: { base: 'r1', changes: kept.changes } }]),
    );
    drafts.getState().undo(ID);
    expect(unsavedCount(drafts.getState(), ID)).toBe(0);
  });

  it('lose nothing to edits that were made meanwhile', async () => {
    const { drafts, edit, restore } = start({ take: () => [kept] });
    edit('meanwhile');
    drafts.getState().change(ID, 'r1', (draft) => addVariables(draft, [{ key: 'B', value: '2' }]));
    await restore();
    const draft = presentDraft(drafts, ID);
    expect(draft && toChangeSet(draft)).toEqual({
      edits: [{ key: 'API_KEY', value: 'meanwhile' }],
      additions: [...added, { key: 'B', value: '2' }],
    });
  });

  it('of a window that is gone come when there are none here any more', async () => {
    const { drafts, edit, onMore } = start({ more: () => true, take: () => [kept] });
    edit('mine');
    drafts.getState().discard(ID);
    await vi.waitFor(() => expect(onMore).toHaveBeenCalledWith([ID]));
    expect(unsavedCount(drafts.getState(), ID)).toBe(1);
  });

  it('that cannot be read are said to be missing', async () => {
    const { restore, say } = start({
      take: () => {
        throw new Error('No key.');
      },
    });
    expect(await restore()).toEqual([]);
    expect(say).toHaveBeenCalledWith(expect.stringContaining('could not be brought back'), 'bad');
  });
});
