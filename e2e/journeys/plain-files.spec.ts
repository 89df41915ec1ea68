/** Plain files, for development: what they are is said, and git must not commit them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from './support';

const test = base.extend<{ readonly home: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  home: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'strongroom-plain-files-'));
    await use(home);
    rmSync(home, { recursive: true });
  },
});

test('an environment of plain files is pulled, edited and saved @whole', async ({ ui, home }) => {
  const folder = join(home, 'environments');
  mkdirSync(folder);
  writeFileSync(join(folder, 'development.json'), '{"PORT":8080,"DEBUG":"app:*"}', { mode: 0o600 });

  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('Plain files');
  await tab.field('Folder').fill(folder);
  await tab.test();
  await expect(tab.testStep('Encryption')).toContainText('not encrypted');
  await tab.saveButton.click();
  await tab.savedMark.waitFor();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');

  await ui.openEnvironment('development');
  await ui.environment.editor.setValue('DEBUG', 'shop:*');
  await ui.environment.editor.save();
  expect(readFileSync(join(folder, 'development.json'), 'utf8')).toBe(
    '{"PORT":8080,"DEBUG":"shop:*"}',
  );
});

test('a folder that git would commit is refused', async ({ ui, home }) => {
  execFileSync('git', ['init'], { cwd: home, stdio: 'ignore' });
  const folder = join(home, 'environments');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.chooseProvider('Plain files');
  await tab.field('Folder').fill(folder);
  await tab.test();
  await expect(tab.testStep('Folder')).toContainText('a work tree of git');
  await expect(tab.testStep('Folder')).toContainText('.gitignore');
  expect(existsSync(folder)).toBe(false);

  writeFileSync(join(home, '.gitignore'), '/environments/\n');
  await tab.test();
  await expect(tab.testStep('Folder')).toContainText('0 environments');
});
