/** Requests: grants from a template and custom, tried, edited, cloned, disabled and deleted. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectAccessible } from '../axe';
import type { AppPage } from '../pages/app';
import { expect, filesHolding, restart, test as base } from './support';

// axe looks at everything on a screen, twice: that takes its time on a busy machine.
base.describe.configure({ timeout: 150_000 });

const PASSPHRASE = 'seven lamps and a heron';
const TOKEN = 'sk-live-4242424242';

interface Echo {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly requests: {
    readonly method: string;
    readonly url: string;
    headers: IncomingHttpHeaders;
  }[];
}

const test = base.extend<{ echo: Echo }>({
  /** A service on this computer that answers with the headers that it gets. */
  echo: async ({}, use) => {
    const requests: Echo['requests'] = [];
    const server = createServer(({ method = '', url = '', headers }, response) => {
      requests.push({ method, url, headers });
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(headers));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await use({ url: `http://127.0.0.1:${String(port)}`, requests });
    server.close();
    server.closeAllConnections();
  },
});

/** Creates the first grant: a custom one of the type Bearer. The app asks how credentials are kept. */
async function createCustom(ui: AppPage, name: string, host: string, token = TOKEN) {
  const { requests } = ui;
  await requests.newButton.click();
  await requests.button('Custom').click();
  await requests.field('Name').fill(name);
  await requests.secret('Token').fill(token);
  await requests.field('Hosts').fill(host);
  await requests.submit('Create grant');
  await requests.keyChoice.passphrase(PASSPHRASE);
  await requests.created.waitFor();
}

test('a grant from the gallery, with the keyboard alone', async ({ app, ui, page }) => {
  const { requests } = ui;
  const { keyboard } = page;
  await keyboard.press('ControlOrMeta+g');
  await expect(requests.heading).toBeVisible();
  await expectAccessible(page, 'Requests, empty');
  await keyboard.press('Alt+g');
  await expect(requests.serviceSearch).toBeFocused();
  await expectAccessible(page, 'Requests, services');
  await keyboard.type('nothing like this');
  await expect(requests.services).toContainText('No template matches.');
  await requests.serviceSearch.clear();
  await keyboard.type('github');
  await keyboard.press('Enter');
  await expect(requests.secret('Token')).toBeFocused();
  await expect(requests.field('Name')).toHaveValue('github');
  await expect(requests.field('Hosts')).toHaveValue('api.github.com\nuploads.github.com');
  await expect(requests.injected).toContainText('Authorization:Bearer Token');
  await expect(requests.sentence).toContainText(
    'The window, the command line and the library may use it, MCP clients after a person allows it',
  );
  await keyboard.press('Enter');
  await expect(requests.main).toContainText('This is missing.');
  await expect(requests.secret('Token')).toBeFocused();
  await expectAccessible(page, 'Requests, new');
  await keyboard.type('abc');
  await keyboard.press('Enter');
  await expect(requests.main).toContainText('too short or too common');
  await expect(requests.secret('Token')).toBeFocused();
  await requests.secret('Token').fill('ghp_0123456789abcdef');
  await keyboard.press('Enter');
  await requests.keyChoice.passphrase(PASSPHRASE);
  await expect(requests.created).toContainText('GET https://api.github.com/user');
  await expect(requests.created.getByRole('button', { name: 'Try it' })).toBeFocused();
  await expect(requests.grant('github')).toContainText('not used yet');
  await keyboard.press('Enter');
  await expect(requests.field('URL')).toHaveValue('https://api.github.com/user');
  expect(await page.content()).not.toContain('ghp_0123456789abcdef');

  // A second one gets another name.
  await keyboard.press('Alt+g');
  await keyboard.type('github');
  await keyboard.press('Enter');
  await expect(requests.field('Name')).toHaveValue('github-2');
  await requests.field('Name').fill('github');
  await requests.secret('Token').fill('ghp_0123456789abcdef');
  await keyboard.press('Enter');
  await expect(requests.main).toContainText('There is already a grant “github”');
  await expect(requests.field('Name')).toBeFocused();

  const again = await restart(app);
  await again.unlock.with(PASSPHRASE);
  await again.requests.open();
  await expect(again.requests.grant('github')).toBeVisible();
  const secret = Buffer.from('ghp_0123456789abcdef');
  expect(await filesHolding(app.dataDirectory, secret)).toEqual([]);
});

test('a custom grant is tried, and its refusals say why @whole', async ({ ui, page, echo }) => {
  const { requests } = ui;
  await requests.open();
  await createCustom(ui, 'orders', echo.url);
  await requests.created.getByRole('button', { name: 'Try it' }).click();
  await expect(requests.field('URL')).toHaveValue(`${echo.url}/`);
  await requests.field('Headers').fill('X-Trace: 7');
  await requests.button('Send').click();
  await expect(requests.answer).toContainText('200 accepted');
  await expect(requests.answer).toContainText('hidden in 1 place');
  await expect(requests.answer.getByLabel('Body', { exact: true })).toContainText('Bearer [token]');
  await expect(requests.grant('orders')).toContainText('active');
  expect(echo.requests).toMatchObject([
    { method: 'GET', url: '/', headers: { authorization: `Bearer ${TOKEN}`, 'x-trace': '7' } },
  ]);
  expect(await page.content()).not.toContain(TOKEN);
  await expectAccessible(page, 'Requests, answer');

  await requests.field('URL').fill('https://elsewhere.example/');
  await page.keyboard.press('Enter');
  await expect(requests.failure).toContainText('Refused by: the hosts of the grant.');
  await expectAccessible(page, 'Requests, refused');
  await requests.field('Headers').fill('Authorization: mine');
  await requests.field('URL').fill(`${echo.url}/`);
  await requests.button('Send').click();
  await expect(requests.failure).toContainText('Refused by: headers that a request may have.');
  await requests.field('Headers').fill('no header');
  await requests.button('Send').click();
  await expect(requests.main).toContainText('Write one header per line');
  expect(echo.requests).toHaveLength(1);
});

