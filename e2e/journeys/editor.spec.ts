/** Editing variables in the grid and as text, up to what arrives at the provider. */
import type { Page } from '@playwright/test';
import { expectAccessible } from '../axe';
import { AppPage } from '../pages/app';
import { openPulled, providers, wholeUnlessFirst, test } from './peers';
import { expect, filesHolding } from './support';

const production = {
  API_KEY: 'sk-live-4f9a1c',
  DB_HOST: 'db.internal',
  DB_POOL: 20,
  FEATURE_ON: true,
  LIMITS: { daily: 5 },
  OLD_URL: 'https://old',
};

for (const provider of providers) {
  test.describe(`with ${provider}`, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('edits of every kind are saved in one write, and nothing else is', async ({
      ui,
      peer,
      dataDirectory,
    }) => {
      await openPulled(ui, peer, 'production', production);
      const { editor } = ui.environment;
      await editor.editButton('API_KEY').click();
      await expect(editor.valueField('API_KEY')).toHaveValue('sk-live-4f9a1c');
      await editor.valueField('API_KEY').fill('sk-live-of-the-journey');
      await editor.valueField('API_KEY').press('Enter');
      await expect(ui.page.getByText('sk-live-of-the-journey')).toHaveCount(0);
      await editor.setValue('DB_POOL', '25');
      await expect(ui.environment.kind('DB_POOL')).toContainText('number');
      await editor.setValue('FEATURE_ON', 'maybe');
      await expect(ui.environment.kind('FEATURE_ON')).toContainText('plain');
      await editor.rename('DB_HOST', 'DATABASE_HOST');
      await editor.choose('OLD_URL', 'Remove');
      await editor.add('NEW', 'line one');
      await editor.editButton('NEW').click();
      await editor.valueField('NEW').press('End');
      await editor.valueField('NEW').press('Shift+Enter');
      await ui.page.keyboard.type('line two');
      await editor.valueField('NEW').press('Enter');
      await expect(ui.environment.value('NEW')).toContainText('2 lines');

      await expect(editor.unsaved).toContainText('6 unsaved');
      await expect(editor.unsaved).toContainText('+1 added');
      await expect(editor.unsaved).toContainText('4 changed');
      await expect(editor.unsaved).toContainText('−1 removed');
      await expect(ui.row('production')).toHaveAccessibleName(/6 unsaved/);
      expect(peer.writes()).toBe(0);
      await editor.save();
      expect(peer.writes()).toBe(1);
      expect(peer.read('production')).toEqual({
        API_KEY: 'sk-live-of-the-journey',
        DATABASE_HOST: 'db.internal',
        DB_POOL: 25,
        FEATURE_ON: 'maybe',
        LIMITS: { daily: 5 },
        NEW: 'line one\nline two',
      });
      await expect(ui.environment.value('FEATURE_ON')).toContainText('maybe');
      await expect(ui.row('production')).not.toHaveAccessibleName(/unsaved/);
      expect(await filesHolding(dataDirectory, Buffer.from('sk-live-of-the-journey'))).toEqual([]);
    });

    test('somebody else was faster: nothing is overwritten, and both are there @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
      const { editor } = ui.environment;
      await editor.setValue('A', 'mine');
      peer.put('production', { A: 'a', B: 'theirs', C: 'new' });
      await editor.save();
      await expect(ui.announcements).toContainText('with 2 changes made by someone else');
      await expect(ui.environment.row('C')).toBeVisible();
      expect(peer.read('production')).toEqual({ A: 'mine', B: 'theirs', C: 'new' });
    });

    test('a save that is refused keeps the edits, and can be tried again @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a' });
      const { editor } = ui.environment;
      await editor.setValue('A', 'edited');
      peer.refuseWrites();
      await editor.pressSave();
      await expect(ui.environment.failure).toContainText('do not permit');
      await expect(ui.environment.failure).toContainText('Your 1 edit is still here.');
      await expect(editor.unsaved).toContainText('1 unsaved');
      peer.permitWrites();
      await editor.save();
      expect(peer.read('production')).toEqual({ A: 'edited' });
    });

    test('a disabled variable stays on the server until it is removed @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { KEEP: 'k', OFF: 'o' });
      const { editor } = ui.environment;
      await editor.choose('OFF', 'Disable');
      await editor.save();
      await expect(ui.environment.kind('OFF')).toContainText('disabled');
      await editor.setValue('KEEP', 'k2');
      await editor.save();
      expect(peer.read('production')).toEqual({ KEEP: 'k2', OFF: 'o' });
      await editor.choose('OFF', 'Remove');
      await editor.save();
      expect(peer.read('production')).toEqual({ KEEP: 'k2' });
    });

    test('edit as text: problems by line, and what changed arrives', async ({ ui, peer }) => {
      await openPulled(ui, peer, 'production', { A: 'a', GONE: 'g', PORT: 5432, 'odd key': 'o' });
      const { editor } = ui.environment;
      const { text, unsaved } = editor;
      await text.openButton.click();
      await expect(text.area).toContainText('PORT=5432');
      await expect(text.pane).toContainText('left unchanged');
      await expect(text.pane).toContainText('odd key');
      await text.replace(`A='a b'\nPORT=5433\nno assignment\nNEW="x\\ny"\n`);
      await expect(text.problems).toContainText('Line 3');
      await text.applyButton.click();
      await expect(unsaved).toContainText('4 unsaved');
      await editor.save();
      expect(peer.read('production')).toEqual({
        A: 'a b',
        PORT: 5433,
        'odd key': 'o',
        NEW: 'x\ny',
      });
    });
  });
}

