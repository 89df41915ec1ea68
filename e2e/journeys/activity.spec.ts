/** Activity: what was done, found again, and taken along as a file; never a value. */
import { configure, providers, wholeUnlessFirst, test } from './peers';
import { expect } from './support';

for (const provider of providers) {
  test.describe(provider, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('filtered and exported, without values', async ({ app, ui, peer }) => {
      peer.put('production', { API_KEY: 'sk-live-secret' });
      peer.put('staging', { API_KEY: 'sk-staging-secret' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('2 secrets pulled');
      await ui.openEnvironment('production');
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText('sk-live-secret');
      await ui.environment.editor.setValue('API_KEY', 'sk-typed-secret');
      await ui.environment.editor.save();
      await ui.openEnvironment('staging');
      peer.refuseWrites('staging');
      await ui.environment.editor.setValue('API_KEY', 'sk-refused-secret');
      await ui.environment.editor.pressSave();
      await expect(ui.environment.failure).toContainText('do not permit');

      const { page } = ui;
      const { activity } = await ui.openSettings('Activity');
      const rows = activity.getByRole('row');
      await expect(rows.filter({ hasText: 'Revealed' })).toContainText(['production']);
      await expect(rows.filter({ hasText: 'Revealed' })).toContainText(['Window']);
      await page.getByRole('searchbox', { name: 'Filter activity' }).fill('staging');
      await expect(rows.filter({ hasText: 'production' })).toHaveCount(0);
      await page.getByRole('button', { name: /^Filter by outcome/ }).click();
      await page.getByRole('menuitemradio', { name: 'failed' }).click();
      await expect(rows.filter({ hasText: 'staging' })).toHaveCount(1);
      await expect(rows.filter({ hasText: 'staging' })).toContainText('failed');

      const { name, text: exported } = await app.download(() =>
        page.getByRole('button', { name: 'Export…' }).click(),
      );
      expect(name).toMatch(/\.jsonl$/);
      const lines = exported.trim().split('\n');
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
        expect.objectContaining({
          environment: 'staging',
          outcome: 'failed',
          caller: { kind: 'window' },
        }),
      ]);

      await page.getByRole('searchbox', { name: 'Filter activity' }).fill('nothing like this');
      await page.getByRole('button', { name: 'Clear the filters' }).press('Enter');
      await expect(page.getByRole('searchbox', { name: 'Filter activity' })).toHaveValue('');
      await expect(ui.settings.activity).toBeVisible();
      const text = `${lines.join('\n')}${await page.content()}`;
      for (const secret of ['sk-live', 'sk-typed', 'sk-refused'])
        expect(text).not.toContain(secret);
    });
  });
}