test('a policy is edited, and its sentence follows @whole', async ({ ui, page, echo }) => {
  const { requests } = ui;
  await requests.open();
  await createCustom(ui, 'orders', echo.url);
  await requests.button('Edit').click();
  await requests.button('POST').click();
  await requests.field('Paths below').fill('/v1/orders');
  await requests.field('Requests').fill('100');
  await requests.radio('MCP clients', 'Deny').check();
  await requests.button('Add hours').click();
  await requests.combo('Time zone').fill('Europe/Berlin');
  await page.keyboard.press('Escape');
  const words = [
    'The window, the command line and the library may use it',
    'MCP clients and other machines not at all',
    'only with POST, on paths below /v1/orders',
    'on Monday to Friday from 09:00 to 17:00 (Europe/Berlin)',
    'at most 100 times in any minute',
  ];
  for (const part of words) await expect(requests.sentence).toContainText(part);

  // Another page would lose what was typed.
  await page.keyboard.press('ControlOrMeta+,');
  const question = page.getByRole('alertdialog', { name: 'Leave the form?' });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(requests.field('Paths below')).toHaveValue('/v1/orders');
  await requests.field('Paths below').fill('v1');
  await expect(requests.main).toContainText('A path begins with a slash');
  await expect(requests.sentence).not.toContainText('on paths below');
  await expectAccessible(page, 'Requests, policy');
  await requests.submit('Save');
  await expect(requests.field('Paths below')).toBeFocused();
  await requests.field('Paths below').fill('/v1/orders');
  await requests.button('Remove hours 1').click();
  await requests.submit('Save');
  await expect(ui.announcements).toContainText('orders saved.');
  await expect(requests.pane('orders')).toContainText('only with POST, on paths below /v1/orders');

  await requests.button('Try it').click();
  await requests.button('Send').click();
  await expect(requests.failure).toContainText('Refused by: the methods of the policy.');
  expect(echo.requests).toEqual([]);
});

test('a grant is cloned, disabled, given a new secret and deleted @whole', async ({
  ui,
  page,
  echo,
}) => {
  const { requests } = ui;
  await requests.open();
  await createCustom(ui, 'orders', echo.url);
  await requests.choose('Clone…');
  await expect(requests.field('Name')).toHaveValue('orders-clone');
  await requests.button('GET').click();
  await requests.button('End in 1 hour').click();
  await expect(requests.sentence).toContainText('only with GET, until ');
  await expectAccessible(page, 'Requests, clone');
  await requests.submit('Create clone');
  await expect(requests.pane('orders-clone')).toContainText('The policy of orders holds too');
  await expect(requests.list.getByRole('option').nth(1)).toContainText('orders-clone');
  await requests.button('Try it').click();
  await requests.button('Send').click();
  await expect(requests.answer).toContainText('200');

  await requests.select('orders');
  await requests.choose('Replace secret…');
  await requests.submit('Replace');
  await expect(requests.main).toContainText('Give the new secret.');
  await requests.secret('Token').fill('sk-live-5353535353');
  await expectAccessible(page, 'Requests, replace');
  await requests.submit('Replace');
  await expect(ui.announcements).toContainText('orders has the new secret.');
  await requests.button('Try it').click();
  await requests.button('Send').click();
  await expect(requests.answer).toContainText('200');
  expect(echo.requests.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${TOKEN}`,
    'Bearer sk-live-5353535353',
  ]);

  await requests.select('orders');
  await ui.palette.run('disable the grant');
  for (const name of ['orders', 'orders-clone']) {
    await expect(requests.grant(name)).toContainText('disabled');
  }
  await requests.choose('Enable');
  await expect(requests.grant('orders')).toContainText('active');
  await expectAccessible(page, 'Requests, grant');

  await requests.choose('Delete…');
  await expect(ui.question.box).toContainText('Its clone ends too: orders-clone.');
  await ui.question.answer('Delete grant');
  await expect(requests.grant('orders-clone')).toContainText('ended');
  await expect(requests.button('Try it')).toBeDisabled();
  await requests.search.fill('nothing');
  await expect(requests.list).toContainText('Nothing matches “nothing”.');
});

test('a secret is taken from a variable @whole', async ({ ui, page, echo }) => {
  await ui.newEnvironment.create('production');
  await ui.environment.editor.add('API_KEY', TOKEN);
  await ui.environment.editor.saveButton.click();
  await ui.requests.keyChoice.passphrase(PASSPHRASE);
  await expect(ui.environment.editor.unsaved).toHaveCount(0);
  const { requests } = ui;
  await requests.open();
  await requests.newButton.click();
  await requests.button('Custom').click();
  await requests.field('Name').fill('orders');
  await requests.radio('Type', 'API key').check();
  await requests.field('Hosts').fill(echo.url);
  await requests.button('Use a variable for API key').click();
  await requests.combo('Environment of API key').fill('prod');
  await page.getByRole('option', { name: 'production' }).click();
  await requests.combo('Variable of API key').click();
  await page.getByRole('option', { name: 'API_KEY' }).click();
  await expectAccessible(page, 'Requests, variable');
  await requests.submit('Create grant');
  await expect(requests.pane('orders')).toContainText('from production / API_KEY');
  await requests.button('Try it').first().click();
  await requests.button('Send').click();
  await expect(requests.answer).toContainText('200');
  expect(echo.requests).toMatchObject([{ headers: { 'x-api-key': TOKEN } }]);
});
