/** Lock, as windows and programs see it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, type AppUnderTest } from '../app';
import { AppPage } from '../pages/app';
import { coreOf, expect, lockWith, test } from './support';

const passphrase = 'seven lamps and a heron';

/** Runs a command against the app. */
async function strongroom(
  app: AppUnderTest,
  ...args: string[]
): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'bin/strongroom.js'), '--data-dir', app.dataDirectory, ...args],
      { env: { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } },
    );
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

/** Another tab, which takes the session of this one along. */
async function secondTab(ui: AppPage): Promise<AppPage> {
  const [page] = await Promise.all([
    ui.page.context().waitForEvent('page'),
    ui.page.evaluate(() => void window.open('/')),
  ]);
  const second = new AppPage(page);
  await second.ready();
  return second;
}

async function withPassphrase(ui: AppPage): Promise<void> {
  const { security } = await ui.openSettings('Security');
  await security.changeButton.click();
  await security.keyChoice.passphrase(passphrase);
  await expect(security.changeButton).toBeVisible();
}

test('every tab and every program is told', async ({ app, ui }) => {
  test.skip(app.host === 'desktop', 'The desktop app has one window.');
  await withPassphrase(ui);
  await ui.newEnvironment.create('laptop');
  const second = await secondTab(ui);
  await second.openEnvironment('laptop');
  await second.environment.editor.add('HALF', 'typed');

  expect(await strongroom(app, 'lock')).toEqual({ code: 0, text: 'Strongroom is locked.\n' });
  await expect(ui.lockedHeading).toBeVisible();
  await expect(second.lockedHeading).toBeVisible();
  await expect(second.page.getByText(/^Unsaved edits are kept, encrypted.*laptop/)).toBeVisible();
  await expect(ui.page.getByText('Unsaved edits')).toHaveCount(0);
  const refused = await strongroom(app, 'env', 'list');
  expect(refused.code).toBe(6);
  expect(refused.text).toContain('Strongroom is locked.');

  await second.unlock.with('not the passphrase');
  await expect(second.unlock.passphrase).toHaveAccessibleDescription(/^This is not the passphrase/);
  await second.unlock.with(passphrase);
  // The edits are in the window that had them.
  await ui.unlock.with(passphrase);
  await ui.openEnvironment('laptop');
  await expect(ui.environment.row('HALF')).toHaveCount(0);
  await expect(second.row('laptop')).toHaveAccessibleName(/1 unsaved/);
  await second.openEnvironment('laptop');
  await second.environment.editor.save();
  await expect(second.environment.row('HALF')).toBeVisible();
});

test('a program does not open what Lock shut without a passphrase', async ({
  app,
  faults,
  page,
}) => {
  await new AppPage(page).newEnvironment.create('laptop');
  const ui = await lockWith(app, faults, () => strongroom(app, 'lock'));
  await expect(ui.lockedHeading).toBeVisible();
  const refused = await strongroom(app, 'unlock');
  expect(refused.code).toBe(6);
  expect(refused.text).toContain('Unlock it in its window.');
  await ui.unlock.unlockButton.click();
  await ui.openEnvironment('laptop');
  expect((await strongroom(app, 'env', 'list')).text).toContain('laptop');
});

test('Lock keeps unsaved edits, also what is being typed, and asks nothing', async ({
  app,
  faults,
  ui,
}) => {
  await withPassphrase(ui);
  await ui.newEnvironment.create('laptop');
  await ui.environment.editor.add('HALF', 'typed');
  await ui.environment.editor.addButton.click();
  await ui.page.keyboard.type('BEING_TYPED');
  const next = await lockWith(app, faults, () => strongroom(app, 'lock'));
  await expect(next.lockedHeading).toBeVisible();
  await next.unlock.with(passphrase);
  await next.openEnvironment('laptop');
  await expect(next.environment.row('HALF')).toBeVisible();
  await expect(next.environment.row('BEING_TYPED')).toBeVisible();

  const again = await lockWith(app, faults, () => next.lock());
  await again.unlock.with(passphrase);
  await again.openEnvironment('laptop');
  await expect(again.environment.row('HALF')).toBeVisible();
});

test('edits that Lock kept meet what others wrote meanwhile in the merge @whole', async ({
  app,
  faults,
  ui,
  vault,
}) => {
  const secrets = vault.kv('secret');
  secrets.put('production', { A: 'a', B: 'b' });
  const { connection } = await ui.openSettings('Vault');
  await connection.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await connection.saveButton.click();
  await connection.keyChoice.passphrase(passphrase);
  await connection.pullAllButton.click();
  await ui.openEnvironment('production');
  await ui.environment.editor.setValue('A', 'mine');
  const next = await lockWith(app, faults, () => ui.lock());
  secrets.put('production', { A: 'theirs', B: 'b' });
  await next.unlock.with(passphrase);
  await next.openEnvironment('production');
  await expect(next.row('production')).toHaveAccessibleName(/1 unsaved/);
  await next.page.getByRole('button', { name: 'Resolve conflicts' }).click();
  await expect(next.environment.merge.cell('A', 'yours')).toContainText('changed');
  await next.environment.merge.choice('Keep mine', 'A').check();
  await next.environment.merge.saveButton.click();
  await expect(next.row('production')).not.toHaveAccessibleName(/unsaved/);
  expect(secrets.read('production')).toEqual({ A: 'mine', B: 'b' });
});

test('a core that crashes is started again, once, and nothing saved is lost', async ({
  app,
  ui,
}) => {
  test.skip(process.platform !== 'linux', 'The core is found among the processes of Linux.');
  test.skip(app.host === 'desktop', 'Pages before Chromium 122 are not told of a closed port.');
  await withPassphrase(ui);
  await ui.newEnvironment.create('laptop');
  await ui.environment.editor.add('KEPT', 'saved');
  await ui.environment.editor.save();
  const core = await coreOf(app);
  process.kill(core, 'SIGKILL');
  await expect(ui.page.getByRole('heading', { name: 'Strongroom has stopped' })).toBeVisible();
  await ui.page.getByRole('button', { name: 'Reload' }).click();
  await ui.unlock.with(passphrase);
  await ui.openEnvironment('laptop');
  await expect(ui.environment.row('KEPT')).toBeVisible();
  expect(await coreOf(app)).not.toBe(core);
});
