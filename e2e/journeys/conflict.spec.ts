/** Two people edit the same environment: fitting changes are merged, conflicts are asked about. */
import { expectAccessible } from '../axe';
import type { AppPage } from '../pages/app';
import { openPulled, providers, wholeUnlessFirst, test } from './peers';
import { expect, filesHolding } from './support';

/** The person comes back to the window. */
const comeBack = (ui: AppPage): Promise<void> =>
  ui.page.evaluate(() => {
    window.dispatchEvent(new Event('focus'));
  });

for (const provider of providers) {
  test.describe(`with ${provider}`, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('different keys: both are there after a save, and nobody is asked', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b', C: 3, D: 'd' });
      const { editor, merge } = ui.environment;
      await editor.setValue('A', 'mine');
      await editor.choose('D', 'Remove');
      await editor.add('M', 'of mine');
      peer.put('production', { A: 'a', B: 'theirs', C: 3, D: 'd', T: { of: ['theirs'] } });
      await editor.save();
      await expect(merge.region).toHaveCount(0);
      expect(peer.read('production')).toEqual({
        A: 'mine',
        B: 'theirs',
        C: 3,
        M: 'of mine',
        T: { of: ['theirs'] },
      });
      await expect(ui.environment.row('T')).toBeVisible();
    });

    test('the same key: masked, revealed, chosen key by key, saved', async ({
      ui,
      peer,
      dataDirectory,
    }) => {
      await openPulled(ui, peer, 'production', { API_KEY: 'sk-before', POOL: 20, SAME: 's' });
      const { editor, merge } = ui.environment;
      await editor.setValue('API_KEY', 'sk-of-mine');
      await editor.setValue('POOL', '40');
      await editor.setValue('SAME', 'changed here');
      peer.put('production', { API_KEY: 'sk-of-theirs', POOL: 32, SAME: 's', NEW: 'n' });
      const writes = peer.writes();
      await editor.pressSave();
      await expect(merge.region).toContainText('Someone else changed this environment');
      await expect(merge.region).toContainText('2 keys were changed on both sides');
      await expect(merge.cell('POOL', 'before')).toContainText('20');
      await expect(merge.cell('POOL', 'yours')).toContainText('40');
      await expect(merge.cell('POOL', 'server')).toContainText('32');
      await expect(merge.cell('SAME', 'server')).toContainText('unchanged');
      await expect(merge.cell('NEW', 'server')).toContainText('added');
      await expect(merge.keys).not.toContainText('sk-');
      await expect(merge.chosen).toHaveText('0 of 2 chosen');
      await expect(merge.saveButton).toBeDisabled();

      await merge.row('API_KEY').hover();
      await merge.revealButton('API_KEY').click();
      await expect(merge.cell('API_KEY', 'before')).toContainText('sk-before');
      await expect(merge.cell('API_KEY', 'yours')).toContainText('sk-of-mine');
      await expect(merge.cell('API_KEY', 'server')).toContainText('sk-of-theirs');
      await expectAccessible(ui.page, 'Conflict');
      // A narrow window has the sides below each other.
      const { page } = ui;
      const size = page.viewportSize() ?? { width: 1280, height: 720 };
      await page.setViewportSize({ ...size, width: 720 });
      await expect(merge.side('API_KEY', 'On the server')).toContainText('sk-of-theirs');
      await expect(merge.side('POOL', 'Yours')).toContainText('40');
      expect(
        await merge.keys.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
      ).toBeLessThanOrEqual(0);
      await expectAccessible(page, 'Conflict in a narrow window');
      await merge.choice('Keep mine', 'API_KEY').check();
      await expect(merge.chosen).toHaveText('1 of 2 chosen');
      await page.setViewportSize(size);
      await expect(merge.choice('Keep mine', 'API_KEY')).toBeChecked();
      await merge.hideAllButton.click();
      await expect(merge.keys).not.toContainText('sk-');

      // Tab leads into the table, arrows go from cell to cell, and Space chooses.
      await merge.takeAllButton.focus();
      await page.keyboard.press('Tab');
      await expect(merge.row('API_KEY')).toBeFocused();
      for (let cell = 0; cell < 4; cell += 1) await page.keyboard.press('ArrowRight');
      await expect(merge.choice('Take theirs', 'API_KEY')).toBeFocused();
      await page.keyboard.press('Space');
      await expect(merge.choice('Take theirs', 'API_KEY')).toBeChecked();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowLeft');
      await expect(merge.choice('Keep mine', 'POOL')).toBeFocused();
      await page.keyboard.press('Space');
      await expect(merge.chosen).toHaveText('2 of 2 chosen');
      await merge.saveButton.click();
      await expect(merge.region).toHaveCount(0);
      await expect(editor.saveButton).toHaveCount(0);
      expect(peer.writes()).toBeGreaterThan(writes);
      expect(peer.read('production')).toEqual({
        API_KEY: 'sk-of-theirs',
        POOL: 40,
        SAME: 'changed here',
        NEW: 'n',
      });
      for (const value of ['sk-before', 'sk-of-mine', 'sk-of-theirs']) {
        expect(await filesHolding(dataDirectory, Buffer.from(value))).toEqual([]);
      }
    });

    test('another write while choosing: choices that still apply are kept, the rest is asked again @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
      const { editor, merge } = ui.environment;
      await editor.setValue('A', 'mine');
      await editor.setValue('B', 'mine');
      peer.put('production', { A: 'theirs', B: 'theirs' });
      await editor.pressSave();
      await merge.keepAllButton.click();
      peer.put('production', { A: 'theirs', B: 'theirs again', C: 'new' });
      await merge.saveButton.click();
      await expect(merge.notice).toContainText('It changed again while you were choosing');
      expect(peer.read('production')).toEqual({ A: 'theirs', B: 'theirs again', C: 'new' });
      await expect(merge.choice('Keep mine', 'A')).toBeChecked();
      await expect(merge.choice('Keep mine', 'B')).not.toBeChecked();
      await merge.choice('Take theirs', 'B').check();
      await merge.saveButton.click();
      await expect(merge.region).toHaveCount(0);
      expect(peer.read('production')).toEqual({ A: 'mine', B: 'theirs again', C: 'new' });
    });

    test('cancel loses nothing: the edits stay, and can be decided later @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
      const { environment } = ui;
      await environment.editor.setValue('A', 'mine');
      peer.put('production', { A: 'theirs', B: 'b' });
      await environment.editor.pressSave();
      await environment.merge.cancelButton.click();
      await expect(environment.editor.unsaved).toContainText('1 unsaved');
      await expect(environment.editor.saveButton).toBeDisabled();
      expect(peer.read('production')).toEqual({ A: 'theirs', B: 'b' });
      await environment.failure.getByRole('button', { name: 'Resolve conflicts' }).click();
      await environment.merge.choice('Keep mine', 'A').check();
      await environment.merge.saveButton.click();
      await expect(environment.merge.region).toHaveCount(0);
      expect(peer.read('production')).toEqual({ A: 'mine', B: 'b' });
    });

    test('a pull puts edits on what is new, and asks where both changed a key @whole', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
      const { environment } = ui;
      await environment.editor.setValue('A', 'mine');
      peer.put('production', { A: 'a', B: 'theirs' });
      await environment.pullButton.click();
      await environment.question.answer('Pull and keep');
      await expect(ui.announcements).toContainText(
        'Your unsaved edits now apply to the newest values',
      );
      await expect(environment.editor.unsaved).toContainText('1 unsaved');
      peer.put('production', { A: 'theirs', B: 'theirs' });
      await environment.pullButton.click();
      await environment.question.answer('Pull and keep');
      await expect(environment.merge.region).toContainText('One key was changed on both sides');
      await environment.merge.choice('Keep mine', 'A').check();
      await environment.merge.saveButton.click();
      await expect(environment.merge.region).toHaveCount(0);
      expect(peer.read('production')).toEqual({ A: 'mine', B: 'theirs' });
    });

    test('deleted meanwhile: all of it is recreated @whole', async ({ ui, peer }) => {
      await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
      const { editor, merge } = ui.environment;
      await editor.setValue('A', 'mine');
      peer.remove('production', 'for good');
      await editor.pressSave();
      await expect(merge.gone.region).toContainText('was deleted on the server');
      expect(peer.read('production')).toBeUndefined();
      await expectAccessible(ui.page, 'Deleted on the server');
      await merge.gone.recreateButton.click();
      await expect(merge.gone.region).toHaveCount(0);
      await expect(editor.saveButton).toHaveCount(0);
      expect(peer.read('production')).toEqual({ A: 'mine', B: 'b' });
    });

    test('deleted meanwhile: the edits are discarded @whole', async ({ ui, peer }) => {
      await openPulled(ui, peer, 'production', { A: 'a' });
      const { editor, merge } = ui.environment;
      await editor.setValue('A', 'mine');
      peer.remove('production', 'for good');
      await editor.pressSave();
      await merge.gone.discardButton.click();
      await expect(merge.gone.region).toHaveCount(0);
      await expect(editor.saveButton).toHaveCount(0);
      expect(peer.read('production')).toBeUndefined();
    });

    test('changed on the server: seen by metadata alone, gone after a pull', async ({
      ui,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', { A: 'a' });
      const { environment } = ui;
      peer.put('production', { A: 'theirs' });
      const before = peer.asked().length;
      await comeBack(ui);
      await expect(environment.serverNote).toContainText('changed on the server');
      await expect(ui.row('production')).toHaveAccessibleName(/changed on server/);
      expect(peer.asked().slice(before)).toEqual([
        provider === 'HashiCorp Vault' ? 'secret/metadata/production' : 'DescribeSecret',
      ]);
      await expectAccessible(ui.page, 'Changed on the server');
      await environment.pullButton.click();
      await expect(environment.serverNote).toHaveCount(0);
      await expect(ui.row('production')).not.toHaveAccessibleName(/changed on server/);

      peer.remove('production', 'recoverably');
      await comeBack(ui);
      await expect(environment.serverNote).toContainText('deleted on the server');
    });
  });
}

