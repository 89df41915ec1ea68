import { expect, it } from 'vitest';
import { startCore } from '@test/support/core';

const gone = '00000000-0000-4000-8000-000000000000';

it('begins with the defaults and keeps what is changed over a restart', async () => {
  const core = await startCore();
  expect(await core.client.app.preferences()).toEqual({
    theme: 'system',
    sidebarWidth: 248,
    outcomeWidth: 360,
    keyColumnWidth: 0,
    recent: [],
    lastEnvironments: {},
    environmentOrder: 'name',
    sidebarCollapsed: false,
    folded: {},
    favourites: {},
    reviewBeforeSave: true,
    loadOnOpen: true,
    lockAfterMinutes: 0,
    hideAfterSeconds: 60,
    hidesOnBlur: true,
    clearsClipboardAfterSeconds: 30,
    checksForUpdates: true,
    protectsContent: false,
    showsTrayIcon: true,
  });
  const id = await core.create('production');
  const lastEnvironments = { [core.workspaceId]: id };
  await core.client.app.savePreferences({ theme: 'dark', lastEnvironments });
  await core.client.app.savePreferences({ sidebarWidth: 300, reviewBeforeSave: false });
  await core.restart();
  expect(await core.client.app.preferences()).toEqual({
    theme: 'dark',
    sidebarWidth: 300,
    outcomeWidth: 360,
    keyColumnWidth: 0,
    recent: [],
    lastEnvironments,
    environmentOrder: 'name',
    sidebarCollapsed: false,
    folded: {},
    favourites: {},
    reviewBeforeSave: false,
    loadOnOpen: true,
    lockAfterMinutes: 0,
    hideAfterSeconds: 60,
    hidesOnBlur: true,
    clearsClipboardAfterSeconds: 30,
    checksForUpdates: true,
    protectsContent: false,
    showsTrayIcon: true,
  });
});

it('refuses what no window can have, and keeps what it had', async () => {
  const core = await startCore();
  await core.client.app.savePreferences({ sidebarWidth: 300 });
  await expect(core.client.app.savePreferences({ sidebarWidth: 10_000 })).rejects.toThrow(
    'This cannot be accepted as it is.',
  );
  expect((await core.client.app.preferences()).sidebarWidth).toBe(300);
});

it('forgets the environments of workspaces that are gone', async () => {
  const core = await startCore();
  const id = await core.create('production');
  await core.client.app.savePreferences({
    lastEnvironments: { [gone]: gone, [core.workspaceId]: id },
    folded: { [gone]: ['api'], [core.workspaceId]: ['web'] },
    favourites: { [gone]: [id] },
  });
  expect(await core.client.app.preferences()).toMatchObject({
    lastEnvironments: { [core.workspaceId]: id },
    folded: { [core.workspaceId]: ['web'] },
    favourites: {},
  });
});
