/** Migrate…: copied, compared, linked, and only then removed; stopped anywhere it can be gone on with. */
import type { AppPage } from '../pages/app';
import type { MigratePage } from '../pages/migrate';
import {
  configure,
  openPulled,
  providers,
  wholeUnlessFirst,
  test,
  vaultPeer,
  type Peer,
} from './peers';
import { expectAccessible } from '../axe';
import { expect, restart } from './support';

/** Pulls an environment and plans its migration to another path. */
async function plan(ui: AppPage, peer: Peer): Promise<MigratePage> {
  await openPulled(ui, peer, 'production', values);
  const { migrate } = ui;
  await migrate.openButton.click();
  await migrate.makePlan('teams/payments');
  return migrate;
}

const values = { API_KEY: 'sk-live', PORT: 5432, LIMITS: { daily: 5 } };

for (const provider of providers) {
  test.describe(provider, wholeUnlessFirst(provider, providers), () => {
    test.use({ provider });

    test('to another path', async ({ ui, peer }) => {
      peer.put('production', values);
      peer.put('occupied', { OTHER: 'x' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('2 secrets pulled');
      await ui.openEnvironment('production');
      await ui.migrate.openButton.click();
      const { migrate } = ui;
      await expect(migrate.heading('production')).toBeVisible();

      await migrate.makePlan('occupied');
      await expect(migrate.failure).toContainText(/already|occupied/);
      await expect(migrate.migrateButton).toHaveCount(0);

      await migrate.makePlan('teams/payments');
      await expect(migrate.from).toContainText('production');
      await expect(migrate.from).toContainText('3 variables');
      await expect(migrate.to).toContainText('nothing there yet');
      expect(peer.read('teams/payments')).toBeUndefined();
      await migrate.migrateButton.click();
      await expect(migrate.phase).toHaveText('done');
      await expect(migrate.run).toContainText('It can be undeleted there');
      expect(peer.read('teams/payments')).toEqual(values);
      expect(peer.read('production')).toBeUndefined();
      expect(peer.read('occupied')).toEqual({ OTHER: 'x' });

      await ui.openEnvironment('production');
      await ui.environment.pullButton.click();
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
    });

    test('stopped before the source is removed, and gone on with', async ({ ui, peer }) => {
      const migrate = await plan(ui, peer);
      const removal = peer.holdRemoval('production');
      await migrate.migrateButton.click();
      await removal.reached;
      await expect(migrate.stage('Remove the source')).toContainText('under way');
      await migrate.cancelButton.click();
      await expect(migrate.phase).toHaveText('cancelled');
      removal.open();
      await expect(migrate.unfinished).toContainText('production');
      expect(peer.read('teams/payments')).toEqual(values);

      // Wherever one looks next, it is said.
      await ui.openEnvironment('production');
      await expect(migrate.unfinished).toContainText('teams/payments');
      await ui.openSettings('Vault');
      await migrate.resumeButton('production').click();
      await expect(migrate.unfinished).toHaveCount(0);
      expect(peer.read('teams/payments')).toEqual(values);
      expect(peer.read('production')).toBeUndefined();
    });

    test('stopped after the copy, and undone @whole', async ({ ui, peer }) => {
      const migrate = await plan(ui, peer);
      await expect(migrate.migrateButton).toBeVisible();
      // It looks before it writes, and reads back after.
      const verifying = peer.holdRead('teams/payments', 1);
      await migrate.migrateButton.click();
      await verifying.reached;
      expect(peer.read('teams/payments')).toEqual(values);
      await migrate.cancelButton.click();
      await expect(migrate.phase).toHaveText('cancelled');
      verifying.open();
      await migrate.undoButton('production').click();
      await expect(ui.question.box).toContainText('production goes back to production');
      await ui.question.answer('Undo migration');
      await expect(migrate.unfinished).toHaveCount(0);
      expect(peer.read('production')).toEqual(values);
      expect(peer.read('teams/payments')).toBeUndefined();
      await ui.openEnvironment('production');
      await ui.environment.pullButton.click();
      await expect(ui.environment.row('PORT')).toBeVisible();
    });

    test('a copy that is refused leaves everything as it was @whole', async ({ ui, peer }) => {
      const migrate = await plan(ui, peer);
      peer.refuseWrites('teams/payments');
      await migrate.migrateButton.click();
      await expect(migrate.phase).toHaveText('failed');
      await expect(migrate.run).toContainText('do not permit');
      await expect(migrate.unfinished).toHaveCount(0);
      expect(peer.read('production')).toEqual(values);
      expect(peer.read('teams/payments')).toBeUndefined();

      peer.permitWrites();
      await migrate.backToPlanButton.click();
      await migrate.migrateButton.click();
      await expect(migrate.phase).toHaveText('done');
      expect(peer.read('teams/payments')).toEqual(values);
    });
  });
}

test('from Vault to the local vault, which this workspace does not use @whole', async ({
  ui,
  vault,
}) => {
  const peer = vaultPeer(vault);
  peer.put('production', values);
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await ui.openEnvironment('production');
  await ui.palette.run('migrate');
  const { migrate } = ui;
  await migrate.provider.getByRole('radio', { name: 'Local vault' }).check();
  await migrate.makePlan('production');
  await expect(migrate.plan).toContainText('This workspace uses another provider');
  await migrate.migrateButton.click();
  await expect(migrate.phase).toHaveText('done');
  expect(peer.read('production')).toBeUndefined();

  await ui.openSettings('Vault');
  await tab.chooseProvider('Local vault');
  await tab.save();
  await ui.openEnvironment('production');
  await ui.environment.pullButton.click();
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
});

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('a migration that was cut off by quitting is offered after the next start @whole', async ({
    app,
    ui,
    vault,
  }) => {
    const peer = vaultPeer(vault);
    const migrate = await plan(ui, peer);
    const removal = peer.holdRemoval('production');
    await migrate.migrateButton.click();
    await removal.reached;
    const again = await restart(app);
    removal.open();
    await again.openSettings('Vault');
    await again.migrate.resumeButton('production').click();
    await expect(again.migrate.unfinished).toHaveCount(0);
    expect(peer.read('teams/payments')).toEqual(values);
    expect(peer.read('production')).toBeUndefined();
  });
});