test.describe('with AWS Secrets Manager', () => {
  test.use({ provider: 'AWS Secrets Manager' });

  test('scheduled for deletion meanwhile: undeleted and overwritten @whole', async ({
    ui,
    peer,
  }) => {
    await openPulled(ui, peer, 'production', { A: 'a', B: 'b' });
    const { editor, merge } = ui.environment;
    await editor.setValue('A', 'mine');
    peer.remove('production', 'recoverably');
    await editor.pressSave();
    await expect(merge.gone.region).toContainText('scheduled for deletion');
    await merge.gone.undeleteButton.click();
    await expect(merge.gone.region).toHaveCount(0);
    await expect(editor.saveButton).toHaveCount(0);
    expect(peer.read('production')).toEqual({ A: 'mine', B: 'b' });
  });
});

test('the review shows what will be written, masked until revealed', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { API_KEY: 'sk-before', OLD: 'o', PORT: 1, R: 'r' });
  const { editor } = ui.environment;
  await editor.setValue('API_KEY', 'sk-after');
  await editor.choose('OLD', 'Remove');
  await editor.setValue('PORT', '2');
  await editor.rename('R', 'RENAMED');
  await editor.add('NEW', 'sk-new');
  await editor.saveButton.click();
  const { review } = editor;
  await expect(review.row('API_KEY')).toContainText('changed');
  await expect(review.row('OLD')).toContainText('removed');
  await expect(review.row('PORT')).toContainText('1');
  await expect(review.row('PORT')).toContainText('2');
  await expect(review.row('R → RENAMED')).toContainText('same value');
  await expect(review.row('NEW')).toContainText('added');
  await expect(review.changes).not.toContainText('sk-');
  await review.row('API_KEY').hover();
  await review.revealButton('API_KEY').click();
  await expect(review.row('API_KEY')).toContainText('sk-before');
  await expect(review.row('API_KEY')).toContainText('sk-after');
  await expectAccessible(ui.page, 'Review');
  expect(peer.writes()).toBe(0);
  await review.backButton.click();
  await expect(editor.unsaved).toContainText('5 unsaved');
  await editor.saveButton.click();
  await review.save();
  await expect(editor.saveButton).toHaveCount(0);
  await expect(ui.environment.variables).toBeVisible();
  expect(peer.read('production')).toEqual({
    API_KEY: 'sk-after',
    PORT: 2,
    RENAMED: 'r',
    NEW: 'sk-new',
  });
});

test('the review can be switched off @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { A: 'a' });
  const { reviewBeforeSave } = await ui.openSettings('General');
  await reviewBeforeSave.uncheck();
  await ui.openEnvironment('production');
  const { editor } = ui.environment;
  await editor.setValue('A', 'mine');
  await editor.saveButton.click();
  await expect(editor.saveButton).toHaveCount(0);
  expect(peer.read('production')).toEqual({ A: 'mine' });
});

test('the review tells that somebody else was here meanwhile @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { A: 'a' });
  const { editor } = ui.environment;
  await editor.setValue('A', 'mine');
  peer.put('production', { A: 'a', T: 'theirs' });
  await editor.saveButton.click();
  await expect(editor.review.region).toContainText('Someone else changed it meanwhile');
  await editor.review.save();
  await expect(editor.saveButton).toHaveCount(0);
  expect(peer.read('production')).toEqual({ A: 'mine', T: 'theirs' });
});
