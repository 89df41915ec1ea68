/** Lock, as windows and programs see it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { processTree } from '@test/support/process-memory';
import { root, type AppUnderTest } from '../app';
import { AppPage } from '../pages/app';
import { expect, lockWith, test } from './support';

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
  // Nobody asked in that tab, so it says what is gone.
  await expect(second.page.getByText('Unsaved edits: laptop.')).toBeVisible();
  await expect(ui.page.getByText('Edits were lost')).toHaveCount(0);
  const refused = await strongroom(app, 'env', 'list');
  expect(refused.code).toBe(6);
  expect(refused.text).toContain('Strongroom is locked.');

  await second.unlock.with('not the passphrase');
  await expect(second.unlock.passphrase).toHaveAccessibleDescription(/^This is not the passphrase/);
  await second.unlock.with(passphrase);
  await second.openEnvironment('laptop');
  await expect(second.environment.row('HALF')).toHaveCount(0);
  await second.page.reload();
  await second.ready();
  await expect(second.page.getByText('Edits were lost')).toHaveCount(0);
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

test('a manual Lock asks before it takes unsaved edits', async ({ app, faults, ui }) => {
  await ui.newEnvironment.create('laptop');
  await ui.environment.editor.add('HALF', 'typed');
  await ui.lock();
  await expect(ui.question.box).toContainText('Unsaved edits: laptop.');
  await ui.question.answer('Cancel');
  await expect(ui.environment.row('HALF')).toBeVisible();
  const next = await lockWith(app, faults, async () => {
    await ui.lock();
    await ui.question.answer('Discard and lock');
  });
  await expect(next.lockedHeading).toBeVisible();
  await expect(next.page.getByText('Edits were lost')).toHaveCount(0);
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

/** The process of the core, below that of the app. */
async function coreOf(app: AppUnderTest): Promise<number> {
  for (const pid of await processTree(app.pid)) {
    const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    if (line.includes('-core.js')) return pid;
  }
  throw new Error('There is no core process.');
}
