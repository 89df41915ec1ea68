import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Stay } from '../../lib/copied-note';
import { addVariables, rowsOf, type Row } from './draft';
import { createDrafts } from './drafts-store';
import { createEnvironmentScreen } from './store';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

const opened = (id: string): OpenEnvironment =>
  ({
    environment: { id, name: 'production', synced: true, path: 'production', state: 'loaded' },
    shape: 'map',
    variables: [{ key: 'API_KEY', kind: 'text', secret: true }],
  }) as OpenEnvironment;

/** A core that answers `reveal` when the test says so. */
function core() {
  const answers: ((value: string) => void)[] = [];
  const refusals: ((error: unknown) => void)[] = [];
  const environments = {
    open: async ({ id }: { id: string }) => opened(id),
    pull: async ({ id }: { id: string }) => opened(id),
    reveal: () =>
      new Promise<{ value: string }>((resolve, reject) => {
        answers.push((value) => resolve({ value }));
        refusals.push(reject);
      }),
    copy: async () => ({ by: 'window', clearsAfterMs: 30_000, value: 'sk-live' }) as const,
  };
  const copySecret = vi.fn<Client['app']['copySecret']>(
    async () => ({ by: 'host', clearsAfterMs: 30_000, isConcealed: true }) as const,
  );
  const client = { environments, app: { copySecret } } as unknown as Client;
  return { client, answers, refusals, copySecret };
}

type WriteClipboard = (value: string, clearsAfterMs: number) => Promise<boolean>;

function screen(
  client: Client,
  writeClipboard = vi.fn<WriteClipboard>(async () => false),
  loadsOnOpen = false,
) {
  const onCopied = vi.fn<(key: string, stay: Stay) => void>();
  const drafts = createDrafts(client, {
    onSaved: async () => undefined,
    onOvertaken: async () => false,
  });
  const store = createEnvironmentScreen(client, {
    hideAfterSeconds: () => 10,
    drafts,
    writeClipboard,
    permit: (_, work) => work(),
    checkTyped: async () => undefined,
    loadsOnOpen: () => loadsOnOpen,
    onPulled: async () => undefined,
    onLoaded: async () => undefined,
    onCopied,
  });
  return { store, drafts, onCopied, writeClipboard };
}

/** The first row of the open environment. */
function firstRow(store: ReturnType<typeof createEnvironmentScreen>): Row {
  const [row] = rowsOf(store.getState().data?.variables ?? [], undefined);
  if (row === undefined) throw new Error('There is no variable.');
  return row;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('values that are only at the provider', () => {
  function unloaded() {
    const { client } = core();
    const pulled: string[] = [];
    client.environments.open = async ({ id }) => {
      const { environment, ...rest } = opened(id);
      return { ...rest, environment: { ...environment, state: 'not-loaded' }, variables: [] };
    };
    client.environments.pull = async ({ id }) => {
      pulled.push(id);
      return opened(id);
    };
    return { client, pulled };
  }

  it('are read when their environment is opened', async () => {
    const { client, pulled } = unloaded();
    const { store } = screen(client, undefined, true);
    const done = store.getState().open(ID);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.getState().pulling).toBe(true);
    await vi.runAllTimersAsync();
    await done;
    expect(pulled).toEqual([ID]);
    expect(store.getState()).toMatchObject({ pulling: false, data: opened(ID) });
  });

  it('are not read in passing', async () => {
    const { client, pulled } = unloaded();
    const { store } = screen(client, undefined, true);
    void store.getState().open(ID);
    await vi.advanceTimersByTimeAsync(10);
    void store.getState().open(OTHER);
    await vi.runAllTimersAsync();
    expect(pulled).toEqual([OTHER]);
  });

  it('stay there if the person has switched that off', async () => {
    const { client, pulled } = unloaded();
    const { store } = screen(client);
    await store.getState().open(ID);
    await vi.runAllTimersAsync();
    expect(pulled).toEqual([]);
    expect(store.getState().pulling).toBe(false);
  });
});

describe('a revealed value', () => {
  async function revealed() {
    const { client, answers } = core();
    const { store } = screen(client);
    await store.getState().open(ID);
    const shown = store.getState().reveal(firstRow(store));
    answers[0]?.('sk-live');
    await shown;
    expect(store.getState().revealed.get('key API_KEY')).toBe('sk-live');
    return store;
  }

  it('is gone after a minute', async () => {
    const store = await revealed();
    vi.advanceTimersByTime(9_999);
    expect(store.getState().revealed.size).toBe(1);
    vi.advanceTimersByTime(1);
    expect(store.getState().revealed.size).toBe(0);
  });

  it('is gone when the environment is left, opened again or pulled', async () => {
    const left = ['close', 'refresh', 'pull'] as const;
    const sizes = left.map(async (leave) => {
      const store = await revealed();
      await store.getState()[leave]();
      return store.getState().revealed.size;
    });
    expect(await Promise.all(sizes)).toEqual([0, 0, 0]);
  });

  it.each(['refresh', 'pull'] as const)(
    'stays after a %s that brings the same values',
    async (again) => {
      const { client, answers } = core();
      let base = 'one';
      client.environments.open = async ({ id }) => ({ ...opened(id), base });
      client.environments.pull = client.environments.open;
      const { store } = screen(client);
      await store.getState().open(ID);
      const shown = store.getState().reveal(firstRow(store));
      answers[0]?.('sk-live');
      await shown;
      await store.getState()[again]();
      expect(store.getState().revealed.get('key API_KEY')).toBe('sk-live');
      base = 'two';
      await store.getState()[again]();
      expect(store.getState().revealed.size).toBe(0);
    },
  );

  it('is not shown when its answer comes after all values were hidden', async () => {
    const { client, answers } = core();
    const { store } = screen(client);
    await store.getState().open(ID);
    const late = store.getState().reveal(firstRow(store));
    store.getState().hideAll();
    answers[0]?.('sk-live');
    await late;
    expect(store.getState().revealed.size).toBe(0);
  });

  it('of one environment never shows in another', async () => {
    const { client, answers } = core();
    const { store } = screen(client);
    await store.getState().open(ID);
    const late = store.getState().reveal(firstRow(store));
    await store.getState().open(OTHER);
    answers[0]?.('sk-live');
    await late;
    expect(store.getState()).toMatchObject({ id: OTHER, revealed: new Map() });
  });
});

