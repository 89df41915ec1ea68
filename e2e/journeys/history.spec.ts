/** The versions of an environment: listing, comparing, rolling back and undeleting. */
import { expectAccessible } from '../axe';
import { configure, openPulled, providers, wholeUnlessFirst, test } from './peers';
import { expect, filesHolding } from './support';

const PAST = 'sk-live-of-long-ago';

for (const provider of providers) {
  test.describe(`with ${provider}`, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('versions, what each changed, masked until revealed, and any two of them', async ({
      ui,
      peer,
      dataDirectory,
    }) => {
      peer.put('production', { API_KEY: PAST, PORT: 1, SAME: 's' });
      peer.put('production', { API_KEY: 'sk-2', PORT: 1, SAME: 's', OLD: 'o' });
      await openPulled(ui, peer, 'production', { API_KEY: 'sk-3', PORT: 2, SAME: 's', NEW: 'n' });
      await ui.page.getByRole('link', { name: /, history$/ }).click();
      const { history } = ui;
      await expect(history.heading).toHaveText('History of production');
      await expect(history.versions.getByRole('option')).toHaveCount(3);
      await expect(history.version(0)).toContainText('current');
      await expect(history.version(0)).toHaveAttribute('aria-selected', 'true');
      await expect(history.row('PORT')).toContainText('changed');
      await expect(history.row('OLD')).toContainText('removed');
      await expect(history.row('NEW')).toContainText('added');
      await expect(history.row('SAME')).toHaveCount(0);
      await expect(history.changed).toContainText('1 added, 2 changed, 1 removed, 1 the same');
      await expect(history.differences).not.toContainText('sk-');
      await expect(history.rollBackButton).toBeDisabled();
      await expectAccessible(ui.page, 'History');

      await history.reveal('API_KEY');
      await expect(history.row('API_KEY')).toContainText('sk-2');
      await expect(history.row('API_KEY')).toContainText('sk-3');
      await history.compareWith(1);
      await expect(history.differences).not.toContainText('sk-');
      await expect(history.row('PORT')).toContainText('changed');

      // By keys: down the list, to the oldest.
      await history.version(0).focus();
      await ui.page.keyboard.press('End');
      await expect(history.version(2)).toHaveAttribute('aria-selected', 'true');
      await expect(history.changed).toContainText('3 added');
      await history.reveal('API_KEY');
      await expect(history.row('API_KEY')).toContainText(PAST);
      expect(await filesHolding(dataDirectory, Buffer.from(PAST))).toEqual([]);
      const { activity } = await ui.openSettings('Activity');
      await expect(activity).toContainText('Revealed');
      await expect(activity).not.toContainText('sk-');
    });

    test('one variable of a version is restored as an unsaved edit', async ({ ui, peer }) => {
      peer.put('production', { A: 'first', B: 'b' });
      peer.put('production', { A: 'second', B: 'b', C: 'c' });
      await openPulled(ui, peer, 'production', { A: 'third', B: 'changed' });
      await ui.environment.actions.choose('History');
      const { history } = ui;
      await expect(history.version(0)).toContainText('Changed A, B and 1 more');
      await expect(history.version(1)).toContainText('Changed A and added C');
      await expect(history.version(2)).toContainText('2 variables');
      await expect(history.version(1)).toContainText(/v2|20\d\d/);
      await history.version(1).click();
      await expect(history.row('C')).toContainText('added');
      const row = history.row('A');
      await row.focus();
      await ui.page.keyboard.press('ArrowLeft');
      await expect(row.getByRole('button', { name: /^Restore A of / }).last()).toBeFocused();
      await ui.page.keyboard.press('Enter');
      await expect(ui.announcements).toContainText('is an unsaved edit of production.');
      await history.backButton.click();
      await expect(ui.environment.editor.unsaved).toContainText('1 changed');
      await ui.environment.editor.save();
      expect(peer.read('production')).toEqual({ A: 'second', B: 'changed' });
    });

    test('rolling back to a version keeps unsaved edits @whole', async ({ ui, peer }) => {
      peer.put('production', { A: 'old', B: 'b' });
      await openPulled(ui, peer, 'production', { A: 'new', B: 'b' });
      await ui.environment.editor.setValue('B', 'mine');
      await ui.environment.actions.choose('History');
      const { history } = ui;
      await history.version(1).click();
      await history.rollBackButton.click();
      await expect(history.rollingBack.region).toContainText('which stays in the history');
      await expect(history.rollingBack.region).toContainText('1 unsaved edit stays');
      await expect(history.row('A')).toContainText('changed');
      await expectAccessible(ui.page, 'What rolling back changes');
      expect(peer.writes()).toBe(0);
      await history.rollingBack.cancelButton.click();
      await expect(history.changed).toBeVisible();
      await history.rollBackButton.click();
      await history.rollingBack.confirmButton.click();
      await expect(ui.announcements).toContainText('Rolled back to');
      await expect(history.versions.getByRole('option')).toHaveCount(3);
      expect(peer.read('production')).toEqual({ A: 'old', B: 'b' });

      await history.backButton.click();
      await expect(ui.environment.editor.unsaved).toContainText('1 unsaved');
      await ui.environment.editor.save();
      expect(peer.read('production')).toEqual({ A: 'old', B: 'mine' });
    });

    test('somebody writes meanwhile: nothing is written over it before it was seen @whole', async ({
      ui,
      peer,
    }) => {
      peer.put('production', { A: 'old' });
      await openPulled(ui, peer, 'production', { A: 'new' });
      await ui.palette.run('history');
      const { history } = ui;
      await history.version(1).click();
      await history.rollBackButton.click();
      await expect(history.row('A')).toContainText('changed');
      peer.put('production', { A: 'old', THEIRS: 't' });
      await history.rollingBack.confirmButton.click();
      await expect(history.rollingBack.notice).toContainText('Someone else changed it meanwhile');
      expect(peer.read('production')).toEqual({ A: 'old', THEIRS: 't' });
      await expect(history.row('THEIRS')).toContainText('removed');
      await expect(history.row('A')).toHaveCount(0);
      await history.rollingBack.confirmButton.click();
      await expect(ui.announcements).toContainText('Rolled back to');
      expect(peer.read('production')).toEqual({ A: 'old' });
    });

    test('undeleting: from the history, and after a pull that failed @whole', async ({
      ui,
      peer,
    }) => {
      peer.put('production', { A: 'old' });
      await openPulled(ui, peer, 'production', { A: 'a' });
      const { history, environment } = ui;
      await environment.actions.choose('History');
      peer.remove('production', 'recoverably');
      await history.refreshButton.click();
      await expect(history.main).toContainText(/deleted on the server|scheduled for deletion/);
      await expectAccessible(ui.page, 'History of what is deleted');
      await history.undeleteButton.click();
      await expect(history.undeleteButton).toHaveCount(0);
      await expect(history.version(0)).toContainText('current');
      await expect.poll(() => peer.read('production')).toEqual({ A: 'a' });

      await history.backButton.click();
      peer.remove('production', 'recoverably');
      await environment.pullButton.click();
      await environment.failure.getByRole('button', { name: 'Undelete' }).click();
      await expect(environment.failure).toHaveCount(0);
      await expect(environment.row('A')).toBeVisible();
      await expect.poll(() => peer.read('production')).toEqual({ A: 'a' });
    });

    test('Pull All offers to undelete what is deleted there @whole', async ({ ui, peer }) => {
      peer.put('gone', { A: 'a' });
      peer.remove('gone', 'recoverably');
      peer.put('production', { A: 'a' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('1 secret pulled');
      // Nothing here uses it, so it is nothing that went wrong.
      await expect(tab.pulled('Skipped')).toHaveCount(0);
      await tab.pulled('Deleted, and used by no environment').click();
      await ui.page.getByRole('button', { name: 'Undelete gone' }).click();
      await expect(ui.announcements).toContainText('gone undeleted and pulled');
      expect(peer.read('gone')).toEqual({ A: 'a' });
      await ui.openEnvironment('gone');
      await expect(ui.environment.row('A')).toBeVisible();
    });
  });
}

test.describe('a name that is scheduled for deletion', () => {
  test.use({ provider: 'AWS Secrets Manager' });

  test('is undeleted and overwritten when sync is switched on @whole', async ({ ui, peer }) => {
    peer.put('checkout', { OLD: 'o' });
    peer.remove('checkout', 'recoverably');
    await configure(ui, peer);
    await ui.newEnvironment.create('checkout');
    await ui.environment.editor.add('A', '1');
    await ui.environment.editor.save();
    await ui.environment.sync.switch('AWS Secrets Manager').click();
    const { failure } = ui.environment;
    await expect(failure).toContainText('scheduled for deletion');
    await expectAccessible(ui.page, 'Undelete and overwrite');
    await failure.getByRole('button', { name: 'Undelete and overwrite' }).click();
    await expect(failure).toHaveCount(0);
    await expect(ui.environment.pullButton).toBeVisible();
    expect(peer.read('checkout')).toEqual({ A: '1' });
    await ui.environment.actions.choose('History');
    await expect(ui.history.versions.getByRole('option')).toHaveCount(2);
  });

  test('is undeleted and overwritten by Push All on request @whole', async ({ ui, peer }) => {
    peer.put('checkout', { OLD: 'o' });
    peer.remove('checkout', 'recoverably');
    await configure(ui, peer);
    await ui.newEnvironment.create('checkout');
    await ui.environment.editor.add('A', '1');
    await ui.environment.editor.save();
    await ui.palette.run('push all');
    await expect(ui.push.row('checkout')).toContainText('refused');
    expect(peer.canUndelete('checkout')).toBe(true);
    await ui.push.plan.getByRole('button', { name: 'Undelete and overwrite: checkout' }).click();
    await expect(ui.push.row('checkout')).toContainText('pushed');
    expect(peer.read('checkout')).toEqual({ A: '1' });
  });
});

test('a version that was deleted by itself is undeleted @whole', async ({ ui, peer, vault }) => {
  peer.put('production', { A: 'old' });
  await openPulled(ui, peer, 'production', { A: 'new' });
  vault.kv('secret').delete('production', [1]);
  await ui.environment.actions.choose('History');
  const { history } = ui;
  await expect(history.version(1)).toContainText('deleted');
  await history.version(1).click();
  await expect(history.main).toContainText('v1 was deleted');
  await expectAccessible(ui.page, 'A version that is deleted');
  await ui.page.getByRole('button', { name: 'Undelete v1' }).click();
  await expect(history.changed).toContainText('1 added');
  await expect(history.version(1)).not.toContainText('deleted');
  await expect(history.version(0)).toContainText('current');
  expect(peer.read('production')).toEqual({ A: 'new' });
});

test('an engine without versions says so @whole', async ({ ui, vault }) => {
  vault.mount('one', { version: 1 });
  vault.kv('one').put('production', { A: 'a' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'one' });
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.actions.choose('History');
  await expect(ui.history.main).toContainText('KV version 1, which keeps only the newest values');
  await expectAccessible(ui.page, 'No versions');
});

test('a number that Vault would round is warned of, and kept as text @whole', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { ORDER: 1, PORT: 1 });
  const { editor } = ui.environment;
  await editor.setValue('ORDER', '9007199254740993');
  await editor.setValue('PORT', '9007199254740992');
  await expect(ui.environment.row('ORDER')).toContainText('The provider would round this number');
  await expect(ui.environment.row('PORT')).not.toContainText('would round');
  await editor.saveButton.click();
  const { review } = editor;
  await expect(review.region).toContainText('Vault would round a number');
  await expectAccessible(ui.page, 'Review of a number that is rounded');
  await review.region.getByRole('button', { name: 'Keep as text' }).click();
  await expect(review.region).not.toContainText('Vault would round');
  await review.save();
  await expect(editor.saveButton).toHaveCount(0);
  expect(peer.read('production')).toEqual({ ORDER: '9007199254740993', PORT: 9007199254740992 });
});
