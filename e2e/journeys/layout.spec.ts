/** What is drawn stays inside the window, and nothing moves for good when something comes into view. */
import type { Locator, Page } from '@playwright/test';
import { configure, vaultPeer, wholeUnlessFirst } from './peers';
import { expect, test } from './support';

/** Areas that do not scroll for a person and hold more than they show: the first scroll into view moves them. */
const overfull = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body, body *')]
      .filter((element) => {
        const { overflowY } = getComputedStyle(element);
        // Lines that are cut off at the end are higher than their letters.
        return overflowY === 'hidden' && element.clientHeight > 100;
      })
      .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)
      .map(
        ({ className, scrollHeight, clientHeight }) =>
          `${String(scrollHeight)} in ${String(clientHeight)}: ${className.slice(0, 80)}`,
      ),
  );

/** Titles of pages that are cut, and areas that scroll sideways and hold no lines of text. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main h1, main *')]
      .filter((element) => {
        const { overflowX } = getComputedStyle(element);
        const isScroller = overflowX === 'auto' || overflowX === 'scroll';
        return element.matches('h1') || (isScroller && !element.matches('pre'));
      })
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(
        ({ tagName, className, scrollWidth, clientWidth }) =>
          `${String(scrollWidth)} in ${String(clientWidth)}: ${tagName} ${className.slice(0, 80)}`,
      ),
  );

const WIDTHS = [720, 1180, 1600] as const;
const LOW = { width: 1100, height: 720 };

test('Settings → Vault does not jump when something in it comes into view', async ({
  ui,
  vault,
}) => {
  const { page } = ui;
  await page.setViewportSize(LOW);
  for (let index = 0; index < 30; index += 1) {
    vault.kv('secret').put(`app/${String(index)}`, { KEY: 'value' });
  }
  vault.policy('blind', { 'secret/metadata/*': ['list', 'read'] });
  const tab = await configure(ui, vaultPeer(vault, vault.token({ policies: ['blind'] })));
  const before = await tab.saveButton.boundingBox();
  await tab.test();
  await tab.pullAllButton.click();
  await expect(tab.pulled('Skipped')).toContainText('30');
  expect(await overfull(page)).toEqual([]);
  await page.getByText('Copy report').scrollIntoViewIfNeeded();
  // The outcome comes into view again.
  await tab.test();
  expect(await tab.saveButton.boundingBox()).toEqual(before);
  expect(await overfull(page)).toEqual([]);
});

test('no page holds more than it shows and cannot scroll, or cuts its title', async ({
  ui,
  vault,
}) => {
  const { page } = ui;
  await page.setViewportSize(LOW);
  const keys = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`KEY_${String(index)}`, 'value']),
  );
  const long = 'payments/checkout/eu-central-1/production-blue';
  vault.kv('secret').put(long, keys);
  vault.kv('secret').put('staging', { ...keys, KEY_1: 'other' });
  vault.kv('secret').put('development', { ...keys, KEY_2: 'other' });
  const tab = await configure(ui, vaultPeer(vault));
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('3 secrets pulled');
  const found: Record<string, string[]> = {};
  const look = async (name: string): Promise<void> => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ ...LOW, width });
      const areas = [...(await overfull(page)), ...(await tooWide(page))];
      if (areas.length > 0) found[`${name}, ${String(width)}`] = areas;
    }
    await page.setViewportSize(LOW);
  };
  for (const name of ['General', 'Vault', 'Security', 'Activity', 'Audit', 'About'] as const) {
    await ui.openSettings(name);
    await look(name);
  }
  await ui.openEnvironment(long);
  await expect(ui.environment.row('KEY_1')).toBeVisible();
  await look('environment');
  await ui.environment.actions.choose('History');
  await expect(ui.history.versions.getByRole('option').first()).toBeVisible();
  await look('history');
  await ui.openEnvironment(long);
  await ui.migrate.openButton.click();
  await expect(ui.migrate.heading(long)).toBeVisible();
  await look('migrate');
  await ui.palette.run('compare');
  await ui.compare.choose(long, 'staging', 'development');
  await look('compare');
  await ui.palette.run('push all');
  await expect(page.getByRole('heading', { level: 1, name: 'Push All' })).toBeVisible();
  await look('push');
  expect(found).toEqual({});
});

test('an announcement covers neither the last row nor a bar, and what is under it can be clicked', async ({
  ui,
  vault,
}) => {
  const { page, environment, announcements } = ui;
  const keys = Array.from({ length: 60 }, (_, index) => `KEY_${String(index)}`);
  vault.kv('secret').put('production', Object.fromEntries(keys.map((key) => [key, 'value'])));
  const tab = await configure(ui, vaultPeer(vault));
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  const edges = async (of: Locator): Promise<{ top: number; bottom: number }> => {
    const box = await of.boundingBox();
    return { top: box?.y ?? 0, bottom: (box?.y ?? 0) + (box?.height ?? 0) };
  };
  const message = announcements.getByRole('button', { name: 'Dismiss' }).locator('..');
  await environment.row('KEY_0').click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('ControlOrMeta+c');
  await expect(message).toBeVisible();
  const last = await edges(environment.row('KEY_59'));
  expect((await edges(message)).top).toBeGreaterThanOrEqual(last.bottom);
  // Another row that it lies over.
  await page.keyboard.press('ControlOrMeta+Home');
  const { top, bottom } = await edges(message);
  const box = await message.boundingBox();
  await page.mouse.click((box?.x ?? 0) + 40, (top + bottom) / 2);
  await expect(environment.variables.getByRole('row', { selected: true })).toHaveCount(1);
  await expect(environment.row('KEY_0')).toHaveAttribute('aria-selected', 'false');

  for (const width of WIDTHS) {
    await page.setViewportSize({ ...LOW, width });
    await environment.editor.setValue('KEY_1', `value at ${String(width)}`);
    await environment.row('KEY_1').click();
    await page.keyboard.press('ControlOrMeta+c');
    await expect(message).toBeVisible();
    const bar = await edges(environment.editor.saveButton.locator('xpath=ancestor::footer'));
    expect((await edges(message)).bottom).toBeLessThanOrEqual(bar.top);
  }
});

test('the ways to sign in are on one line @whole', async ({ ui }) => {
  const { page } = ui;
  const { connection: tab } = await ui.openSettings('Vault');
  for (const provider of ['HashiCorp Vault', 'AWS Secrets Manager', 'Azure Key Vault'] as const) {
    await tab.chooseProvider(provider);
    for (const width of WIDTHS) {
      await page.setViewportSize({ ...LOW, width });
      const boxes = await tab
        .choice('Authentication')
        .locator('label')
        .evaluateAll((labels) =>
          labels.map((label) => {
            const { top, right } = label.getBoundingClientRect();
            return { top, right };
          }),
        );
      expect(boxes.length).toBeGreaterThan(3);
      const lines = [...new Set(boxes.map(({ top }) => top))];
      const name = `${provider}, ${String(width)}`;
      // Five long names do not fit on a line of the narrowest window; then each line is filled.
      const isNarrow = provider === 'Azure Key Vault' && width === 720;
      expect(lines.length, name).toBe(isNarrow ? 2 : 1);
      const ends = lines.map((line) =>
        Math.max(...boxes.filter(({ top }) => top === line).map(({ right }) => Math.round(right))),
      );
      expect(new Set(ends).size, name).toBe(1);
    }
  }
});

test('a low window keeps rows of a table, and nothing lies over anything else', async ({
  ui,
  vault,
}) => {
  const { page, environment, history } = ui;
  const kv = vault.kv('secret');
  for (let version = 0; version < 4; version += 1) {
    kv.put('production', { API_KEY: `sk-${String(version)}`, OTHER: 'other' });
  }
  const tab = await configure(ui, vaultPeer(vault));
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await expect(environment.row('API_KEY')).toBeVisible();

  // 1180 × 780 at 200 %.
  await page.setViewportSize({ width: 590, height: 390 });
  await environment.editor.import.openButton.click();
  await environment.editor.import.paste('ONE=1\nTWO=2\nnot a line\nOPEN="\n');
  await environment.editor.import.step('TWO').scrollIntoViewIfNeeded();
  await expect(environment.editor.import.step('TWO')).toBeInViewport({ ratio: 1 });
  await environment.editor.import.importButton.scrollIntoViewIfNeeded();
  await environment.editor.import.cancelButton.click();
  await environment.actions.choose('History');
  await history.version(3).click();
  await history.row('API_KEY').scrollIntoViewIfNeeded();
  await expect(history.row('API_KEY')).toBeInViewport({ ratio: 1 });
  await history.rollBackButton.scrollIntoViewIfNeeded();
  await expect(history.rollBackButton).toBeInViewport({ ratio: 1 });

  // The parts of the sidebar are below each other, however low it is.
  await page.setViewportSize({ width: 1180, height: 240 });
  const settings = page.getByRole('button', { name: 'Settings', exact: true });
  await settings.scrollIntoViewIfNeeded();
  const status = await ui.providerStatus.boundingBox();
  const list = await ui.environments.boundingBox();
  expect(status?.y).toBeGreaterThanOrEqual((list?.y ?? 0) + (list?.height ?? 0));
  await settings.click();
  await expect(page.getByRole('tab', { name: 'General' })).toBeVisible();
});

test('rows follow another text size while they are on show @whole', async ({ ui, vault }) => {
  const { page, environment, compare } = ui;
  const kv = vault.kv('secret');
  const values = { APP_URL: 'https://a.example', PORT: '80', TOKEN: 'sk-token' };
  kv.put('production', values);
  kv.put('staging', values);
  const tab = await configure(ui, vaultPeer(vault));
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');
  const resize = (size: string): Promise<void> =>
    page.evaluate((text) => {
      document.documentElement.style.fontSize = text;
    }, size);
  const heights = (grid: Locator): Promise<number[]> =>
    grid
      .getByRole('row')
      .evaluateAll((rows) => rows.slice(1).map((row) => row.getBoundingClientRect().height));
  await ui.openEnvironment('production');
  await expect(environment.row('TOKEN')).toBeVisible();
  await resize('200%');
  await expect.poll(() => heights(environment.variables)).toEqual([68, 68, 68]);
  await expect(page.getByRole('button', { name: 'Show the sidebar' })).toBeVisible();
  // The columns are narrower before the grid would scroll sideways.
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ ...size, width: 720 });
  await expect
    .poll(() =>
      environment.variables.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
    )
    .toBe(0);
  await page.setViewportSize(size);
  await resize('');
  await expect.poll(() => heights(environment.variables)).toEqual([34, 34, 34]);
  await ui.palette.run('compare');
  await expect(compare.row('TOKEN')).toBeVisible();
  await resize('200%');
  await expect.poll(() => heights(compare.grid)).toEqual([68, 68, 68]);
});

const small = [{ width: 640, height: 480 }, LOW];
for (const size of small) {
  const title = `a dialog fits a window of ${String(size.width)} × ${String(size.height)}`;
  test(title, wholeUnlessFirst(size, small), async ({ ui }) => {
    const { page, palette } = ui;
    await page.setViewportSize(size);
    await palette.run('keyboard shortcuts');
    const close = palette.shortcuts.getByRole('button', { name: 'Close' });
    await expect(close).toBeInViewport({ ratio: 1 });
    const box = await palette.shortcuts.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height);
    // What does not fit scrolls inside, by the keyboard too.
    await page.keyboard.press('Tab');
    await page.keyboard.press('End');
    const last = palette.shortcuts.getByRole('definition').last();
    await expect(last).toBeInViewport({ ratio: 1 });
    await expect(close).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
    await expect(palette.shortcuts).toHaveCount(0);
  });
}

test('every tab stop of the welcome page can be seen', async ({ ui }) => {
  const { page, welcome } = ui;
  const stops: string[] = [];
  await expect(welcome.importDoor).toBeVisible();
  await page.getByRole('main').focus();
  for (let stop = 0; stop < 8; stop += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const { activeElement } = document;
      if (activeElement === null || activeElement.closest('main') === null) return undefined;
      const { width, height } = activeElement.getBoundingClientRect();
      const name = activeElement.getAttribute('aria-label') ?? activeElement.textContent;
      return { name, size: Math.min(width, height) };
    });
    if (seen === undefined) break;
    expect(seen.size, seen.name).toBeGreaterThan(20);
    stops.push(seen.name);
  }
  expect(stops).toHaveLength(5);
});

test('a file is dropped on the door of the welcome page', async ({ ui }) => {
  const { page, welcome } = ui;
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['KEY=value\n'], 'staging.env'));
    return transfer;
  });
  await welcome.importDoor.dispatchEvent('dragover', { dataTransfer: data });
  await welcome.importDoor.dispatchEvent('drop', { dataTransfer: data });
  await expect(ui.environment.heading).toHaveText('staging');
  await expect(ui.environment.editor.import.step('KEY')).toContainText('added');
});