test('a text that is left without a word is among the unsaved edits @whole', async ({
  ui,
  peer,
}) => {
  peer.put('staging', { S: 's' });
  await openPulled(ui, peer, 'production', { A: 'a' });
  const { editor } = ui.environment;
  await editor.text.openButton.click();
  await editor.text.replace('A=b\nNEW=n');
  await ui.openEnvironment('staging');
  await expect(ui.row('production')).toHaveAccessibleName(/2 unsaved/);
  await ui.openEnvironment('production');
  await editor.save();
  expect(peer.read('production')).toEqual({ A: 'b', NEW: 'n' });
});

test('axe finds nothing while one edits, as text, and in an import', async ({ ui, peer }) => {
  test.slow();
  await openPulled(ui, peer, 'production', { ...production, 'odd key': 'o' });
  const { editor } = ui.environment;
  await editor.choose('OLD_URL', 'Remove');
  await editor.setValue('API_KEY', 'edited');
  await editor.add('DB_POOL', 'twice');
  await expectAccessible(ui.page, 'The grid with edits');
  await editor.text.openButton.click();
  await editor.text.replace('A=1\nno assignment');
  await expectAccessible(ui.page, 'Edit as text');
  await editor.text.cancelButton.click();
  await editor.import.openButton.click();
  await expectAccessible(ui.page, 'Import');
  await editor.import.paste('A=1');
  await expectAccessible(ui.page, 'What is imported');
});

test('what is put back as it was is no edit, secrets too @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', production);
  const { editor } = ui.environment;
  await editor.setValue('DB_POOL', '21');
  await editor.setValue('API_KEY', 'other');
  await expect(editor.unsaved).toContainText('2 unsaved');
  await editor.setValue('DB_POOL', '20');
  await editor.setValue('API_KEY', 'sk-live-4f9a1c');
  await expect(editor.saveButton).toHaveCount(0);
});

test('undo and redo, and a discard that can be undone', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', production);
  const { editor, variables } = ui.environment;
  await editor.setValue('DB_POOL', '21');
  await editor.add('NEW', 'n');
  await variables.press('ControlOrMeta+z');
  await expect(editor.unsaved).toContainText('1 unsaved');
  await variables.press('ControlOrMeta+z');
  await expect(editor.saveButton).toHaveCount(0);
  await variables.press('ControlOrMeta+Shift+z');
  await variables.press('ControlOrMeta+Shift+z');
  await expect(ui.environment.row('NEW')).toBeVisible();
  await editor.discardButton.click();
  await expect(editor.saveButton).toHaveCount(0);
  await variables.press('ControlOrMeta+z');
  await expect(editor.unsaved).toContainText('2 unsaved');
});