describe('a typed value that is on show', () => {
  /** `API_KEY` with a typed value, revealed. */
  async function typed() {
    const { client, answers } = core();
    client.environments.open = async ({ id }) => ({ ...opened(id), base: 'one' });
    client.environments.compareValues = async () => [];
    const { store, drafts } = screen(client);
    await store.getState().open(ID);
    const row = (): Row => {
      const draft = drafts.getState().histories.get(ID)?.present;
      const [first] = rowsOf(store.getState().data?.variables ?? [], draft);
      if (first === undefined) throw new Error('There is no variable.');
      return first;
    };
    store.getState().put(row(), 'value', 'typed');
    await store.getState().reveal(row());
    expect(store.getState().revealed.get('key API_KEY')).toBe('typed');
    return { store, drafts, row, answers };
  }

  it.each(['undo', 'discard', 'forget'] as const)('is gone after %s', async (how) => {
    const { store, drafts } = await typed();
    drafts.getState()[how](ID);
    expect(store.getState().revealed.size).toBe(0);
  });

  it('is gone after another one is typed, and stays after an edit of something else', async () => {
    const { store, row } = await typed();
    store.getState().put(row(), 'key', 'NEW_NAME');
    expect(store.getState().revealed.size).toBe(1);
    store.getState().put(row(), 'value', 'other');
    expect(store.getState().revealed.size).toBe(0);
  });

  it('of an added variable is gone with the variable', async () => {
    const { store, drafts } = await typed();
    store.getState().alter((draft) => addVariables(draft, [{ key: 'NEW', value: 'added' }]));
    const [, added] = rowsOf(
      store.getState().data?.variables ?? [],
      drafts.getState().histories.get(ID)?.present,
    );
    if (added === undefined) throw new Error('Nothing was added.');
    await store.getState().reveal(added);
    expect(store.getState().revealed.size).toBe(2);
    drafts.getState().undo(ID);
    expect([...store.getState().revealed.keys()]).toEqual(['key API_KEY']);
  });

  it('is not replaced by a stored value that comes late', async () => {
    const { store, drafts, row, answers } = await typed();
    drafts.getState().undo(ID);
    const late = store.getState().reveal(row());
    drafts.getState().redo(ID);
    answers[0]?.('sk-stored');
    await late;
    expect(store.getState().revealed.size).toBe(0);
  });
});

it('shows next to its key why a value cannot be revealed', async () => {
  const { client, refusals } = core();
  const { store } = screen(client);
  await store.getState().open(ID);
  const refused = store.getState().reveal(firstRow(store));
  refusals[0]?.(
    new ORPCError('VALUES_NOT_LOADED', { message: 'Not in memory.', data: { hint: 'Pull.' } }),
  );
  await refused;
  expect(store.getState().faults.get('key API_KEY')).toMatchObject({
    code: 'VALUES_NOT_LOADED',
    message: 'Not in memory.',
    hint: 'Pull.',
  });
});

it('keeps text that is typed before the value arrives', async () => {
  const { client, answers } = core();
  const { store } = screen(client);
  await store.getState().open(ID);
  const row = firstRow(store);
  const opening = store.getState().edit(row, 'value');
  store.getState().typeOver(row, 'value');
  const typing = store.getState().editing;
  answers[0]?.('sk-live');
  await opening;
  expect(store.getState().editing).toBe(typing);
  expect(typing?.begins).toBe('');
});

it('writes a copied value to the clipboard of the window and does not keep it', async () => {
  const { client } = core();
  const { store, onCopied, writeClipboard } = screen(client);
  await store.getState().open(ID);
  await store.getState().copy(firstRow(store));
  expect(writeClipboard).toHaveBeenCalledWith('sk-live', 30_000);
  const stay = { clearsAfterMs: 30_000, clears: false, isConcealed: false };
  expect(onCopied).toHaveBeenCalledWith('API_KEY', stay);
  expect(store.getState()).toMatchObject({ copied: 'key API_KEY', revealed: new Map() });
});

it('lets the host copy a typed value too, if it can', async () => {
  const { client, copySecret } = core();
  const { store, onCopied, writeClipboard } = screen(client);
  await store.getState().open(ID);
  await store.getState().copy({ ...firstRow(store), typed: 'sk-new' });
  expect(copySecret).toHaveBeenCalledWith({ text: 'sk-new' });
  expect(writeClipboard).not.toHaveBeenCalled();
  const stay = { clearsAfterMs: 30_000, clears: true, isConcealed: true };
  expect(onCopied).toHaveBeenCalledWith('API_KEY', stay);
});

it('says so when the clipboard cannot be written', async () => {
  const { client } = core();
  const { store, onCopied } = screen(
    client,
    vi.fn<WriteClipboard>(async () => {
      throw new DOMException('denied', 'NotAllowedError');
    }),
  );
  await store.getState().open(ID);
  await store.getState().copy(firstRow(store));
  expect(onCopied).not.toHaveBeenCalled();
  expect(store.getState().faults.get('key API_KEY')?.message).toBe(
    'The clipboard could not be written.',
  );
});
