/** Kinds and selections: plain by rule, the chip, the bar of commands, and revealing everything. */
import type { Page } from '@playwright/test';
import { expectAccessible } from '../axe';
import { openPulled, test } from './peers';
import { expect } from './support';

const values = {
  NODE_ENV: 'mode-of-node',
  LOG_LEVEL: 'level-of-log',
  LOG_TOKEN: 'hidden-log-token',
  PORT: 'port-8080',
  API_KEY: 'hidden-api-key',
  DATABASE_URL: 'postgres://app:hidden@db/app',
};

async function clipboard(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return page.evaluate(async () => navigator.clipboard.readText());
}

test('rules for plain variables are proposed once, and are the workspace’s', async ({
  ui,
  peer,
}) => {
  peer.put('staging', {
    LOG_LEVEL: 'other-level',
    LOG_FILE: 'file-of-log',
    PASSWORD: 'hidden-password',
  });
  await openPulled(ui, peer, 'production', values);
  const { environment, page } = ui;
  const proposal = page.getByRole('region', { name: '3 variables may not be secret' });
  await expect(proposal).toContainText('NODE_ENV, LOG_LEVEL and PORT');
  await expectAccessible(page, 'The proposal of rules');
  await proposal.getByRole('button', { name: 'Show them' }).press('Enter');
  await expect(proposal).toHaveCount(0);
  await expect(environment.value('NODE_ENV')).toContainText(values.NODE_ENV);
  await expect(environment.kind('PORT')).toContainText('plain');
  await expect(environment.value('LOG_TOKEN')).toContainText('hidden');

  // Another environment of the workspace follows them, and nothing is proposed again.
  await ui.openEnvironment('staging');
  await expect(environment.value('LOG_LEVEL')).toContainText('other-level');
  await expect(environment.value('PASSWORD')).toContainText('hidden');
  // A mark counts before every rule.
  await environment.kind('LOG_FILE').getByRole('button').click();
  await expect(environment.value('LOG_FILE')).toContainText('hidden');

  await ui.palette.run('Rules for plain variables…');
  const dialog = page.getByRole('dialog', { name: /^Plain variables of / });
  const patterns = dialog.getByRole('textbox', { name: 'Patterns, one per line' });
  await expect(patterns).toHaveValue('*_ENV\nLOG_*\nPORT');
  await patterns.fill('*_ENV\n*');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('*: A pattern needs more than *.');
  await patterns.fill('*_ENV');
  await expectAccessible(page, 'The rules for plain variables');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(environment.value('LOG_LEVEL')).toContainText('hidden');
});

test('the chip of a kind is pressed, by mouse and by keys @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { API_KEY: values.API_KEY, COUNT: 5 });
  const { environment, page } = ui;
  const { editor } = environment;
  await environment.kind('API_KEY').getByRole('button').click();
  await expect(environment.kind('API_KEY')).toContainText('plain');
  await expect(editor.unsaved).toContainText('1 changed');
  await page.keyboard.press('Enter');
  await expect(environment.kind('API_KEY')).toContainText('secret');
  await expect(editor.saveButton).toHaveCount(0);
  await environment.value('COUNT').click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(environment.value('COUNT')).toContainText('hidden');
  await page.keyboard.press('Space');
  await expect(environment.kind('COUNT')).toContainText('disabled');
  await environment.kind('COUNT').getByRole('button').click();
  await expect(environment.kind('COUNT')).toContainText('number');
});