test('a revealed value that is undone, discarded or replaced is not shown any more @whole', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', production);
  const { environment, page } = ui;
  const { editor } = environment;
  const wrong = page.getByText('sk-wrong');
  const typeAndReveal = async (): Promise<void> => {
    await editor.setValue('API_KEY', 'sk-wrong');
    await environment.revealButton('API_KEY').click();
    await expect(wrong).toBeVisible();
  };

  await typeAndReveal();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.unsaved).toHaveCount(0);
  await expect(wrong).toHaveCount(0);
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-live-4f9a1c');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(environment.value('API_KEY')).not.toContainText('sk-live-4f9a1c');
  await page.keyboard.press('ControlOrMeta+z');

  await typeAndReveal();
  await editor.discardButton.click();
  await expect(editor.unsaved).toHaveCount(0);
  await expect(wrong).toHaveCount(0);

  await typeAndReveal();
  await editor.choose('API_KEY', 'Undo changes');
  await expect(wrong).toHaveCount(0);

  await typeAndReveal();
  await editor.setValue('API_KEY', 'sk-other');
  await expect(wrong).toHaveCount(0);
  await expect(environment.value('API_KEY')).not.toContainText('sk-');
  await editor.discardButton.click();
});

test('keys are judged as they are typed: what is wrong, and whether it matters @whole', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { A: 'a', PATH: 'p' });
  const { editor, page } = { editor: ui.environment.editor, page: ui.page };
  await editor.addButton.click();
  const says = async (text: string) => expect(page.getByRole('main').getByText(text)).toBeVisible();
  await editor.keyField().fill('A');
  await says('There is already a variable A.');
  await editor.keyField().fill('path');
  await says('Windows does not tell path and PATH apart.');
  await editor.keyField().fill('2-nd');
  await says('A shell cannot export this key');
  await editor.keyField().fill('A');
  await editor.keyField().press('Enter');
  await expect(editor.unsaved).toContainText('Fix 1 key before saving');
  await expect(editor.saveButton).toBeDisabled();
  await page.keyboard.press('Enter');
  await editor.keyField('A').fill('B');
  await editor.keyField('A').press('Enter');
  await editor.save();
  expect(peer.read('production')).toEqual({ A: 'a', PATH: 'p', B: '' });
});

test('the keyboard alone: arrows, Enter, F2, Escape, Delete, Tab, and save', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { A: 'a', B: 'b', C: 'c' });
  const { environment, page } = ui;
  const { editor } = environment;
  await environment.variables.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(editor.valueField('B')).toBeFocused();
  await page.keyboard.type('not kept');
  await page.keyboard.press('Escape');
  await expect(editor.saveButton).toHaveCount(0);
  await page.keyboard.press('F2');
  await expect(editor.valueField('B')).toBeFocused();
  await page.keyboard.type('kept');
  await page.keyboard.press('Tab');
  await expect(editor.unsaved).toContainText('1 changed');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Delete');
  await expect(environment.kind('C')).toContainText('removed');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(editor.review.row('C')).toContainText('removed');
  await expect(editor.review.saveButton).toBeFocused();
  await page.keyboard.press('ControlOrMeta+s');
  await expect(editor.saveButton).toHaveCount(0);
  expect(peer.read('production')).toEqual({ A: 'a', B: 'kept' });
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.type('X');
  await page.keyboard.press('Tab');
  await page.keyboard.type('x');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Y');
  await page.keyboard.press('Tab');
  await page.keyboard.type('y');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(editor.review.row('Y')).toContainText('added');
  await page.keyboard.press('Enter');
  await expect(editor.saveButton).toHaveCount(0);
  expect(peer.read('production')).toEqual({ A: 'a', B: 'kept', X: 'x', Y: 'y' });
});

test('edits stay where they were made, and leaving with them asks', async ({ ui, peer, host }) => {
  peer.put('staging', { S: 's' });
  await openPulled(ui, peer, 'production', { A: 'a' });
  await ui.environment.editor.setValue('A', 'edited');
  await ui.openEnvironment('staging');
  await expect(ui.environment.editor.saveButton).toHaveCount(0);
  await expect(ui.row('production')).toHaveAccessibleName(/1 unsaved/);
  await ui.openEnvironment('production');
  await expect(ui.environment.editor.unsaved).toContainText('1 unsaved');

  await ui.openSettings('Security');
  await ui.openEnvironment('production');
  await expect(ui.environment.editor.unsaved).toContainText('1 unsaved');
  test.skip(host === 'desktop', 'There the host asks, which its own tests show.');
  expect(await reloadAsks(ui.page)).toBe(true);
  await ui.environment.editor.discardButton.click();
  await expect(ui.environment.editor.saveButton).toHaveCount(0);
});

