/** The Strongroom of this computer as the place where values live. */
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createAgentRouter } from '@server/agent/router';
import { startHost } from '@test/support/agent';
import { startCore, startTestVault, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { TestLibrary } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';

interface Scene {
  readonly core: TestCore;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

async function scene(): Promise<Scene> {
  const core = await startCore();
  const router = createAgentRouter(core.core);
  const { close } = await startHost({ router, dataDirectory: core.dataDirectory });
  return { core, dataDir: core.dataDirectory, close };
}

/** There are no sockets in folders. */
describe.skipIf(process.platform === 'win32')('the Strongroom of this computer', () => {
  it('is used if it runs and nothing else is set up', async () => {
    const { dataDir } = await scene();
    const library = new TestLibrary({ STRONGROOM_DATA_DIR: dataDir });
    const secrets = await library.vault('app-secrets');
    expect(secrets.describe()).toMatchObject({
      provider: 'strongroom',
      because: 'Strongroom is running on this computer',
    });
    expect(library.warnings).toEqual([]);
    expect(await secrets.get('API_KEY')).toBeUndefined();
    await secrets.set('API_KEY', 'sk_live_abc123');
    await secrets.set('EMPTY', '');
    await secrets.set('API_KEY', 'sk_live_2');
    const again = new TestLibrary({ STRONGROOM_PROVIDER: 'strongroom' });
    const options = { provider: 'strongroom', settings: { dataDir } } as const;
    const other = await again.vault('app-secrets', options);
    expect(await other.getAll()).toEqual({ API_KEY: 'sk_live_2', EMPTY: '' });
    expect(await other.delete('NONE')).toBe(false);
    expect(await other.delete('API_KEY')).toBe(true);
    expect(await other.list()).toEqual(['EMPTY']);
  });

  it('loses no name when others write at the same time', async () => {
    const { dataDir } = await scene();
    const open = () =>
      new TestLibrary().vault('shared', { provider: 'strongroom', settings: { dataDir } });
    const writers = await Promise.all([open(), open(), open()]);
    await Promise.all(writers.map((writer, index) => writer.set(`KEY_${String(index)}`, 'x')));
    expect((await (await open()).list()).toSorted()).toEqual(['KEY_0', 'KEY_1', 'KEY_2']);
  });

  it('follows references to any environment, with one call for all of them', async () => {
    const { core, dataDir } = await scene();
    await core.create('team/database', { URL: 'postgres://' });
    await core.create('app-secrets', {
      DB: '@team/database/URL',
      SAME: '@team/database/URL',
      TYPES: '@types/node',
      BROKEN: '@team/database/NONE',
    });
    const options = { provider: 'strongroom', settings: { dataDir } } as const;
    const secrets = await new TestLibrary().vault('app-secrets', options);
    expect(await secrets.getAll(['DB', 'SAME', 'TYPES'])).toEqual([
      'postgres://',
      'postgres://',
      '@types/node',
    ]);
    expect(await secrets.get('DB', { raw: true })).toBe('@team/database/URL');
    expect(await failureOf(secrets.getAll())).toMatchObject({
      code: 'UNKNOWN_REFERENCE',
      message: expect.stringContaining('@app-secrets/BROKEN: team/database has no') as string,
    });
  });

  it('writes an environment that is synced to its provider', async () => {
    const { core, dataDir } = await scene();
    const server = await startTestVault();
    server.kv('secret').put('production', { FIRST: '1' });
    await core.useVault(server);
    await core.pullAll();
    const options = { provider: 'strongroom', settings: { dataDir } } as const;
    const secrets = await new TestLibrary().vault('production', options);
    expect(await secrets.get('FIRST')).toBe('1');
    await secrets.set('SECOND', '2');
    expect(server.kv('secret').read('production')).toEqual({ FIRST: '1', SECOND: '2' });
  });

  it('is read over one connection, and found again after it was restarted', async () => {
    const core = await startCore();
    await core.create('production', { KEY: 'value' });
    const router = createAgentRouter(core.core);
    const { dataDirectory } = core;
    const first = await startHost({ router, dataDirectory });
    const settings = { dataDir: dataDirectory };
    const secrets = await new TestLibrary().vault('production', {
      provider: 'strongroom',
      settings,
      cacheFor: 0,
    });
    const opened = vi.spyOn(Socket.prototype, 'connect');
    for (let read = 1; read <= 3; read += 1) expect(await secrets.get('KEY')).toBe('value');
    expect(opened).toHaveBeenCalledTimes(1);
    await first.close();
    await startHost({ router, dataDirectory });
    expect(await secrets.get('KEY')).toBe('value');
    expect(opened).toHaveBeenCalledTimes(2);
    secrets.close();
    expect(await failureOf(secrets.get('KEY'))).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('is reported when it no longer runs', async () => {
    const { dataDir, close } = await scene();
    const options = { provider: 'strongroom', settings: { dataDir } } as const;
    const secrets = await new TestLibrary().vault('app-secrets', options);
    await close();
    expect(await failureOf(secrets.get('KEY'))).toMatchObject({
      name: 'StrongroomError',
      code: 'CONNECTION_REFUSED',
      hint: expect.stringContaining('STRONGROOM_PROVIDER') as string,
    });
  });

  it('has no other settings, and is ignored if it does not run', async () => {
    const settings = { datadir: temporaryDirectory() } as object;
    const library = new TestLibrary();
    expect(await failureOf(library.vault('x', { provider: 'strongroom', settings }))).toMatchObject(
      { code: 'INVALID_CONFIGURATION' },
    );
    expect((await library.vault('x')).describe().provider).toBe('plain-files');
  });
});
