/** The sidebar: a tree by the parts of names, favourites, and a sidebar of icons. */
import type { Route } from '@playwright/test';
import { expectAccessible } from '../axe';
import { configure, vaultPeer } from './peers';
import { expect, restart, test } from './support';

const NAMES = ['bulk-10', 'bulk-2', 'payments/eu/prod', 'payments/dev', 'shop/api/prod'] as const;

test('a tree that folds and remembers, by keys', async ({ app, ui, vault }) => {
  const peer = vaultPeer(vault);
  for (const name of NAMES) peer.put(name, { KEY: 'value' });
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('5 secrets pulled');
  const { keyboard } = ui.page;
  const names = async (): Promise<readonly (string | null)[]> =>
    ui.environments
      .getByRole('treeitem')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));

  expect(await names()).toEqual([
    'Folder payments, 2 environments',
    'Folder eu, 1 environment',
    'payments/eu/prod, v1',
    'payments/dev, v1',
    'Folder shop/api, 1 environment',
    'shop/api/prod, v1',
    'bulk-2, v1',
    'bulk-10, v1',
  ]);
  await expectAccessible(ui.page, 'Sidebar');

  // Without an environment on show, Tab leads to the first row.
  await ui.folder('payments').focus();
  await keyboard.press('ArrowDown');
  await expect(ui.folder('eu')).toBeFocused();
  await keyboard.press('ArrowLeft');
  await expect(ui.folder('eu')).toHaveAttribute('aria-expanded', 'false');
  await keyboard.press('ArrowLeft');
  await expect(ui.folder('payments')).toBeFocused();
  await keyboard.type('bulk-1');
  await expect(ui.row('bulk-10')).toBeFocused();
  await keyboard.press('Enter');
  await expect(ui.environment.heading).toHaveText('bulk-10');
  await keyboard.press('Alt+ArrowUp');
  await expect(ui.environment.heading).toHaveText('bulk-2');

  await ui.row('bulk-2').focus();
  await keyboard.press('Shift+F10');
  await expect(ui.page.getByRole('menu', { name: 'Actions for bulk-2' })).toBeVisible();
  await expectAccessible(ui.page, 'Menu of an environment');
  await expect(ui.page.getByRole('menuitem', { name: 'Add to favourites' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(ui.environments.getByRole('treeitem', { name: /^Favourites/ })).toBeVisible();
  await expect(ui.row('bulk-2')).toHaveCount(2);

  const again = await restart(app);
  await expect(again.folder('eu')).toHaveAttribute('aria-expanded', 'false');
  await expect(again.row('payments/eu/prod')).toHaveCount(0);
  await expect(again.row('bulk-2')).toHaveCount(2);
  // What is opened from elsewhere comes into sight.
  await again.palette.run('payments/eu/prod');
  await expect(again.folder('eu')).toHaveAttribute('aria-expanded', 'true');
  await expect(again.row('payments/eu/prod')).toHaveAttribute('aria-selected', 'true');
});

test('what was used last is repeated above a long list, and over a restart @whole', async ({
  app,
  ui,
  vault,
}) => {
  const peer = vaultPeer(vault);
  for (let index = 1; index <= 21; index += 1) {
    peer.put(`team-${String(index % 3)}/service-${String(index)}`, { KEY: 'value' });
  }
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('21 secrets pulled');
  const recent = (page: typeof ui.page) => page.locator('[data-key^="recent "]');
  await expect(recent(ui.page)).toHaveCount(0);
  for (const name of ['team-2/service-8', 'team-1/service-4']) {
    await ui.palette.run(name);
    await expect(ui.environment.heading).toHaveText(name);
  }
  await expect(recent(ui.page)).toContainText(['team-1/service-4', 'team-2/service-8']);
  await expectAccessible(ui.page, 'Sidebar with recent environments');

  // A row leads there, and stays where it is.
  await recent(ui.page).nth(1).focus();
  await ui.page.keyboard.press('Enter');
  await expect(ui.environment.heading).toHaveText('team-2/service-8');
  await expect(recent(ui.page).nth(1)).toBeFocused();
  await expect(recent(ui.page)).toContainText(['team-1/service-4', 'team-2/service-8']);
  // Favourites are at the top already.
  await ui.page.keyboard.press('Shift+F10');
  await ui.page.keyboard.press('Enter');
  await expect(recent(ui.page)).toContainText(['team-1/service-4']);
  await recent(ui.page).first().focus();
  await ui.page.keyboard.press('ArrowLeft');
  await expect(ui.page.getByRole('treeitem', { name: /^Recent/ })).toBeFocused();
  await ui.page.keyboard.press('ArrowLeft');
  await expect(recent(ui.page)).toHaveCount(0);

  const again = await restart(app);
  const group = again.page.getByRole('treeitem', { name: /^Recent, 1 environment/ });
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  await group.click();
  await expect(recent(again.page)).toContainText(['team-1/service-4']);
});

test('a sidebar of icons, and one over the page of a narrow window', async ({ app, ui }) => {
  for (const name of ['alpha', 'beta']) {
    await ui.newEnvironment.create(name);
    await expect(ui.environment.heading).toHaveText(name);
  }
  const { page } = ui;
  await page.keyboard.press('Control+b');
  await expect(ui.search).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Show the sidebar' })).toBeFocused();
  await expectAccessible(page, 'Sidebar of icons');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(ui.environment.heading).toHaveText('alpha');

  const again = await restart(app);
  await expect(again.page.getByRole('button', { name: 'Show the sidebar' })).toBeVisible();
  await again.page.keyboard.press('/');
  await expect(again.search).toBeFocused();

  // The width of a window at 200 % text. What was typed is not lost with the sidebar that asked for it.
  await again.newEnvironment.button.click();
  await again.newEnvironment.name.fill('gamma');
  await again.page.setViewportSize({ width: 590, height: 390 });
  await expect(again.search).toHaveCount(0);
  await expect(again.newEnvironment.name).toHaveValue('gamma');
  await expect(again.newEnvironment.name).toBeFocused();
  await expectAccessible(again.page, 'New environment in a narrow window');
  await again.page.keyboard.press('Enter');
  await expect(again.environment.heading).toHaveText('gamma');
  await again.page.keyboard.press('Control+b');
  await expect(again.search).toBeFocused();
  await expectAccessible(again.page, 'Sidebar over the page');
  await again.page.keyboard.press('Escape');
  await expect(again.page.getByRole('button', { name: 'Show the sidebar' })).toBeFocused();
  await again.page.keyboard.press('/');
  await again.page.keyboard.type('bet');
  await again.page.keyboard.press('ArrowDown');
  await again.page.keyboard.press('Enter');
  await expect(again.search).toHaveCount(0);
  const scrollsSideways = await again.page.evaluate(
    () => document.documentElement.scrollWidth > window.innerWidth,
  );
  expect(scrollsSideways).toBe(false);
});

test('a menu that is not loaded yet opens when it is, with the focus in it', async ({
  host,
  ui,
}) => {
  test.skip(host === 'desktop', 'The files of the app do not come over the network.');
  const { page, workspaces } = ui;
  const asked: Route[] = [];
  await page.route('**/workspace-menu-items-*.js', (route) => void asked.push(route));
  await page.reload();
  await ui.ready();
  await workspaces.button.press('ArrowDown');
  await expect(workspaces.button).toHaveAttribute('aria-expanded', 'true');
  await expect(workspaces.menu).toHaveCount(0);
  await expect.poll(() => asked.length).toBe(1);
  await asked[0]?.continue();
  await expect(workspaces.menu.getByRole('menuitemradio', { name: 'Personal' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(workspaces.button).toBeFocused();
  await expect(workspaces.button).toHaveAttribute('aria-expanded', 'false');
});
