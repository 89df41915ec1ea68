/** The app starts, quits and starts again, and keeps its files to its user. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures';

test('starts with an empty data directory, and again with what it left there', async ({ app }) => {
  await expect(app.page.getByRole('navigation', { name: 'Environments' })).toBeVisible();
  const page = await app.restart();
  await expect(page.getByRole('navigation', { name: 'Environments' })).toBeVisible();
});

test('keeps its files closed to other users', async ({ app, dataDirectory }) => {
  test.skip(process.platform === 'win32', 'Windows has other means.');
  expect(app.output).not.toContain('launch=');
  const files = await readdir(dataDirectory);
  expect(files).not.toEqual([]);
  for (const file of files) {
    const { mode } = await stat(join(dataDirectory, file));
    expect(mode & 0o077, file).toBe(0);
  }
});
