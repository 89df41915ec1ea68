/** Settings → Audit: who used which secret, whether the record is whole, and as a file. */
import { expectAccessible } from '../axe';
import { expect, test } from './asking';

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

  await page.getByRole('searchbox', { name: 'Filter the audit' }).fill('nothing like this');
  await page.getByRole('button', { name: 'Clear the filters' }).press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Filter the audit' })).toHaveValue('');
  await expect(page.getByRole('button', { name: 'Clear the filters' })).toHaveCount(0);
});
