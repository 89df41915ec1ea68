/** Search by name, path, key and value, from the sidebar and the palette. */
import { expectAccessible } from '../axe';
import { configure, vaultPeer, wholeUnlessFirst } from './peers';
import { expect, test } from './support';

const sizes = [
  { count: 400, holder: 234 },
  { count: 2000, holder: 1234 },
];

for (const one of sizes) {
  const { count, holder } = one;
  const many = count.toLocaleString('en');
  const title = `a key is found among ${many} environments, by keys alone`;
  test(title, wholeUnlessFirst(one, sizes), async ({ ui, vault }) => {
    // Making and pulling the secrets takes most of it.
    test.slow();
    const peer = vaultPeer(vault);
    for (let index = 0; index < count; index += 1) {
      const team = `team-${String(index % 20)}`;
      peer.put(`${team}/env-${String(index)}`, {
        DATABASE_URL: 'postgres://db.internal',
        PORT: 5432,
        ...(index === holder && { BILLING_WEBHOOK_KEY: 'whsec-of-billing' }),
      });
    }
    const tab = await configure(ui, peer);
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText(`${many} secrets pulled`, { timeout: 40_000 });
    const { keyboard } = ui.page;

    const begun = Date.now();
    await keyboard.press('Control+k');
    await keyboard.type('billing_web');
    await expect(ui.palette.result('BILLING_WEBHOOK_KEY')).toContainText(
      `team-14/env-${String(holder)}`,
    );
    await keyboard.press('Enter');
    await expect(ui.environment.heading).toHaveText(`team-14/env-${String(holder)}`);
    await expect(ui.environment.key('BILLING_WEBHOOK_KEY')).toBeFocused();
    expect(Date.now() - begun).toBeLessThan(10_000);

    // Which environments have or lack it.
    await ui.palette.open();
    await keyboard.type('billing_webhook_key');
    await ui.palette.result('Which environments have or lack BILLING_WEBHOOK_KEY').click();
    const dialog = ui.page.getByRole('dialog', { name: 'Environments with BILLING_WEBHOOK_KEY' });
    await expect(dialog.getByRole('list', { name: 'Have it' })).toContainText(
      `team-14/env-${String(holder)}`,
    );
    await expect(dialog.getByRole('region', { name: 'Lack it' })).toContainText(
      (count - 1).toLocaleString('en'),
    );
    await expectAccessible(ui.page, 'Environments with a key');
    await keyboard.press('Escape');

    // Plain values are found at once, secret ones only when asked, and never shown.
    await ui.search.focus();
    await keyboard.type('whsec-of');
    await expect(ui.environments).toContainText('Search secret values for “whsec-of”');
    expect(await ui.page.content()).not.toContain('whsec-of-billing');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    const hit = ui.environments.getByRole('treeitem', { name: /^Variable BILLING_WEBHOOK_KEY/ });
    await expect(hit).toContainText('in its secret value');
    expect(await ui.page.content()).not.toContain('whsec-of-billing');
    await expectAccessible(ui.page, 'Search in the sidebar');
    await ui.search.fill('5432');
    await expect(
      ui.environments.getByRole('treeitem', { name: /^Variable PORT/ }).first(),
    ).toContainText('5432');

    await ui.environment.filter.fill('5432');
    await expect(ui.environment.row('PORT')).toBeVisible();
    await expect(ui.environment.row('DATABASE_URL')).toHaveCount(0);
  });
}