test('a folder at once: planned, refused and failed ones are listed, by keys alone @whole', async ({
  ui,
  vault,
  page,
}) => {
  const peer = vaultPeer(vault);
  const names = ['payments/api', 'payments/jobs', 'payments/web'];
  const valuesOf = (name: string) => ({ ...values, OWN: `value-${String(names.indexOf(name))}` });
  for (const name of names) peer.put(name, valuesOf(name));
  peer.put('teams/money/web', { OTHER: 'sk-other' });
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('4 secrets pulled');
  const folder = ui.folder('payments');
  await folder.focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Migrate folder…' }).focus();
  await page.keyboard.press('Enter');
  const { migrate } = ui;
  await expect(page.getByRole('heading', { name: 'Migrate 3 environments' })).toBeVisible();
  await expect(migrate.folder).toBeFocused();
  await expect(migrate.folder).toHaveValue('payments');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('teams/money');
  await expect(migrate.pathOf('payments/jobs')).toHaveValue('teams/money/jobs');
  await page.keyboard.press('Enter');
  await expect(migrate.planned('payments/api')).toContainText('4 variables');
  await expect(migrate.planned('payments/web')).toContainText('already');
  await expectAccessible(page, 'The plan of several migrations');

  // One fails: the others are migrated all the same.
  peer.refuseWrites('teams/money/api');
  await migrate.migrateSeveralButton(2).focus();
  await page.keyboard.press('Enter');
  await expect(migrate.phase).toHaveText('failed');
  await expect(migrate.run).toContainText('1 of 2 environments migrated.');
  await expect(migrate.outcome('payments/api')).toContainText('do not permit');
  await expect(migrate.outcome('payments/jobs')).toContainText('Migrated to');
  await expectAccessible(page, 'The outcome of several migrations');
  expect(peer.read('teams/money/jobs')).toEqual(valuesOf('payments/jobs'));
  expect(peer.read('payments/jobs')).toBeUndefined();
  for (const name of ['payments/api', 'payments/web']) {
    expect(peer.read(name)).toEqual(valuesOf(name));
  }
  expect(peer.read('teams/money/web')).toEqual({ OTHER: 'sk-other' });

  // What was left can be planned again, with another path.
  peer.permitWrites();
  await migrate.backToPlanButton.focus();
  await page.keyboard.press('Enter');
  await migrate.pathOf('payments/web').fill('teams/money/site');
  await migrate.planButton.click();
  await migrate.migrateSeveralButton(2).click();
  await expect(migrate.phase).toHaveText('done');
  expect(peer.read('teams/money/api')).toEqual(valuesOf('payments/api'));
  expect(peer.read('teams/money/site')).toEqual(valuesOf('payments/web'));
});

test('proposes the path of a new name, and takes others to it @whole', async ({ ui, vault }) => {
  const peer = vaultPeer(vault);
  peer.put('shop/prod', values);
  peer.put('shop/staging', values);
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  await ui.openEnvironment('shop/prod');
  const { environment, migrate } = ui;
  await environment.actions.choose('Rename…');
  await environment.actions.name('store/live', 'Rename');
  await expect(environment.heading).toHaveText('store/live');
  await migrate.openButton.click();
  await expect(migrate.newPath).toHaveValue('store/live');
  await migrate.choose('shop/staging');
  await migrate.pathOf('shop/staging').fill('store/live');
  await migrate.planButton.click();
  await expect(migrate.planned('shop/staging')).toContainText('gets the path store/live');
  await expect(migrate.migrateSeveralButton(2)).toHaveCount(0);
});
