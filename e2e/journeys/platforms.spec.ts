/** One environment on four platforms, with a workspace for each, holds the same values. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as stores from './stores';
import { expect, test as base } from './support';

const test = base.extend<{ readonly folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-platforms-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

const values = {
  API_KEY: 'sk-live-4f9a1c',
  DB_HOST: 'db.internal.example',
  GREETING: 'Grüße, “Zoë”',
};

test('an environment holds the same values on each platform @whole', async ({
  folder,
  google,
  keyVault,
  parameterStore,
  ui,
}) => {
  test.slow();
  const cloud = [
    {
      store: stores.parameterStore(parameterStore, {
        endpoint: parameterStore.endpoint,
        region: parameterStore.region,
        prefix: '/app',
        ...parameterStore.guideAccessKey('/app'),
      }),
      path: 'shop/',
    },
    {
      store: stores.google(google, {
        endpoint: google.url,
        project: google.project,
        key: JSON.stringify(google.serviceAccount().newKey()),
      }),
      path: 'shop',
    },
    {
      store: stores.keyVault(keyVault, { vault: keyVault.url, ...keyVault.application() }),
      path: 'shop',
    },
  ];
  const link = async (provider: string, path: string): Promise<void> => {
    await ui.newEnvironment.create('shop');
    const { editor, sync } = ui.environment;
    for (const [key, value] of Object.entries(values)) await editor.add(key, value);
    await editor.save();
    await sync.path.fill(path);
    await sync.switch(provider).click();
    await expect(sync.switch(provider)).toBeChecked();
  };
  const { connection: tab } = ui.settings;
  for (const { store, path } of cloud) {
    await ui.workspaces.create(store.label);
    await ui.openSettings('Vault');
    await tab.override();
    await store.fill(tab);
    await tab.saveCredentials();
    await link(store.label, path);
    expect(store.read(path)).toEqual(values);
  }
  await ui.workspaces.create('Development');
  await ui.openSettings('Vault');
  await tab.override();
  await tab.chooseProvider('Plain files');
  await tab.field('Folder').fill(folder);
  await tab.save();
  await link('Plain files', 'shop');
  expect(JSON.parse(readFileSync(join(folder, 'shop.json'), 'utf8'))).toEqual(values);
});
