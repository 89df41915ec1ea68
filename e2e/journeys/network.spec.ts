/** Who is talked to: the page to its own host alone, the core to a provider when somebody asked for it. */
import { expect, restart, test } from './support';

test('the page asks nobody but its own host @whole', async ({ host, ui, vault }) => {
  test.skip(
    host === 'desktop',
    'There the page has no network at all; its scheme is tested alone.',
  );
  const { page } = ui;
  const asked: URL[] = [];
  page.on('request', (request) => asked.push(new URL(request.url())));
  page.on('websocket', (socket) => asked.push(new URL(socket.url())));
  await page.reload();
  await ui.ready();

  vault.kv('secret').put('production', { API_KEY: 'sk-live', LINK: 'https://example.com/x.png' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.test();
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('LINK').click();
  await expect(ui.environment.value('LINK')).toContainText('https://example.com/x.png');
  for (const each of ['General', 'Security', 'Activity', 'About'] as const) {
    await ui.openSettings(each);
  }

  const own = new URL(page.url());
  expect(asked.map(({ protocol }) => protocol)).toContain('ws:');
  expect(asked.filter((url) => url.host !== own.host).map(({ href }) => href)).toEqual([]);
  // What is typed and shown is in no address either.
  for (const { href } of asked) expect(href).not.toMatch(/sk-live|root-token|production/);
});

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('a provider hears nothing while nobody asks for anything @whole', async ({
    app,
    aws,
    ui,
    vault,
  }) => {
    vault.kv('secret').put('production', { API_KEY: 'sk-live' });
    const { connection: tab } = await ui.openSettings('Vault');
    const key = aws.guideAccessKey();
    await tab.fillAccessKeys({ endpoint: aws.endpoint, region: 'us-east-1', ...key });
    await tab.save();
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.save();
    expect(vault.requests).toEqual([]);
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
    expect(vault.requests).not.toEqual([]);
    vault.clearRequests();
    const { loadOnOpen } = await ui.openSettings('General');
    await loadOnOpen.uncheck();

    const again = await restart(app);
    await again.page.clock.install();
    await again.page.reload();
    await again.ready();
    await expect(again.environment.heading).toHaveText('production');
    for (const each of ['General', 'Security', 'Activity', 'About', 'Vault'] as const) {
      await again.openSettings(each);
    }
    await again.settings.connection.chooseProvider('AWS Secrets Manager');
    await again.openEnvironment('production');
    await again.newEnvironment.create('notes');
    await expect(again.environment.heading).toHaveText('notes');
    // An hour of whatever timers the page has, and a call that comes back after all it may have made.
    await again.page.clock.fastForward('01:00:00');
    await again.openSettings('Activity');
    await expect(again.settings.activity.getByRole('row', { name: 'Created' })).toBeVisible();
    expect(vault.requests).toEqual([]);
    expect(aws.requests).toEqual([]);

    await again.openEnvironment('production');
    await again.environment.pullButton.click();
    await expect(again.environment.row('API_KEY')).toBeVisible();
    expect(vault.requests).not.toEqual([]);
  });
});
