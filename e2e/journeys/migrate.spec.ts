/** Migrate…: copied, compared, linked, and only then removed; stopped anywhere it can be gone on with. */
import type { AppPage } from '../pages/app';
import type { MovePage } from '../pages/move';
import { configure, openPulled, providers, test, vaultPeer, type Peer } from './peers';
import { expect, restart } from './support';

/** Pulls an environment and plans its migration to another path. */
async function plan(ui: AppPage, peer: Peer): Promise<MovePage> {
  await openPulled(ui, peer, 'production', values);
  const { move } = ui;
  await move.openButton.click();
  await move.makePlan('teams/payments');
  return move;
}

const values = { API_KEY: 'sk-live', PORT: 5432, LIMITS: { daily: 5 } };

for (const provider of providers) {
  test.describe(provider, () => {
    test.use({ provider });

    test('to another path', async ({ ui, peer }) => {
      peer.put('production', values);
      peer.put('occupied', { OTHER: 'x' });
      const tab = await configure(ui, peer);
      await tab.pullAllButton.click();
      await expect(tab.pullOutcome).toContainText('2 secrets pulled');
      await ui.openEnvironment('production');
      await ui.move.openButton.click();
      const { move } = ui;
      await expect(move.heading('production')).toBeVisible();

      await move.makePlan('occupied');
      await expect(move.failure).toContainText(/already|occupied/);
      await expect(move.migrateButton).toHaveCount(0);

      await move.makePlan('teams/payments');
      await expect(move.from).toContainText('production');
      await expect(move.from).toContainText('3 variables');
      await expect(move.to).toContainText('nothing there yet');
      expect(peer.read('teams/payments')).toBeUndefined();
      await move.migrateButton.click();
      await expect(move.phase).toHaveText('done');
      await expect(move.run).toContainText('It can be brought back there');
      expect(peer.read('teams/payments')).toEqual(values);
      expect(peer.read('production')).toBeUndefined();
      expect(peer.read('occupied')).toEqual({ OTHER: 'x' });

      await ui.openEnvironment('production');
      await ui.environment.pullButton.click();
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
    });

    test('stopped before the source is removed, and gone on with', async ({ ui, peer }) => {
      const move = await plan(ui, peer);
      const removal = peer.holdRemoval('production');
      await move.migrateButton.click();
      await removal.reached;
      await expect(move.stage('Remove the source')).toContainText('under way');
      await move.cancelButton.click();
      await expect(move.phase).toHaveText('cancelled');
      removal.open();
      await expect(move.unfinished).toContainText('production');
      expect(peer.read('teams/payments')).toEqual(values);

      // Wherever one looks next, it is said.
      await ui.openEnvironment('production');
      await expect(move.unfinished).toContainText('teams/payments');
      await ui.openSettings('Vault');
      await move.resumeButton('production').click();
      await expect(move.unfinished).toHaveCount(0);
      expect(peer.read('teams/payments')).toEqual(values);
      expect(peer.read('production')).toBeUndefined();
    });

    test('stopped after the copy, and undone', async ({ ui, peer }) => {
      const move = await plan(ui, peer);
      await expect(move.migrateButton).toBeVisible();
      // It looks before it writes, and reads back after.
      const verifying = peer.holdRead('teams/payments', 1);
      await move.migrateButton.click();
      await verifying.reached;
      expect(peer.read('teams/payments')).toEqual(values);
      await move.cancelButton.click();
      await expect(move.phase).toHaveText('cancelled');
      verifying.open();
      await move.undoButton('production').click();
      await expect(ui.question.box).toContainText('production goes back to production');
      await ui.question.answer('Undo migration');
      await expect(move.unfinished).toHaveCount(0);
      expect(peer.read('production')).toEqual(values);
      expect(peer.read('teams/payments')).toBeUndefined();
      await ui.openEnvironment('production');
      await ui.environment.pullButton.click();
      await expect(ui.environment.row('PORT')).toBeVisible();
    });

    test('a copy that is refused leaves everything as it was', async ({ ui, peer }) => {
      const move = await plan(ui, peer);
      peer.refuseWrites('teams/payments');
      await move.migrateButton.click();
      await expect(move.phase).toHaveText('failed');
      await expect(move.run).toContainText('do not permit');
      await expect(move.unfinished).toHaveCount(0);
      expect(peer.read('production')).toEqual(values);
      expect(peer.read('teams/payments')).toBeUndefined();

      peer.permitWrites();
      await move.backToPlanButton.click();
      await move.migrateButton.click();
      await expect(move.phase).toHaveText('done');
      expect(peer.read('teams/payments')).toEqual(values);
    });
  });
}

test('from Vault to the local vault, which this workspace does not use', async ({ ui, vault }) => {
  const peer = vaultPeer(vault);
  peer.put('production', values);
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await ui.openEnvironment('production');
  await ui.palette.run('migrate');
  const { move } = ui;
  await move.provider.getByRole('radio', { name: 'Local vault' }).check();
  await move.makePlan('production');
  await expect(move.plan).toContainText('This workspace uses another provider');
  await move.migrateButton.click();
  await expect(move.phase).toHaveText('done');
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

  test('a migration that was cut off by quitting is offered after the next start', async ({
    app,
    ui,
    vault,
  }) => {
    const peer = vaultPeer(vault);
    const move = await plan(ui, peer);
    const removal = peer.holdRemoval('production');
    await move.migrateButton.click();
    await removal.reached;
    const again = await restart(app);
    removal.open();
    await again.openSettings('Vault');
    await again.move.resumeButton('production').click();
    await expect(again.move.unfinished).toHaveCount(0);
    expect(peer.read('teams/payments')).toEqual(values);
    expect(peer.read('production')).toBeUndefined();
  });
});
