/** Lock: what it takes from memory, and whom it tells. */
import { everyForm, processTree, textsInMemory } from '@test/support/process-memory';
import type { AppUnderTest } from '../fixtures';
import { AppPage } from '../pages/app';
import { canaries, useCanaries, type Mode } from './canaries';
import { wholeUnlessFirst } from './peers';
import { expect, filesHolding, lockWith, test } from './support';

/** Which canaries are in the memory of the processes of the app. */
async function inMemory(
  pids: readonly number[],
  canaries: readonly string[],
  forms?: typeof everyForm,
): Promise<string[]> {
  const found = await Promise.all(pids.map((pid) => textsInMemory(pid, canaries, forms)));
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

const modes = ['a passphrase', 'a keychain', 'the session'] as const satisfies readonly Mode[];
const { passphrase, revealed, unsaved } = canaries;

test.skip(process.platform !== 'linux', 'Only Linux shows the memory of a process as a file.');

for (const mode of modes) {
  test.describe(`with ${mode}`, wholeUnlessFirst(mode, modes), () => {
    test.use({ keychain: mode === 'a keychain' ? 'unlocked' : 'none' });

    test(`nothing stays in the memory of any process after Lock, with ${mode}`, async ({
      app,
      faults,
      page,
      vault,
    }) => {
      test.skip(isWithinApp(app), 'This Electron started no process for the core.');
      // All memory of all processes is searched for thirteen forms of each canary.
      test.slow();
      const used = new AppPage(page);
      const planted = await useCanaries(used, vault, mode);
      expect(await inMemory(await processesOf(app), planted), 'In use').toEqual(
        [...planted].toSorted(),
      );

      const ui = await lockWith(app, faults, async () => {
        await used.lock();
        if (mode === 'the session') await used.question.answer('Forget and lock');
      });
      await expect(ui.lockedHeading).toBeVisible();
      const pids = await processesOf(app);
      expect(await inMemory(pids, planted, everyForm), 'After Lock').toEqual([]);
      expect(await ui.page.content()).not.toContain(revealed);

      expect(
        await filesHolding(app.dataDirectory, ...planted.map((each) => Buffer.from(each))),
      ).toEqual([]);

      if (mode === 'a passphrase') await ui.unlock.with(passphrase);
      else await ui.unlock.unlockButton.click();
      await ui.openEnvironment('production');
      if (mode === 'the session') {
        await expect(ui.environment.failure).toContainText('No Token is stored.');
        return;
      }
      await ui.environment.revealButton('API_KEY').click();
      await expect(ui.environment.value('API_KEY')).toContainText(revealed);
      await ui.openEnvironment('laptop');
      await ui.environment.revealButton('UNSAVED_KEY').click();
      await expect(ui.environment.value('UNSAVED_KEY')).toContainText(unsaved);
    });
  });
}
