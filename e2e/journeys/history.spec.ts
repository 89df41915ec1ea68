/** What a provider keeps of an environment: looked at, compared, and gone back to. */
import { expectAccessible } from '../axe';
import { openPulled, providers, test } from './peers';
import { expect } from './support';

for (const provider of providers) {
  test.describe(`with ${provider}`, () => {
    test.use({ provider });

    test('what changed between two versions, and one of them restored as a new one', async ({
      ui,
      peer,
    }) => {
      const past = { API_KEY: 'sk-of-the-past', OLD: 'o', PORT: 1 };
      const now = { API_KEY: 'sk-of-now', NEW: 'n', PORT: 2 };
      peer.put('production', past);
      await openPulled(ui, peer, 'production', now);
      await ui.environment.actions.choose('History');
      const { history } = ui;
      await expect(history.heading).toHaveText('History of production');
      await expect(history.version(0)).toContainText('current');
      await expect(history.version(0)).toContainText('in memory');
      await expect(history.choice('From', 1)).toBeChecked();
      await expect(history.choice('To', 0)).toBeChecked();
      await expect(history.change('PORT')).toContainText('changed');
      await expect(history.change('NEW')).toContainText('added');
      await expect(history.change('OLD')).toContainText('removed');
      await expect(history.changes).not.toContainText('sk-');
      await history.change('API_KEY').hover();
      await history.revealButton('API_KEY').click();
      await expect(history.change('API_KEY')).toContainText('sk-of-the-past');
      await expect(history.change('API_KEY')).toContainText('sk-of-now');
      await expectAccessible(ui.page, 'History');
      await expect(history.restoreButton).toBeDisabled();
      expect(peer.writes()).toBe(0);

      await history.choice('To', 1).check();
      await expect(history.choice('From', 0)).toBeChecked();
      await expect(history.change('NEW')).toContainText('removed');
      await history.restoreButton.click();
      await expect(history.version(0)).toContainText('in memory');
      await expect(ui.announcements).toContainText('restored as a new version');
      expect(peer.read('production')).toEqual(past);
      await history.backButton.click();
      await expect(ui.environment.row('OLD')).toBeVisible();
    });

    test('a deleted secret is brought back', async ({ ui, peer }) => {
      await openPulled(ui, peer, 'production', { A: 'a' });
      peer.remove('production', 'recoverably');
      await ui.environment.actions.choose('History');
      await ui.history.bringBackButton.click();
      await expect(ui.announcements).toContainText('Brought back');
      await expect(ui.history.bringBackButton).toHaveCount(0);
      expect(peer.read('production')).toEqual({ A: 'a' });
    });
  });
}
