/** Settings → Audit: who used which secret, whether the record is whole, and as a file. */
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../axe';
import { expect, test } from './asking';

/** In a narrow window and with larger text, columns become lines of others: all is there, and nothing scrolls sideways. */
async function expectToFit(audit: Locator): Promise<void> {
  const page = audit.page();
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  const row = audit.getByRole('row').filter({ hasText: '/v1/balance' });
  const resize = (text: string): Promise<void> =>
    page.evaluate((given) => {
      document.documentElement.style.fontSize = given;
    }, text);
  for (const [width, text] of [
    [720, ''],
    [1180, ''],
    [1180, '200%'],
    [720, '200%'],
  ] as const) {
    // High enough for every row.
    await page.setViewportSize({ width, height: 2000 });
    await resize(text);
    await expect(row).toContainText([/CLI.*allowed.*200|allowed.*200.*CLI/s]);
    await expect
      .poll(() => audit.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))
      .toBe(0);
    await expectAccessible(page, `Audit at ${String(width)} ${text}`);
  }
  await resize('');
  await page.setViewportSize(size);
}

test('filtered, verified and exported, without values', async ({ app, asking, page, ui }) => {
  const allowed = asking.request('/v1/balance', '--reason', 'look at the balance');
  await ui.approvals.allowOnce.click();
  await allowed.ended;
  const denied = asking.request('/v1/refunds', '--reason', 'refund \u202Edrawkcab');
  await ui.approvals.deny.click();
  await denied.ended;

  await ui.openSettings('Audit');
  const rows = page.getByRole('grid', { name: 'Audit' }).getByRole('row');
  const row = (text: string) => rows.filter({ hasText: text });
  await expect(row('/v1/balance')).toContainText(['allowed']);
  await expect(row('/v1/balance')).toContainText('approved');
  await expect(row('/v1/balance')).toContainText('200');
  await expect(row('/v1/balance')).toContainText('Reason: look at the balance');
  await expect(row('/v1/balance')).toContainText(/CLI\s*strongroom/);
  await expect(row('/v1/refunds')).toContainText('refused');
  await expect(row('/v1/refunds')).toContainText('denied by a person');
  await expect(row('/v1/refunds')).toContainText('refund \uFFFDdrawkcab');
  await expect(row('Created a grant')).toContainText('stripe');
  await expectAccessible(page, 'Audit');
  await expectToFit(page.getByRole('grid', { name: 'Audit' }));

  await page.getByRole('button', { name: 'Verify' }).click();
  const verification = page.getByRole('status', { name: 'Verification' });
  await expect(verification).toContainText(/The chain is intact: \d+ entries/);
  await expectAccessible(page, 'Audit, verified');

  await page.getByRole('button', { name: /^Filter by decision/ }).click();
  await page.getByRole('menuitemradio', { name: 'refused' }).click();
  await expect(row('/v1/balance')).toHaveCount(0);
  await expect(row('/v1/refunds')).toHaveCount(1);
  await page.getByRole('button', { name: /^Filter by decision/ }).click();
  await page.getByRole('menuitemradio', { name: 'Any decision' }).click();
  await page.getByRole('button', { name: /^Filter by grant/ }).click();
  await page.getByRole('menuitemradio', { name: 'stripe' }).click();
  await page.getByRole('searchbox', { name: 'Filter the audit' }).fill('balance');
  await expect(row('/v1/refunds')).toHaveCount(0);

  const { name, text } = await app.download(async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'JSON lines' }).click();
  });
  expect(name).toMatch(/^audit-\d{4}-\d\d-\d\d\.jsonl$/);
  expect(
    text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    expect.objectContaining({ path: '/v1/balance', decision: 'allowed', rule: 'approved' }),
  ]);
  expect(`${text}${await page.content()}`).not.toContain('sk-live');

  const csv = await app.download(async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /^CSV/ }).click();
  });
  expect(csv.name).toMatch(/\.csv$/);
  expect(csv.text).toMatch(/^seq,at,event,/);

  await ui.requests.open();
  await ui.requests.select('stripe');
  await expectToFit(page.getByRole('grid', { name: 'Audit of this grant' }));
  await ui.openSettings('Audit');

  await page.getByRole('searchbox', { name: 'Filter the audit' }).fill('nothing like this');
  await page.getByRole('button', { name: 'Clear the filters' }).press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Filter the audit' })).toHaveValue('');
  await expect(page.getByRole('button', { name: 'Clear the filters' })).toHaveCount(0);
});
