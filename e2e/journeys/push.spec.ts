/** Push All: a plan first, then doing it; what one environment is refused for does not stop the others. */
import { configure, providers, wholeUnlessFirst, test } from './peers';
import { expect } from './support';

for (const provider of providers) {
  test.describe(provider, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('shows what it would do, then does that and nothing else', async ({ ui, peer }) => {
      peer.put('production', { API_KEY: 'sk-1', OLD: 'x', PORT: 5432 });
      peer.put('taken', { THEIRS: 'sk-theirs' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('2 secrets pulled');

      await ui.newEnvironment.create('Load test');
      await ui.environment.editor.add('TOKEN', 'tk-new');
      await ui.environment.editor.save();
      await ui.openEnvironment('production');
      await ui.environment.editor.add('ADDED', 'sk-added');
      await ui.environment.editor.choose('OLD', 'Remove');

      await ui.openSettings('Vault');
      await tab.pushAllButton.click();
      const { push } = ui;
      await expect(push.heading).toBeVisible();
      await expect(push.row('Load test')).toContainText('create');
      await expect(push.row('Load test')).toContainText('load-test');
      await expect(push.row('production')).toContainText('change');
      await expect(push.row('taken')).toContainText('unchanged');
      await expect(push.outcome).toHaveText('1 to create, 1 to change, 1 unchanged');
      const keys = await push.showKeys('production');
      await expect(keys.getByRole('listitem')).toHaveText([/added.*ADDED/, /removed.*OLD/]);
      expect(await ui.page.content()).not.toContain('sk-added');
      expect(peer.read('production')).toEqual({ API_KEY: 'sk-1', OLD: 'x', PORT: 5432 });
      expect(peer.read('load-test')).toBeUndefined();

      await push.pushButton.click();
      await expect(push.outcome).toContainText('2 environments pushed in');
      await expect(push.row('production')).toContainText('pushed');
      expect(peer.read('production')).toEqual({ API_KEY: 'sk-1', PORT: 5432, ADDED: 'sk-added' });
      expect(peer.read('load-test')).toEqual({ TOKEN: 'tk-new' });
      expect(peer.read('taken')).toEqual({ THEIRS: 'sk-theirs' });

      // What was pushed is unsaved no longer, and what was local is synced now.
      await ui.openEnvironment('production');
      await expect(ui.environment.editor.saveButton).toHaveCount(0);
      await expect(ui.environment.row('OLD')).toHaveCount(0);
      await ui.openEnvironment('Load test');
      await expect(ui.environment.sync.switch(provider)).toBeChecked();
    });

    test('one failure does not stop the others, and is tried again alone @whole', async ({
      ui,
      peer,
    }) => {
      const tab = await configure(ui, peer);
      for (const name of ['one', 'two', 'three']) {
        await ui.newEnvironment.create(name);
        await ui.environment.editor.add('KEY', `value of ${name}`);
        await ui.environment.editor.save();
      }
      peer.refuseWrites('two');
      await ui.openSettings('Vault');
      await tab.pushAllButton.click();
      const { push } = ui;
      await push.pushButton.click();
      await expect(push.outcome).toContainText('2 environments pushed');
      await expect(push.outcome).toContainText('1 failed');
      await expect(push.row('two')).toContainText('do not permit');
      expect(peer.read('one')).toEqual({ KEY: 'value of one' });
      expect(peer.read('two')).toBeUndefined();
      expect(peer.read('three')).toEqual({ KEY: 'value of three' });

      peer.permitWrites();
      await push.tryAgainButton('two').click();
      await expect(push.row('two')).toContainText('pushed');
      await expect(push.outcome).toContainText('3 environments pushed');
      expect(peer.read('two')).toEqual({ KEY: 'value of two' });
    });

    test('a path that is taken is refused with what to do, and cancelling stops @whole', async ({
      ui,
      peer,
    }) => {
      peer.put('billing', { THEIRS: 'sk-theirs' });
      const tab = await configure(ui, peer);
      for (const name of ['billing', 'checkout']) {
        await ui.newEnvironment.create(name);
        await ui.environment.editor.add('KEY', 'value');
        await ui.environment.editor.save();
      }
      await ui.openSettings('Vault');
      await tab.pushAllButton.click();
      const { push } = ui;
      await expect(push.row('billing')).toContainText('refused');
      await expect(push.row('billing')).toContainText('switch sync on');
      await expect(push.pushButton).toHaveText('Push 1 environment');

      const writing = peer.holdWrite('checkout');
      await push.pushButton.click();
      await writing.reached;
      await push.cancelButton.click();
      await expect(push.outcome).toContainText('Cancelled');
      writing.open();
      expect(peer.read('billing')).toEqual({ THEIRS: 'sk-theirs' });
      await ui.openEnvironment('checkout');
      await expect(ui.environment.row('KEY')).toBeVisible();
    });
  });
}
