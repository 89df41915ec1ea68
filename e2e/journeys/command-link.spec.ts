/** Settings → General: the command strongroom on the PATH. */
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible } from '../axe';
import { expect, test } from './support';

const home = mkdtempSync(join(tmpdir(), 'strongroom-home-'));
const folder = join(home, '.local', 'bin');
const file = join(folder, 'strongroom');
const { PATH: path = '' } = process.env;

test.skip(({ host }) => host === 'desktop', 'A packed app has no command that can be linked.');
test.use({ appEnv: { HOME: home, TERM: 'xterm', PATH: `${folder}:${path}` } });
test.beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
test.afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

test('the command is linked and removed by the keyboard', async ({ ui, page }) => {
  await ui.openSettings('General');
  const section = page.getByRole('region', { name: 'Command line' });
  await expect(section).toContainText(`Install creates a link in ${folder}.`);
  await expectAccessible(page, 'Settings, General');
  await section.getByRole('button', { name: 'Install the command' }).focus();
  await page.keyboard.press('Enter');
  await expect(section).toContainText(`A terminal finds the command strongroom: ${file}`);
  expect(readlinkSync(file)).toMatch(/bin[\\/]strongroom\.js$/);
  await section.getByRole('button', { name: 'Remove the command' }).focus();
  await page.keyboard.press('Enter');
  await expect(section.getByRole('button', { name: 'Install the command' })).toBeVisible();
});

test('a file of somebody else stays', async ({ ui, page }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, 'theirs');
  await ui.openSettings('General');
  const section = page.getByRole('region', { name: 'Command line' });
  await expect(section).toContainText(
    `Another file is at ${file}. Strongroom does not overwrite it.`,
  );
  await expect(section.getByRole('button', { name: 'Install the command' })).toBeDisabled();
  await expectAccessible(page, 'A file in the way of the command');
  expect(readFileSync(file, 'utf8')).toBe('theirs');
});
