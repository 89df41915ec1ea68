/** Compare: which keys are missing, equal or different, without the values; and one copied over. */
import { configure, providers, wholeUnlessFirst, test } from './peers';
import { expectAccessible } from '../axe';
import { expect, lockWith } from './support';

for (const provider of providers) {
  test.describe(provider, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('differences without values, one revealed, one copied', async ({ ui, peer }) => {
      peer.put('production', {
        API_KEY: 'sk-prod',
        REGION: 'eu',
        PORT: 5432,
        ONLY_HERE: 'sk-only',
      });
      peer.put('staging', { API_KEY: 'sk-staging', REGION: 'eu', PORT: '5432' });
      peer.put('qa', { API_KEY: 'sk-staging', REGION: 'eu' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('3 secrets pulled');
      await ui.openEnvironment('production');
      await ui.compare.openButton.click();
      const { compare } = ui;
      await compare.choose('production', 'qa', 'staging');

      const [production, staging, qa] = [
        await compare.place('production'),
        await compare.place('staging'),
        await compare.place('qa'),
      ];
      await expect(compare.cell('REGION', production)).toContainText('equal');
      await expect(compare.cell('API_KEY', production)).toContainText('different');
      // The same value in two of three: the same letter.
      const letter = (await compare.cell('API_KEY', staging).textContent())?.match(
        /value [A-Z]/,
      )?.[0];
      await expect(compare.cell('API_KEY', qa)).toContainText(letter ?? 'none');
      await expect(compare.cell('API_KEY', production)).not.toContainText(letter ?? 'value');
      // A number and a text that reads like it are not the same.
      await expect(compare.cell('PORT', staging)).toContainText('different');
      await expect(compare.cell('PORT', qa)).toContainText('missing');
      await expect(compare.cell('ONLY_HERE', production)).toContainText('only here');
      const page = await ui.page.content();
      for (const secret of ['sk-prod', 'sk-staging', 'sk-only']) expect(page).not.toContain(secret);

      await compare.group('Same', 1).click();
      await expect(compare.row('REGION')).toHaveCount(0);
      await expect(compare.row('API_KEY')).toBeVisible();
      await compare.group('Different', 1).click();
      await expect(compare.row('API_KEY')).toHaveCount(0);
      await expect(compare.row('ONLY_HERE')).toBeVisible();
      await expect(compare.group('Missing in some', 2)).toHaveAttribute('aria-pressed', 'true');

      await compare.row('ONLY_HERE').hover();
      await compare.revealButton('ONLY_HERE').click();
      await expect(compare.cell('ONLY_HERE', production)).toContainText('sk-only');
      await compare.copy('ONLY_HERE', 'production', 'qa');
      await expect(ui.announcements).toContainText('ONLY_HERE copied to qa. It is not saved yet.');
      await expect(compare.unsavedLink('ONLY_HERE', 'qa')).toBeVisible();
      await expect(compare.cell('ONLY_HERE', qa)).toContainText('missing');
      await compare.group('Same', 1).click();
      await compare.group('Different', 1).click();
      await compare.row('PORT').hover();
      await compare.copy('PORT', 'production', 'staging');
      await expect(compare.unsavedLink('PORT', 'staging')).toBeVisible();
      await compare.row('API_KEY').hover();
      await compare.copyFromOneOf('API_KEY', 'qa', 'production');
      await expect(compare.unsavedLink('API_KEY', 'production')).toBeVisible();
      expect(await ui.page.content()).not.toContain('sk-prod');
      expect(peer.writes()).toBe(0);

      // It can be undone there, and is reviewed before it is saved, with its kind.
      const { editor } = ui.environment;
      await compare.unsavedLink('PORT', 'staging').click();
      await expect(ui.environment.heading).toHaveText('staging');
      await expect(ui.environment.kind('PORT')).toContainText('number');
      await editor.save();
      expect(peer.read('staging')).toEqual({ API_KEY: 'sk-staging', REGION: 'eu', PORT: 5432 });
      await ui.openEnvironment('qa');
      await expect(editor.unsaved).toContainText('1 added');
      await ui.environment.value('REGION').click();
      await ui.page.keyboard.press('ControlOrMeta+z');
      await expect(editor.unsaved).toHaveCount(0);
      await expect(ui.environment.row('ONLY_HERE')).toHaveCount(0);
      expect(peer.read('qa')).toEqual({ API_KEY: 'sk-staging', REGION: 'eu' });

      const { activity } = await ui.openSettings('Activity');
      await expect(activity.getByRole('row').filter({ hasText: 'Revealed' })).toContainText([
        'ONLY_HERE',
      ]);
    });
  });
}

test('an environment that is not loaded is named, and pulled @whole', async ({
  app,
  faults,
  ui,
  vault,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-prod' });
  vault.kv('secret').put('staging', { API_KEY: 'sk-prod' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveButton.click();
  await tab.keyChoice.passphrase('seven lamps and a heron');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await ui.palette.run('compare');
  await expect(ui.compare.cell('API_KEY', 0)).toContainText('equal');

  const again = await lockWith(app, faults, () => ui.lock());
  await again.unlock.with('seven lamps and a heron');
  // The page is the one before.
  const { compare } = again;
  await compare.pullButton('production').click();
  await compare.pullButton('staging').click();
  await expect(compare.cell('API_KEY', 0)).toContainText('equal');
  await expect(compare.pullButton('staging')).toHaveCount(0);
  expect(app.output).not.toContain('sk-prod');
});

test('someone else changed the target meanwhile: nothing is overwritten @whole', async ({
  ui,
  vault,
}) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-prod' });
  vault.kv('secret').put('staging', { OTHER: 'x' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await ui.palette.run('compare');
  vault.kv('secret').put('staging', { OTHER: 'theirs' });
  await ui.compare.row('API_KEY').hover();
  await ui.compare.copy('API_KEY', 'production', 'staging');
  await ui.compare.unsavedLink('API_KEY', 'staging').click();
  await ui.environment.editor.save();
  expect(vault.kv('secret').read('staging')).toEqual({ OTHER: 'theirs', API_KEY: 'sk-prod' });
});

test('proposes the sibling, counts, and copies, by keys alone', async ({ ui, vault, page }) => {
  const kv = vault.kv('secret');
  kv.put('aaa', { X: '1' });
  kv.put('payments/api/prod', { A: 'sk-1', SAME: 's', ONLY: 'o' });
  kv.put('payments/api/staging', { A: 'sk-2', SAME: 's', THEIRS: 't', MORE: 'm' });
  kv.put('payments/web/prod', { X: '1' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('4 secrets pulled');
  await ui.openEnvironment('payments/api/prod');
  await ui.palette.run('compare');
  const { compare } = ui;
  expect(await compare.place('payments/api/prod')).toBe(0);
  expect(await compare.place('payments/api/staging')).toBe(1);
  await expect(compare.group('Different', 1)).toBeVisible();
  await expect(compare.group('Only in payments/api/prod', 1)).toBeVisible();
  await expect(compare.group('Only in payments/api/staging', 2)).toBeVisible();
  await expect(compare.group('Same', 1)).toBeVisible();
  await expectAccessible(page, 'Compare');

  await compare.group('Different', 1).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'Space'])
    await page.keyboard.press(key);
  await expect(compare.group('Same', 1)).toHaveAttribute('aria-pressed', 'false');
  await expect(compare.row('SAME')).toHaveCount(0);
  await compare.row('ONLY').focus();
  const copy = page.getByRole('button', {
    name: 'Copy ONLY from payments/api/prod to payments/api/staging',
  });
  for (let steps = 0; steps < 6; steps += 1) {
    if (await copy.evaluate((it) => it === document.activeElement)) break;
    await page.keyboard.press('ArrowRight');
  }
  await expect(copy).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(compare.unsavedLink('ONLY', 'payments/api/staging')).toBeVisible();
});

test('a narrow window has the environments below each other', async ({ ui, vault, page }) => {
  const kv = vault.kv('secret');
  kv.put('development', { A: 'a-1', SAME: 's' });
  kv.put('staging', { A: 'a-2', SAME: 's', ONLY: 'o' });
  kv.put('production', { A: 'a-2', SAME: 's' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('3 secrets pulled');
  await ui.palette.run('compare');
  const { compare } = ui;
  await compare.choose('development', 'staging', 'production');
  await page.setViewportSize({ width: 720, height: 640 });
  await expect(compare.line('A', 'production')).toContainText('different');
  await expect(compare.line('ONLY', 'staging')).toContainText('only here');
  await expect(compare.line('ONLY', 'production')).toContainText('missing');
  await compare.row('A').hover();
  await compare.revealButton('A').click();
  await expect(compare.line('A', 'development')).toContainText('a-1');
  await expect(compare.line('A', 'staging')).toContainText('a-2');
  await expectAccessible(page, 'Compare in a narrow window');

  await compare.row('ONLY').focus();
  const copy = page.getByRole('button', { name: 'Copy ONLY from staging to production' });
  for (let steps = 0; steps < 6; steps += 1) {
    if (await copy.evaluate((it) => it === document.activeElement)) break;
    await page.keyboard.press('ArrowRight');
  }
  await expect(copy).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(compare.unsavedLink('ONLY', 'production')).toBeVisible();

  // With room, each has its column again.
  await page.setViewportSize({ width: 1180, height: 640 });
  await expect(compare.cell('A', 2)).toContainText('different');
});
