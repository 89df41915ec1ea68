/** From an empty app to the first environment, through each of its doors. */
import { expectAccessible } from '../axe';
import { vaultPeer } from './peers';
import { expect, filesHolding, test } from './support';

test('tries the app with samples, which are real and go like anything else', async ({
  dataDirectory,
  ui,
}) => {
  const { welcome, environment } = ui;
  await expectAccessible(ui.page, 'Welcome');
  await welcome.samplesDoor.click();
  await welcome.keyChoice.onlyForThisSession();
  await expect(environment.heading).toHaveText('production');
  // The door is gone; the keys go on from what it led to.
  await expect(ui.row('production')).toBeFocused();
  await expect(ui.row('development')).toHaveAccessibleName(/this computer/);
  await expect(ui.row('staging')).toHaveAccessibleName(/v1/);
  await expect(environment.sync.switch('Local vault')).toBeChecked();
  await expect(environment.value('LOG_LEVEL')).toContainText('warn');
  await environment.revealButton('PAYMENTS_API_KEY').click();
  await expect(environment.value('PAYMENTS_API_KEY')).toContainText('sample-payments-key');
  expect(await filesHolding(dataDirectory, Buffer.from('sample-payments-key'))).toEqual([]);

  await environment.editor.add('NEW_ONE', 'value');
  await environment.editor.save();
  await expect(ui.row('production')).toHaveAccessibleName(/v2/);

  for (const name of ['production', 'staging', 'development']) {
    await ui.openEnvironment(name);
    await environment.actions.choose('Delete…');
    const { deletion } = environment;
    if (name === 'development') await environment.question.answer('Delete environment');
    else {
      await deletion.server.check();
      await deletion.name.fill(name);
      await environment.question.answer('Delete in Local vault');
    }
    await expect(ui.row(name)).toHaveCount(0);
  }
  await expect(welcome.samplesDoor).toBeVisible();
});

test('connects a provider @desktop', async ({ ui, vault }) => {
  const peer = vaultPeer(vault);
  peer.put('production', { PORT: 5432 });
  await ui.welcome.providerDoor.click();
  const { connection: tab } = ui.settings;
  await peer.setUp(tab);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await expect(ui.environment.value('PORT')).toContainText('5432');
});

test('imports a .env, and creates nothing from any other file', async ({ ui }) => {
  const { welcome, environment } = ui;
  await welcome.choose({ name: 'notes.txt', text: 'no assignment here\n' });
  await expect(welcome.failure).toContainText('no line of the form KEY=value');
  await welcome.choose({ name: 'photo.env', text: Buffer.from([0xff, 0xd8, 0x00]) });
  await expect(welcome.failure).toContainText('not UTF-8 text');
  await expect(ui.environments).toContainText('None yet.');
  await expectAccessible(ui.page, 'Welcome, a file refused');

  await welcome.choose({ name: '.env.staging', text: 'DB_HOST=db.internal\nDB_PORT=5432\n' });
  await expect(environment.heading).toHaveText('staging');
  const { editor } = environment;
  await expect(editor.import.summary).toHaveText('2 added, 0 changed, 0 skipped.');
  await editor.import.importButton.click();
  await expect(editor.unsaved).toContainText('2 unsaved');
  await expect(environment.row('DB_HOST')).toBeVisible();

  // What was chosen for one environment is not offered to the next.
  await ui.newEnvironment.create('other');
  await expect(environment.heading).toHaveText('other');
  await expect(editor.import.pane).toHaveCount(0);
  await ui.openEnvironment('staging');
  await expect(editor.import.pane).toHaveCount(0);
});
