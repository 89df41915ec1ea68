import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { Grant } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import { describe, expect, it, vi } from 'vitest';
import { arranged, clonesOf, createRequests, searchGrants } from './store';

const grantOf = (id: string, original?: string): Grant => ({
  id,
  name: id,
  workspace: 'Default',
  state: 'active',
  type: 'bearer',
  template: id === 'stripe' ? 'stripe' : undefined,
  rules: [],
  hosts: [`api.${id}.example`],
  networks: [],
  policy: defaultPolicy,
  secrets: [{ name: 'token' }],
  ...(original !== undefined && { original: { id: original, name: original } }),
  createdAt: 1,
  changedAt: 1,
});

const all = [
  grantOf('a'),
  grantOf('b-of-c', 'c'),
  grantOf('c'),
  grantOf('d-of-b', 'b-of-c'),
  grantOf('e-of-gone', 'gone'),
];
const ids = (grants: readonly { readonly id: string }[]): string[] => grants.map(({ id }) => id);

describe('the list', () => {
  it('has each clone below its original', () => {
    expect(arranged(all).map(({ grant, depth }) => `${String(depth)} ${grant.id}`)).toEqual([
      '0 a',
      '0 c',
      '1 b-of-c',
      '2 d-of-b',
      '0 e-of-gone',
    ]);
    expect(ids(clonesOf(all, 'c'))).toEqual(['b-of-c', 'd-of-b']);
  });

  it('is searched by name, service, type and host', () => {
    const rows = arranged([...all, grantOf('stripe')]);
    const found = (text: string) => ids(searchGrants(rows, text).map(({ grant }) => grant));
    expect(found(' C.EXAMPLE ')).toEqual(['c', 'b-of-c']);
    expect(found('Stripe')).toEqual(['stripe']);
    expect(found('bearer')).toHaveLength(6);
    expect(found('')).toHaveLength(6);
  });
});

function opened({ mayRemove = true, fail }: { mayRemove?: boolean; fail?: Error } = {}) {
  let grants = all;
  const grantsClient = {
    list: vi.fn<() => Promise<Grant[]>>(async () => [...grants]),
    create: vi.fn<() => Promise<Grant>>(async () => {
      if (fail !== undefined) throw fail;
      grants = [...grants, grantOf('new')];
      return grantOf('new');
    }),
    setDisabled: vi.fn<() => Promise<Grant>>(async () => {
      if (fail !== undefined) throw fail;
      return grantOf('a');
    }),
    remove: vi.fn<(input: { id: string }) => Promise<void>>(async ({ id }) => {
      grants = grants.filter((one) => one.id !== id);
    }),
  };
  const say = vi.fn<(text: string) => void>();
  const asked = vi.fn<(grant: Grant, clones: readonly Grant[]) => Promise<boolean>>(
    async () => mayRemove,
  );
  const mayDiscard = vi.fn<() => Promise<boolean>>(async () => false);
  const store = createRequests({ grants: grantsClient } as unknown as Client, 'w', {
    mayRemove: asked,
    mayDiscard,
    say,
  });
  return { store, grantsClient, say, asked, mayDiscard };
}

describe('a form', () => {
  it('is left with a question, once something was typed', async () => {
    const { store, mayDiscard } = opened();
    await store.getState().refresh();
    store.getState().show({ kind: 'edit' });
    store.getState().show({ kind: 'rotate' });
    expect(mayDiscard).not.toHaveBeenCalled();
    store.getState().typed();
    store.getState().select('b');
    store.getState().show({ kind: 'gallery' });
    await vi.waitFor(() => {
      expect(mayDiscard).toHaveBeenCalledTimes(2);
    });
    expect(store.getState()).toMatchObject({ view: { kind: 'rotate' }, hasInput: true });
    mayDiscard.mockResolvedValue(true);
    store.getState().select('b');
    await vi.waitFor(() => {
      expect(store.getState()).toMatchObject({ selected: 'b', view: { kind: 'grant' } });
    });
    expect(store.getState().hasInput).toBe(false);
  });

  it('is closed by its own button without one, and by its end', async () => {
    const { store, mayDiscard } = opened();
    await store.getState().refresh();
    store.getState().show({ kind: 'new', template: undefined });
    store.getState().typed();
    store.getState().close();
    expect(store.getState()).toMatchObject({ view: { kind: 'grant' }, hasInput: false });
    store.getState().show({ kind: 'new', template: undefined });
    store.getState().typed();
    await store.getState().create({ name: 'new' } as never);
    expect(store.getState()).toMatchObject({ view: { kind: 'grant' }, hasInput: false });
    expect(mayDiscard).not.toHaveBeenCalled();
  });
});

describe('the page', () => {
  it('selects the first grant, and keeps the selection', async () => {
    const { store } = opened();
    await store.getState().refresh();
    expect(store.getState().selected).toBe('a');
    store.getState().select('c');
    await store.getState().refresh();
    expect(store.getState().selected).toBe('c');
  });

  it('offers to try a grant that was just created, until something else is shown', async () => {
    const { store } = opened();
    await store.getState().refresh();
    store.getState().show({ kind: 'new', template: undefined });
    await store.getState().create({ name: 'new', settings: grantOf('new'), secrets: {} });
    expect(store.getState()).toMatchObject({
      selected: 'new',
      created: 'new',
      view: { kind: 'grant' },
    });
    store.getState().select('a');
    expect(store.getState().created).toBeUndefined();
  });

  it('leaves a failure to create to the form', async () => {
    const fail = new ORPCError('NAME_TAKEN', { message: 'Taken.', data: { hint: 'Choose.' } });
    const { store } = opened({ fail });
    store.getState().show({ kind: 'new', template: undefined });
    const made = store.getState().create({ name: 'a', settings: grantOf('a'), secrets: {} });
    await expect(made).rejects.toBe(fail);
    expect(store.getState().view.kind).toBe('new');
    await store.getState().setDisabled('a', true);
    expect(store.getState().fault).toMatchObject({ code: 'NAME_TAKEN' });
  });

  it('asks before it deletes, and names the clones that end', async () => {
    const { store, grantsClient, asked, say } = opened();
    await store.getState().refresh();
    store.getState().select('c');
    await store.getState().remove('c');
    expect(ids(asked.mock.calls[0]?.[1] ?? [])).toEqual(['b-of-c', 'd-of-b']);
    expect(grantsClient.remove).toHaveBeenCalledWith({ id: 'c' });
    expect(store.getState()).toMatchObject({ selected: 'b-of-c', view: { kind: 'grant' } });
    expect(say).toHaveBeenCalledWith('c deleted.');
  });

  it('deletes nothing without the answer', async () => {
    const { store, grantsClient } = opened({ mayRemove: false });
    await store.getState().refresh();
    await store.getState().remove('c');
    expect(grantsClient.remove).not.toHaveBeenCalled();
  });

  it('closes its forms when Strongroom is locked', async () => {
    const { store } = opened();
    await store.getState().refresh();
    store.getState().show({ kind: 'rotate' });
    store.getState().startOver();
    expect(store.getState().view).toEqual({ kind: 'grant' });
  });
});