test('the bar of a selection marks, copies and removes it, by keys too', async ({
  ui,
  peer,
  host,
}) => {
  peer.put('staging', { API_KEY: 'other-api-key' });
  await openPulled(ui, peer, 'production', { ...values, COUNT: 5 });
  const { environment, page } = ui;
  const { editor } = environment;
  const bar = page.getByRole('toolbar', { name: 'Selected variables' });
  await environment.row('API_KEY').click();
  await expect(bar).toHaveCount(0);
  await page.keyboard.press('Shift+ArrowDown');
  await expect(bar).toContainText('2 selected');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(bar.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await environment.row('API_KEY').click();
  for (const key of ['DATABASE_URL', 'PORT']) {
    await environment.row(key).click({ modifiers: ['ControlOrMeta'] });
  }
  await expect(bar).toContainText('3 selected');
  await bar.getByRole('button', { name: 'Mark as plain' }).focus();
  await page.keyboard.press('Enter');
  await expect(environment.kind('DATABASE_URL')).toContainText('plain');
  await page.keyboard.press('ArrowRight');
  await expect(bar.getByRole('button', { name: 'Mark as secret' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(environment.kind('DATABASE_URL')).toContainText('secret');
  await expectAccessible(page, 'The bar of a selection');

  // On one line in a narrow window too: there the rest is in a menu.
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  const heightOfBar = async (): Promise<number> => (await bar.boundingBox())?.height ?? 0;
  const height = await heightOfBar();
  const remove = bar.getByRole('button', { name: 'Remove' });
  const more = bar.getByRole('button', { name: 'More for the selection' });
  for (const width of [1000, 960, 900, 800, 720]) {
    await page.setViewportSize({ ...size, width });
    await expect(remove.or(more)).toHaveCount(1);
    expect(await heightOfBar()).toBe(height);
    expect(await bar.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
  }
  await expect(remove).toHaveCount(0);
  await expectAccessible(page, 'The bar of a selection in a narrow window');
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Mark as plain' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(environment.kind('DATABASE_URL')).toContainText('plain');
  await expect(more).toBeFocused();
  await page.setViewportSize(size);
  await expect(more).toHaveCount(0);
  await bar.getByRole('button', { name: 'Mark as secret' }).click();

  if (host !== 'desktop') {
    const copyAs = async (form: string, text: string): Promise<void> => {
      await bar.getByRole('button', { name: 'Copy as' }).click();
      await page.getByRole('menuitem', { name: form, exact: true }).click();
      await expect.poll(async () => clipboard(page)).toBe(text);
    };
    await copyAs(
      'export KEY=value',
      `export API_KEY='hidden-api-key'\nexport DATABASE_URL='postgres://app:hidden@db/app'\nexport PORT='port-8080'\n`,
    );
    await copyAs(
      'docker run -e',
      '-e API_KEY=hidden-api-key -e DATABASE_URL=postgres://app:hidden@db/app -e PORT=port-8080',
    );
    await copyAs(
      'Reference',
      'API_KEY=@production/API_KEY\nDATABASE_URL=@production/DATABASE_URL\nPORT=@production/PORT\n',
    );
  }

  // A copy is an unsaved edit there.
  await bar.getByRole('button', { name: 'Copy to…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Copy 3 variables' });
  await expectAccessible(page, 'Copying to another environment');
  await dialog.getByRole('button', { name: 'Copy and go there' }).click();
  await expect(environment.heading).toHaveText('staging');
  await expect(editor.unsaved).toContainText('+2 added');
  await expect(editor.unsaved).toContainText('1 changed');
  await editor.save();
  expect(peer.read('staging')).toEqual({
    API_KEY: values.API_KEY,
    PORT: values.PORT,
    DATABASE_URL: values.DATABASE_URL,
  });

  await ui.openEnvironment('production');
  await environment.row('LOG_LEVEL').click();
  await page.keyboard.press('Shift+ArrowDown');
  await bar.getByRole('button', { name: 'Remove' }).click();
  await expect(editor.unsaved).toContainText('−2 removed');
  await bar.getByRole('button', { name: 'Keep' }).press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(environment.variables.locator(':focus')).toHaveCount(1);
});

test('all values are revealed at once, and hidden by time, by leaving and by keys', async ({
  ui,
  peer,
}) => {
  const { page, environment } = ui;
  await page.clock.install();
  await page.reload();
  await ui.ready();
  await openPulled(ui, peer, 'production', values);
  const all = page.getByRole('button', { name: 'Reveal all values' });
  await all.click();
  await expect(environment.value('API_KEY')).toContainText(values.API_KEY);
  await expect(environment.value('DATABASE_URL')).toContainText(values.DATABASE_URL);
  await page.clock.fastForward('00:59');
  await expect(environment.value('API_KEY')).toContainText(values.API_KEY);
  await page.clock.fastForward('00:02');
  await expect(environment.value('API_KEY')).not.toContainText(values.API_KEY);

  // Only what the filter shows.
  await environment.filter.fill('LOG');
  await environment.row('LOG_TOKEN').waitFor();
  await page.keyboard.press('Alt+Shift+r');
  await expect(environment.value('LOG_TOKEN')).toContainText(values.LOG_TOKEN);
  await environment.filter.fill('');
  await expect(environment.value('API_KEY')).toContainText('hidden');
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect(environment.value('LOG_TOKEN')).not.toContainText(values.LOG_TOKEN);

  await environment.value('API_KEY').click();
  await page.keyboard.press('Alt+r');
  await expect(environment.value('API_KEY')).toContainText(values.API_KEY);
  await page.keyboard.press('Alt+r');
  await expect(environment.value('API_KEY')).not.toContainText(values.API_KEY);
  const { activity } = await ui.openSettings('Activity');
  await expect(activity).toContainText(
    'API_KEY, DATABASE_URL, LOG_LEVEL, LOG_TOKEN, NODE_ENV and 1 more',
  );
});
