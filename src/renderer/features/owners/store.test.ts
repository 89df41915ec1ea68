import type { Client } from '@shared/contract/window';
import type { Environment } from '@shared/model/environment';
import { ORPCError } from '@orpc/client';
import { describe, expect, it, vi } from 'vitest';
import { askingOwners } from './owned-client';
import { createOwners } from './store';

const environment = (owner?: string): Environment => ({
  id: 'id',
  name: 'production',
  synced: true,
  path: 'production',
  active: false,
  state: 'loaded',
  revision: 'v1',
  ...(owner !== undefined && { owner }),
});

function scene(owner: string | undefined, { agrees = true, inStore = owner } = {}) {
  let listed = environment(owner);
  let kept = inStore;
  const release = vi.fn<() => Promise<object>>(async () => {
    kept = undefined;
    return {};
  });
  const ask = vi.fn<() => Promise<{ owner: string | undefined }>>(async () => ({ owner: kept }));
  const client = { environments: { owner: ask, release } } as unknown as Client;
  const mayRelease = vi.fn<(name: string, owner: string) => Promise<boolean>>(async () => agrees);
  const owners = createOwners(client, {
    environments: () => [listed],
    refresh: async () => {
      listed = environment(kept);
    },
    mayRelease,
    onReleased: async () => undefined,
    onFailed: () => undefined,
  });
  return { ...owners.getState(), release, ask, mayRelease, listed: () => listed };
}

describe('a change', () => {
  it('is made at once if nobody owns the environment', () => {
    const { permit, mayRelease } = scene(undefined);
    const work = vi.fn<() => void>();
    permit('id', work);
    expect(work).toHaveBeenCalledOnce();
    expect(mayRelease).not.toHaveBeenCalled();
  });

  it('waits for the answer, asks once for two, and never again after the release', async () => {
    const { mayChange, mayRelease, release } = scene('my-app');
    expect(await Promise.all([mayChange('id'), mayChange('id')])).toEqual([true, true]);
    expect(await mayChange('id')).toBe(true);
    expect(mayRelease).toHaveBeenCalledExactlyOnceWith('production', 'my-app');
    expect(release).toHaveBeenCalledOnce();
  });

  it('is not made after a no, and asks again the next time', async () => {
    const { mayChange, mayRelease, release } = scene('my-app', { agrees: false });
    expect(await mayChange('id')).toBe(false);
    expect(await mayChange('id')).toBe(false);
    expect(mayRelease).toHaveBeenCalledTimes(2);
    expect(release).not.toHaveBeenCalled();
  });
});

describe('an owner that only the store knows', () => {
  it('is found once for each revision', async () => {
    const { look, ask, listed } = scene(undefined, { inStore: 'my-app' });
    await look(listed());
    await look(listed());
    expect(ask).toHaveBeenCalledOnce();
    expect(listed().owner).toBe('my-app');
  });
});

describe('a call that the core refuses', () => {
  const owned = new ORPCError('OWNED_BY_CONFIG', {
    message: 'Owned.',
    data: { hint: 'Release it.', details: { owner: 'my-app' } },
  });
  const clientWith = (save: () => Promise<unknown>): Client =>
    ({ environments: { save, open: async () => 'opened' } }) as unknown as Client;
  const input = { id: 'id', base: '', changes: { edits: [], additions: [] } };

  it('is made again after a yes', async () => {
    const save = vi.fn<() => Promise<string>>(async () => 'saved').mockRejectedValueOnce(owned);
    const client = askingOwners(clientWith(save), async () => true);
    expect(await client.environments.save(input)).toBe('saved');
    expect(save).toHaveBeenCalledTimes(2);
    expect(await client.environments.open({ id: 'id' })).toBe('opened');
  });

  it('fails after a no', async () => {
    const save = vi.fn<() => Promise<string>>(async () => 'saved').mockRejectedValueOnce(owned);
    const client = askingOwners(clientWith(save), async () => false);
    await expect(client.environments.save(input)).rejects.toBe(owned);
    expect(save).toHaveBeenCalledOnce();
  });
});
