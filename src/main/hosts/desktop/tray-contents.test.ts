/** What the menu of the icon offers, from a real core. */
import { expect, it, vi } from 'vitest';
import { recentEntryOf } from '@shared/model/recent';
import { AppError } from '@shared/errors';
import { deferred } from '@test/support/deferred';
import { startCore } from '@test/support/core';
import { serveTray, trayContents, type TrayNote } from './tray-contents';

it('offers favourites, and what was used last that is none, with keys and no value', async () => {
  const core = await startCore();
  const keys = Object.fromEntries(
    Array.from({ length: 33 }, (_, at) => [`KEY_${String(at)}`, `value-${String(at)}`]),
  );
  const first = await core.create('first', keys);
  const second = await core.create('second', { TOKEN: 'value-of-token', NOTHING: '' });
  const contents = () => trayContents(core.core);
  const names = (list: readonly { readonly name: string }[] | undefined) =>
    list?.map(({ name }) => name);
  const unused = await contents();
  expect(unused).toMatchObject({ isLocked: false, favourites: [], recent: [] });
  expect(unused?.isLocked === false && names(unused.first)).toEqual(['first', 'second']);

  await core.client.app.savePreferences({
    favourites: { [core.workspaceId]: [first] },
    recent: [recentEntryOf(second), recentEntryOf(first)],
    lastEnvironments: { [core.workspaceId]: first },
  });
  const used = await contents();
  expect(used).toMatchObject({
    workspaceId: core.workspaceId,
    favourites: [{ name: 'first', values: 'loaded', more: 3 }],
    recent: [
      {
        name: 'second',
        keys: [
          { key: 'TOKEN', isEmpty: false },
          { key: 'NOTHING', isEmpty: true },
        ],
        more: 0,
      },
    ],
    first: [],
  });
  expect(JSON.stringify(used)).not.toContain('value-');

  await core.client.app.savePreferences({ showsTrayIcon: false });
  expect(await contents()).toBeUndefined();
});

it('tells the host only what differs and that a value was not copied, and the window why', async () => {
  const core = await startCore();
  const id = await core.create('production', { TOKEN: 'value' });
  const notes: TrayNote[] = [];
  const tray = serveTray(
    core.core,
    (note) => notes.push(note),
    () => undefined,
  );
  await vi.waitFor(() => {
    expect(notes).toMatchObject([{ kind: 'contents' }]);
  });
  tray.hear({ kind: 'copy', id, key: 'GONE' });
  tray.hear({ kind: 'copy', id, key: 'TOKEN' });
  await vi.waitFor(() => {
    expect(notes).toMatchObject([
      { kind: 'contents' },
      { kind: 'failed', what: 'copy', isLocked: false },
    ]);
  });
  // Others may see a notification.
  expect(JSON.stringify(notes[1])).not.toContain('GONE');
  expect((await core.client.app.info()).notices).toMatchObject([
    { level: 'warning', title: 'GONE was not copied', text: expect.any(String) },
  ]);
  tray.close();
});

it('leads to the window for an environment that cannot be read, and offers the others', async () => {
  const core = await startCore();
  const damaged = await core.create('damaged', { TOKEN: 'value' });
  await core.create('sound', { TOKEN: 'value' });
  const { environments } = core.core;
  const openAtHand = environments.openAtHand.bind(environments);
  vi.spyOn(environments, 'openAtHand').mockImplementation(async (id) => {
    if (id === damaged) throw new AppError('CREDENTIALS_UNREADABLE');
    return openAtHand(id);
  });
  expect(await trayContents(core.core)).toMatchObject({
    first: [
      { name: 'damaged', values: 'unknown', keys: [] },
      { name: 'sound', values: 'loaded', keys: [{ key: 'TOKEN' }] },
    ],
  });
});

it('does not ask the keychain for the key', async () => {
  const core = await startCore();
  const id = await core.create('first', { TOKEN: 'value' });
  await core.create('second', { TOKEN: 'value' });
  await core.create('empty');
  await core.restart();
  const get = vi.spyOn(core.keychain, 'get');
  const values = async () => {
    const contents = await trayContents(core.core);
    return contents?.isLocked === false && contents.first.map((one) => one.values);
  };
  // Nothing is stored for the last one, so it needs no key.
  expect(await values()).toEqual(['unknown', 'unknown', 'loaded']);
  expect(get).not.toHaveBeenCalled();
  await core.client.environments.open({ id });
  expect(await values()).toEqual(['loaded', 'loaded', 'loaded']);
});

it('drops what a newer look at the core has overtaken', async () => {
  const core = await startCore();
  await core.create('production', { TOKEN: 'value' });
  const { environments } = core.core;
  const slow = deferred();
  const openAtHand = environments.openAtHand.bind(environments);
  const opening = vi.spyOn(environments, 'openAtHand').mockImplementationOnce(async (id) => {
    await slow.promise;
    return openAtHand(id);
  });
  const notes: TrayNote[] = [];
  const tray = serveTray(
    core.core,
    (note) => notes.push(note),
    () => undefined,
  );
  await vi.waitFor(() => {
    expect(opening).toHaveBeenCalledOnce();
  });
  await core.client.app.savePreferences({ showsTrayIcon: false });
  tray.onAnswer();
  await vi.waitFor(() => {
    expect(notes).toEqual([{ kind: 'contents', contents: undefined }]);
  });
  slow.resolve();
  await opening.mock.results[0]?.value;
  await new Promise((resolve) => setImmediate(resolve));
  expect(notes).toHaveLength(1);
  tray.close();
});

it('has no names if a lock came while it looked', async () => {
  const core = await startCore();
  await core.create('production', { TOKEN: 'value' });
  const contents = trayContents(core.core);
  core.core.security.lock();
  expect(await contents).toEqual({ isLocked: true });
});
