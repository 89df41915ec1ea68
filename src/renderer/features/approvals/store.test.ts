import type { Client } from '@shared/contract/window';
import type { PendingApproval } from '@shared/model/approval';
import { expect, it, vi } from 'vitest';
import { createApprovals } from './store';

const waiting = (id: string): PendingApproval => ({
  id,
  since: 0,
  until: 60_000,
  grant: { id: 'g', name: 'stripe' },
  method: 'GET',
  host: 'api.stripe.com',
  path: '/',
});

function following(...lists: (readonly PendingApproval[])[]) {
  const answer = vi.fn<() => Promise<{ counted: boolean }>>(async () => ({ counted: true }));
  let more = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    more = resolve;
  });
  const watch = async () =>
    (async function* () {
      yield* lists.slice(0, 1);
      await held;
      yield* lists.slice(1);
    })();
  const client = { approvals: { watch, answer } } as unknown as Client;
  return { store: createApprovals(client), answer, more };
}

const ids = ({ store }: Pick<ReturnType<typeof following>, 'store'>): string[] =>
  store.getState().waiting.map(({ id }) => id);

it('shows what waits, and nothing once the connection has ended', async () => {
  const all = following([waiting('a'), waiting('b')]);
  const watched = all.store.getState().watch();
  await vi.waitFor(() => expect(ids(all)).toEqual(['a', 'b']));
  all.more();
  await watched;
  expect(ids(all)).toEqual([]);
});

it('shows an answered question no more, and answers it once', async () => {
  const all = following([waiting('a'), waiting('b')], [waiting('a'), waiting('b'), waiting('c')]);
  void all.store.getState().watch();
  await vi.waitFor(() => expect(ids(all)).toEqual(['a', 'b']));
  const { answer } = all.store.getState();
  const both = [answer('a', 'once'), answer('a', 'once')];
  expect(ids(all)).toEqual(['b']);
  expect(await Promise.all(both)).toEqual([true, false]);
  expect(all.answer.mock.calls).toEqual([[{ id: 'a', answer: 'once' }]]);
});

it('shows a question again if its answer did not arrive', async () => {
  const all = following([waiting('a')]);
  void all.store.getState().watch();
  await vi.waitFor(() => expect(ids(all)).toEqual(['a']));
  all.answer.mockRejectedValueOnce(new Error('gone'));
  await expect(all.store.getState().answer('a', 'once')).rejects.toThrow('gone');
  expect(ids(all)).toEqual(['a']);
});
