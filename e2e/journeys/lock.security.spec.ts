/** Lock: what it takes from memory, and whom it tells. */
import { randomBytes } from 'node:crypto';
import { processTree, textsInMemory } from '@test/support/process-memory';
import type { VaultServer } from '@test/servers/vault/server';
import type { AppUnderTest } from '../fixtures';
import { AppPage } from '../pages/app';
import { expect, lockWith, test } from './support';

/** Unlike anything that a program would hold by itself. */
const canary = (name: string): string => `${name}-${randomBytes(12).toString('hex')}`;

const passphrase = canary('seven lamps');
const revealed = canary('sk-revealed');
const unseen = canary('sk-unseen');
const local = canary('sk-local');

/** Puts values, a credential and perhaps a passphrase to use. */
async function use(ui: AppPage, vault: VaultServer, mode: Mode): Promise<readonly string[]> {
  vault.kv('secret').put('production', { API_KEY: revealed, OTHER_KEY: unseen });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveButton.click();
  if (mode === 'a passphrase') await tab.keyChoice.passphrase(passphrase);
  if (mode === 'the session') await tab.keyChoice.onlyForThisSession();
  await expect(tab.saved('Token')).toContainText('Saved');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText(revealed);
  await ui.newEnvironment.create('laptop');
  await ui.environment.editor.add('LOCAL_KEY', local);
  await ui.environment.editor.save();
  return [
    revealed,
    unseen,
    local,
    vault.rootToken,
    ...(mode === 'a passphrase' ? [passphrase] : []),
  ];
}

/** Which canaries are in the memory of the processes of the app. */
async function inMemory(pids: readonly number[], canaries: readonly string[]): Promise<string[]> {
  const found = await Promise.all(pids.map((pid) => textsInMemory(pid, canaries)));
  return [...new Set(found.flatMap((texts) => [...texts]))].toSorted();
}

/**
 * The processes that Lock has to leave clean. The main process of Electron is not among them in this test: DevTools run
 * there, and carry what the test types and reads.
 */
async function processesOf(app: AppUnderTest): Promise<readonly number[]> {
  const pids = await processTree(app.pid);
  const searched = app.host === 'desktop' ? pids.slice(1) : pids;
  // The host or the page, and the core.
  expect(searched.length).toBeGreaterThan(1);
  return searched;
}

/** Then Lock cannot empty the memory, and a notice says so. */
const isWithinApp = ({ output }: AppUnderTest): boolean =>
  output.includes('the core runs within the app');

const modes = ['a passphrase', 'a keychain', 'the session'] as const;
type Mode = (typeof modes)[number];

test.skip(process.platform !== 'linux', 'Only Linux shows the memory of a process as a file.');

for (const mode of modes) {
  test.describe(`with ${mode}`, () => {
    test.use({ keychain: mode === 'a keychain' ? 'unlocked' : 'none' });

    test(`nothing stays in the memory of any process after Lock, with ${mode}`, async ({
      app,
      faults,
      page,
      vault,
    }) => {
      test.skip(isWithinApp(app), 'This Electron started no process for the core.');
      const used = new AppPage(page);
      const canaries = await use(used, vault, mode);
      expect(await inMemory(await processesOf(app), canaries), 'In use').toEqual(
        [...canaries].toSorted(),
      );

      const ui = await lockWith(app, faults, async () => {
        await used.lock();
        if (mode === 'the session') await used.question.answer('Forget and lock');
      });
      await expect(ui.lockedHeading).toBeVisible();
      expect(await inMemory(await processesOf(app), canaries), 'After Lock').toEqual([]);
      expect(await ui.page.content()).not.toContain(revealed);

      if (mode === 'a passphrase') await ui.unlock.with(passphrase);
      else await ui.unlock.unlockButton.click();
      await ui.openEnvironment('production');
      if (mode === 'the session') {
        await expect(ui.environment.failure).toContainText('No Token is stored.');
        return;
      }
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText(revealed);
    });
  });
}
