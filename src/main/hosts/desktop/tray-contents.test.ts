/** What the menu of the icon offers, from a real core. */
import { expect, it, vi } from 'vitest';
import { recentEntryOf } from '@shared/model/recent';
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
    favourites: [{ name: 'first', isLoaded: true, more: 3 }],
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

it('tells the host only what differs, and why a value was not copied', async () => {
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
      { kind: 'failed', title: 'GONE was not copied.', report: { code: 'NO_SUCH_VARIABLE' } },
    ]);
  });
  tray.close();
});
