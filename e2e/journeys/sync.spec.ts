/** Vault Sync, and an environment as a whole: made here, pushed, met, switched off, renamed, deleted. */
import { configure, openPulled, providers, wholeUnlessFirst, test, type Peer } from './peers';
import { expect, filesHolding } from './support';
import { expectAccessible } from '../axe';
import type { AppPage } from '../pages/app';

/** An environment on this computer with one variable, saved in memory for this session. */
async function createLocal(ui: AppPage, name: string, values: Readonly<Record<string, string>>) {
  await ui.newEnvironment.create(name);
  await expect(ui.environment.heading).toHaveText(name);
  for (const [key, value] of Object.entries(values)) await ui.environment.editor.add(key, value);
  await ui.environment.editor.save();
}

async function configured(ui: AppPage, peer: Peer): Promise<void> {
  await configure(ui, peer);
}

for (const provider of providers) {
  test.describe(`with ${provider}`, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('switching on pushes, Save writes there, switching off clears the editor', async ({
      ui,
      peer,
      dataDirectory,
    }) => {
      await configured(ui, peer);
      await createLocal(ui, 'My Service', { API_KEY: 'sk-of-sync' });
      const { environment } = ui;
      await expect(environment.sync.path).toHaveValue('my-service');
      await environment.sync.switch(provider).click();
      await expect(environment.sync.switch(provider)).toBeChecked();
      expect(peer.read('my-service')).toEqual({ API_KEY: 'sk-of-sync' });

      await environment.editor.setValue('API_KEY', 'sk-second');
      await environment.editor.save();
      expect(peer.read('my-service')).toEqual({ API_KEY: 'sk-second' });
      peer.put('my-service', { API_KEY: 'sk-third', MORE: 'm' });
      await environment.pullButton.click();
      await expect(environment.row('MORE')).toBeVisible();

      await environment.sync.switch(provider).click();
      await expect(environment.question.dialog).toContainText(
        'None of them stays on this computer',
      );
      await environment.question.answer('Cancel');
      await expect(environment.row('MORE')).toBeVisible();
      await environment.sync.switch(provider).click();
      await environment.question.answer('Clear and switch off');
      await expect(environment.sync.switch(provider)).not.toBeChecked();
      await expect(environment.variables).toContainText('No variables yet.');
      expect(peer.read('my-service')).toEqual({ API_KEY: 'sk-third', MORE: 'm' });
      for (const value of ['sk-second', 'sk-third']) {
        expect(await filesHolding(dataDirectory, Buffer.from(value))).toEqual([]);
      }
    });

    test('a push that fails leaves it off, says why and loses nothing @whole', async ({
      ui,
      peer,
    }) => {
      await configured(ui, peer);
      await createLocal(ui, 'service', { API_KEY: 'sk' });
      const { environment } = ui;
      peer.refuseWrites();
      await environment.sync.switch(provider).click();
      await expect(environment.sync.failure).toContainText('do not permit');
      await expect(environment.sync.failure).toContainText('Sync is still off');
      await expect(environment.sync.switch(provider)).not.toBeChecked();
      await environment.revealButton('API_KEY').click();
      await expect(environment.value('API_KEY')).toContainText('sk');
      peer.permitWrites();
      await environment.sync.path.fill('team/service');
      await environment.sync.switch(provider).click();
      await expect(environment.sync.switch(provider)).toBeChecked();
      expect(peer.read('team/service')).toEqual({ API_KEY: 'sk' });
      expect(peer.read('service')).toBeUndefined();
    });

    test('what is met at the path is merged, key by key', async ({ ui, peer }) => {
      await configured(ui, peer);
      peer.put('service', { SAME: 's', MINE: 'theirs', THEIRS: 'theirs', THERE: 't' });
      await createLocal(ui, 'service', { SAME: 's', MINE: 'mine', THEIRS: 'mine', HERE: 'h' });
      const { meeting } = ui.environment.sync;
      await ui.environment.sync.switch(provider).click();
      await expect(meeting.region).toContainText('There is already a secret at service');
      await expect(meeting.region).toContainText('2 keys differ');
      await expect(meeting.mergeButton).toBeDisabled();
      await meeting.choose('Mine', 'MINE');
      await meeting.choose('The server’s', 'THEIRS');
      await meeting.mergeButton.click();
      await expect(ui.environment.sync.switch(provider)).toBeChecked();
      expect(peer.read('service')).toEqual({
        SAME: 's',
        MINE: 'mine',
        THEIRS: 'theirs',
        THERE: 't',
        HERE: 'h',
      });
    });

    test('or replaced, or taken, or left alone @whole', async ({ ui, peer }) => {
      await configured(ui, peer);
      peer.put('one', { A: 'theirs', B: 'b' });
      await createLocal(ui, 'one', { A: 'mine' });
      const { environment } = ui;
      const { meeting } = environment.sync;
      await environment.sync.switch(provider).click();
      await meeting.cancelButton.click();
      await expect(environment.sync.switch(provider)).not.toBeChecked();
      expect(peer.read('one')).toEqual({ A: 'theirs', B: 'b' });
      await environment.sync.switch(provider).click();
      await meeting.takeServersButton.click();
      await expect(environment.row('B')).toBeVisible();
      expect(peer.read('one')).toEqual({ A: 'theirs', B: 'b' });

      peer.put('two', { A: 'theirs', B: 'b' });
      await createLocal(ui, 'two', { A: 'mine' });
      await environment.sync.switch(provider).click();
      await meeting.replaceButton.click();
      await expect(environment.sync.switch(provider)).toBeChecked();
      expect(peer.read('two')).toEqual({ A: 'mine' });
    });

    test('deleting: here only, or also on the server, where it can be undeleted', async ({
      ui,
      peer,
      page,
    }) => {
      peer.put('keep', { K: 'k' });
      await openPulled(ui, peer, 'gone', { G: 'g' });
      const { environment } = ui;
      await environment.actions.choose('Delete…');
      await expect(environment.question.dialog).toContainText('gone');
      peer.refuseWrites();
      const { deletion } = environment;
      await expect(deletion.here).toBeChecked();
      await expect(deletion.dialog).toContainText('can be undeleted');
      await expect(deletion.dialog).not.toContainText('for good');
      await deletion.server.check();
      await deletion.deleteButton.click();
      await expect(deletion.dialog).toContainText('The name is gone.');
      await deletion.name.fill('gone');
      await deletion.name.press('Enter');
      await expect(deletion.dialog).toContainText('Nothing was deleted.');
      await expect(deletion.name).toHaveValue('gone');
      await expectAccessible(page, 'deleting');
      peer.permitWrites();
      await deletion.deleteButton.click();
      await deletion.dialog.waitFor({ state: 'detached' });
      await expect(ui.announcements).toContainText('can be undeleted');
      await expect(ui.row('gone')).toHaveCount(0);
      expect(peer.read('gone')).toBeUndefined();
      expect(peer.canUndelete('gone')).toBe(true);

      await ui.openEnvironment('keep');
      await environment.actions.choose('Delete…');
      await page.keyboard.press('Tab');
      await expect(deletion.here).toBeFocused();
      await page.keyboard.press('Enter');
      await deletion.dialog.waitFor({ state: 'detached' });
      await expect(ui.environments).toContainText('None yet.');
      expect(peer.read('keep')).toEqual({ K: 'k' });
    });
  });
}