/** Whether the browser asks before a reload; answers that one stays. */
async function reloadAsks(page: Page): Promise<boolean> {
  const asked = page.waitForEvent('dialog');
  void page.evaluate(() => window.location.reload());
  const dialog = await asked;
  await dialog.dismiss();
  return dialog.type() === 'beforeunload';
}

test('pull with unsaved edits: kept on what was pulled, or discarded', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
  const { environment } = ui;
  await environment.editor.setValue('A', 'mine');
  peer.put('production', { A: 'a', C: 'new' });
  await environment.pullButton.click();
  await environment.question.answer('Cancel');
  await expect(environment.row('B')).toBeVisible();
  await environment.pullButton.click();
  await environment.question.answer('Pull and keep');
  await expect(environment.row('C')).toBeVisible();
  await expect(environment.editor.unsaved).toContainText('1 unsaved');
  await environment.pullButton.click();
  await environment.question.answer('Pull and discard');
  await expect(environment.editor.saveButton).toHaveCount(0);
});

test('plain or secret: what is plain is shown, what is secret is masked @whole', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { HOST: 'db.internal', PORT: 5432 });
  const { environment } = ui;
  await expect(environment.value('HOST')).not.toContainText('db.internal');
  await environment.editor.choose('HOST', 'Mark as plain');
  await environment.editor.choose('PORT', 'Mark as secret');
  await expect(environment.value('PORT')).not.toContainText('5432');
  await environment.editor.save();
  await expect(environment.value('HOST')).toContainText('db.internal');
  await expect(environment.kind('HOST')).toContainText('plain');
  await expect(environment.value('PORT')).not.toContainText('5432');
  expect(peer.writes()).toBe(0);
});

const numbers = [1000, 10_000];
for (const count of numbers) {
  const title = `${count.toLocaleString('en')} variables: the last one is edited, found and saved`;
  test(title, wholeUnlessFirst(count, numbers), async ({ ui, peer }) => {
    const many = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `KEY_${String(index)}`,
        `value ${String(index)}`,
      ]),
    );
    test.slow();
    await openPulled(ui, peer, 'production', many);
    const { environment } = ui;
    await expect(environment.variables).toHaveAttribute('aria-rowcount', String(count + 1));
    await environment.editor.add('LAST', 'at the end');
    await expect(environment.row('LAST')).toBeVisible();
    const last = `KEY_${String(count - 1)}`;
    await environment.filter.fill(last);
    await environment.editor.setValue(last, 'edited');
    await environment.editor.save();
    expect(peer.read('production')).toMatchObject({ [last]: 'edited', LAST: 'at the end' });
  });
}

test('an environment on this computer keeps its values encrypted, or until quitting', async ({
  ui,
  app,
  dataDirectory,
}) => {
  await ui.newEnvironment.create('local');
  await expect(ui.environment.heading).toHaveText('local');
  const { editor } = ui.environment;
  await editor.add('API_KEY', 'sk-of-this-computer');
  await editor.saveButton.click();
  const choice = ui.page.getByRole('main').getByRole('radiogroup', { name: 'Keep secrets' });
  await choice.getByRole('radio', { name: 'A passphrase' }).check();
  await ui.page.getByLabel('New passphrase', { exact: true }).fill('correct horse battery');
  await ui.page.getByLabel('Repeat passphrase', { exact: true }).fill('correct horse battery');
  await ui.page.getByRole('button', { name: 'Continue' }).click();
  await expect(editor.saveButton).toHaveCount(0);
  await expect(ui.page.getByText('On this computer, encrypted')).toBeVisible();
  expect(await filesHolding(dataDirectory, Buffer.from('sk-of-this-computer'))).toEqual([]);

  const again = new AppPage(await app.restart());
  await again.unlock.with('correct horse battery');
  await again.openEnvironment('local');
  await again.environment.revealButton('API_KEY').click();
  await expect(again.environment.value('API_KEY')).toContainText('sk-of-this-computer');
});
