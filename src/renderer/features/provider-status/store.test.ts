import type { Client } from '@shared/contract/window';
import type { ProviderStatus } from '@shared/model/connection';
import { expect, it, vi } from 'vitest';
import { createProviderStatus } from './store';

const WORKSPACE = '00000000-0000-4000-8000-000000000000';
const provider = 'hashicorp-vault';
const ok: ProviderStatus = { provider, state: 'ok', at: 1 };
const offline: ProviderStatus = { provider, state: 'offline', since: 1, nextLookAt: 2 };
const unknown: ProviderStatus = { provider, state: 'unknown' };

function following(...told: ProviderStatus[]) {
  const lookAgain = vi.fn<() => Promise<ProviderStatus>>();
  const watch = async () =>
    (async function* () {
      yield* told;
    })();
  const client = {
    connections: { watch, lookAgain, status: async () => offline },
  } as unknown as Client;
  const onBack = vi.fn<(status: ProviderStatus) => void>();
  return { store: createProviderStatus(client, WORKSPACE, { onBack }), onBack, lookAgain };
}

it('reports once that a server is back, and only if it was found', async () => {
  const { store, onBack } = following(ok, offline, offline, ok, ok, offline, unknown, ok);
  await store.getState().watch();
  expect(onBack).toHaveBeenCalledTimes(1);
  expect(store.getState().status).toEqual(ok);
});

it('looks again only while the server is out of reach, and once at a time', async () => {
  const { store, onBack, lookAgain } = following(ok);
  await store.getState().lookAgain();
  expect(lookAgain).not.toHaveBeenCalled();
  await store.getState().refresh();
  lookAgain.mockResolvedValue(ok);
  const { lookAgain: look } = store.getState();
  const both = Promise.all([look(), look()]);
  expect(store.getState().looking).toBe(true);
  await both;
  expect(lookAgain).toHaveBeenCalledTimes(1);
  expect(onBack).toHaveBeenCalledWith(ok);
  expect(store.getState().looking).toBe(false);
});

it('ignores answers after the window went to another workspace', async () => {
  const { store, onBack } = following(offline, ok);
  store.getState().close();
  await store.getState().watch();
  expect(store.getState().status).toBeUndefined();
  expect(onBack).not.toHaveBeenCalled();
});