test('a path that another environment uses is refused by its name @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { A: 'a' });
  await createLocal(ui, 'copy', { A: 'b' });
  const { sync } = ui.environment;
  await sync.path.fill('production');
  await sync.switch(peer.label).click();
  await expect(sync.failure).toContainText(
    'The environment “production” already uses the path production.',
  );
  expect(peer.read('production')).toEqual({ A: 'a' });
});

test('unsaved edits go along when sync is switched on @whole', async ({ ui, peer }) => {
  await configured(ui, peer);
  await ui.newEnvironment.create('fresh');
  await expect(ui.environment.heading).toHaveText('fresh');
  await ui.environment.editor.add('A', 'not saved yet');
  await ui.environment.sync.switch(peer.label).click();
  await expect(ui.environment.sync.switch(peer.label)).toBeChecked();
  expect(peer.read('fresh')).toEqual({ A: 'not saved yet' });
  await expect(ui.environment.editor.saveButton).toHaveCount(0);
});

test('switching off: exports first, and keeps an encrypted copy, by keys alone', async ({
  ui,
  peer,
  page,
  dataDirectory,
}) => {
  await openPulled(ui, peer, 'production', { API_KEY: 'sk-leaving' });
  const { environment } = ui;
  await environment.editor.add('NEW', 'not saved yet');
  await environment.sync.switch(peer.label).focus();
  await page.keyboard.press('Space');
  const dialog = page.getByRole('alertdialog', { name: 'Switch sync off for production?' });
  await expect(dialog.getByRole('radio', { name: 'Clear them' })).toBeChecked();
  await expect(dialog).toContainText('1 unsaved edit will be lost.');
  await expectAccessible(page, 'Switching sync off');

  await dialog.getByRole('button', { name: 'Export…' }).focus();
  await page.keyboard.press('Enter');
  const exporting = page.getByRole('dialog', { name: 'Export production' });
  await expect(exporting).toContainText('1 unsaved edit is not included.');
  await page.keyboard.press('Escape');
  await expect(exporting).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Export…' })).toBeFocused();

  await expect(
    dialog.getByRole('radio', { name: /^Keep (a|an encrypted) copy here$/ }),
  ).toBeEnabled();
  await dialog.getByRole('radio', { name: 'Clear them' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(dialog).toContainText('1 unsaved edit becomes part of it.');
  await page.keyboard.press('Enter');
  await expect(environment.sync.switch(peer.label)).not.toBeChecked();
  await expect(environment.row('NEW')).toBeVisible();
  await expect(environment.editor.saveButton).toHaveCount(0);
  await environment.revealButton('API_KEY').click();
  await expect(environment.value('API_KEY')).toContainText('sk-leaving');
  expect(peer.read('production')).toEqual({ API_KEY: 'sk-leaving' });
  expect(await filesHolding(dataDirectory, Buffer.from('sk-leaving'))).toEqual([]);
});

test('the Local vault reads the same @whole', async ({ ui }) => {
  await ui.openSettings('Security');
  await ui.settings.security.changeButton.click();
  await ui.settings.security.keyChoice.onlyForThisSession();
  await createLocal(ui, 'service', { A: 'a' });
  const { sync, editor } = ui.environment;
  await sync.switch('Local vault').click();
  await expect(sync.switch('Local vault')).toBeChecked();
  await editor.setValue('A', 'b');
  await editor.save();
  await ui.environment.pullButton.click();
  await ui.environment.revealButton('A').click();
  await expect(ui.environment.value('A')).toContainText('b');
});

test('rename, duplicate, set active, move', async ({ ui, peer }) => {
  peer.put('a', { A: '1' });
  await openPulled(ui, peer, 'b', { B: 'sk-b' });
  const { environment } = ui;
  const names = () => ui.environments.getByRole('treeitem').allInnerTexts();
  await environment.actions.choose('Rename…');
  await environment.actions.name('Beta', 'Rename');
  await expect(environment.heading).toHaveText('Beta');
  expect(peer.read('b')).toEqual({ B: 'sk-b' });
  await environment.actions.choose('Set active');
  await expect(ui.row('Beta')).toHaveAccessibleName(/active/);

  await environment.actions.choose('Duplicate…');
  await environment.actions.name('Copy', 'Duplicate');
  await expect(environment.heading).toHaveText('Copy');
  await environment.revealButton('B').click();
  await expect(environment.value('B')).toContainText('sk-b');
  await expect(environment.sync.switch(peer.label)).not.toBeChecked();

  await ui.view('By hand');
  await environment.actions.choose('Move up');
  await expect.poll(async () => (await names()).findIndex((row) => row.includes('Copy'))).toBe(1);
  await ui.row('Copy').focus();
  await ui.page.keyboard.press('Alt+ArrowUp');
  await expect.poll(async () => (await names()).findIndex((row) => row.includes('Copy'))).toBe(0);
});
