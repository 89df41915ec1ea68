/** A program wants to use a grant, and a person at the window is asked. */
import { expectAccessible } from '../axe';
import { AppPage } from '../pages/app';
import { expect, test } from './asking';
import { lockWith } from './support';

test('allowed once', async ({ asking, page, ui }) => {
  const { approvals } = ui;
  const waiting = asking.request('/v1/balance', '--reason', 'look at the balance');
  await expect(approvals.banner).toContainText(/strongroom \(command line, process \d+, user /);
  await expect(approvals.banner).toContainText('GET 127.0.0.1');
  await expect(approvals.banner).toContainText('/v1/balance');
  await expect(approvals.banner).toContainText('stripe');
  await expect(approvals.banner).toContainText('Its reason: look at the balance');
  await expect(approvals.banner).toContainText(/\d+ s left/);
  await expect(approvals.alert).toHaveText(/^strongroom wants to send GET to 127\.0\.0\.1:\d+/);
  await expect(page).toHaveTitle(/^\(1\) /);
  await expect.poll(() => waiting.errors).toContain('Waiting until somebody allows this request');
  await expectAccessible(page, 'A request that waits');
  expect(asking.arrived).toEqual([]);
  await approvals.allowOnce.click();
  expect(await waiting.ended).toMatchObject({ code: 0, out: 'the answer' });
  await expect(approvals.banner).toHaveCount(0);
  await expect(page).toHaveTitle(/^(?!\()/);

  // The next one is asked about again.
  const next = asking.request('/v1/charges');
  await expect(approvals.banner).toContainText('It gave no reason.');
  await approvals.deny.click();
  const { code, err } = await next.ended;
  expect(code).not.toBe(0);
  expect(err).toContain('denied this request');
  expect(asking.arrived).toEqual(['GET /v1/balance']);
});

test('allowed for ten minutes, with what is alike and waits @whole', async ({ asking, ui }) => {
  const { approvals } = ui;
  const [one, two] = [asking.request('/1'), asking.request('/2')];
  await expect(approvals.banner).toContainText('The first of 2 requests that wait.');
  await approvals.denyAll.click();
  expect((await one.ended).code).not.toBe(0);
  expect((await two.ended).code).not.toBe(0);
  await expect(approvals.banner).toHaveCount(0);
  const three = asking.request('/3');
  await approvals.allowForTenMinutes.click();
  expect(await three.ended).toMatchObject({ code: 0, out: 'the answer' });
  expect(asking.arrived).toEqual(['GET /3']);
});

test('by the keyboard, without taking a key that is meant for something else', async ({
  asking,
  page,
  ui,
}) => {
  const { approvals } = ui;
  await ui.newEnvironment.button.click();
  await ui.newEnvironment.name.pressSequentially('pro');
  const waiting = asking.request('/v1/balance');
  await expect(approvals.banner).toBeVisible();
  await expect(ui.newEnvironment.name).toBeFocused();
  await page.keyboard.type('duction');
  await page.keyboard.press('Enter');
  await expect(ui.environment.heading).toHaveText('production');
  await expect(approvals.banner).toBeVisible();
  expect(asking.arrived).toEqual([]);

  // Over a dialog too, and Enter on the banner itself does nothing.
  await ui.newEnvironment.button.click();
  await ui.newEnvironment.name.fill('staging');
  await page.keyboard.press('Alt+a');
  await expect(approvals.banner).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  await expect(approvals.allowOnce).toBeEnabled();
  await page.keyboard.press('Tab');
  await expect(approvals.allowOnce).toBeFocused();
  expect(asking.arrived).toEqual([]);
  await page.keyboard.press('Enter');
  expect(await waiting.ended).toMatchObject({ code: 0 });
  await expect(ui.newEnvironment.name).toBeFocused();
  await expect(ui.newEnvironment.name).toHaveValue('staging');
});

test('is over a dialog, and covers nothing of it @whole', async ({ asking, page, ui }) => {
  const { approvals, palette } = ui;
  await ui.newEnvironment.create('production');
  await expect(ui.environment.heading).toHaveText('production');
  await page.keyboard.press('?');
  await expect(palette.shortcuts).toBeVisible();
  const waiting = asking.request('/v1/balance');
  await expect(approvals.banner).toBeVisible();
  const bottom = async (): Promise<number> => {
    const box = await approvals.banner.boundingBox();
    return (box?.y ?? 0) + (box?.height ?? 0);
  };
  const top = async (): Promise<number> => (await palette.shortcuts.boundingBox())?.y ?? 0;
  expect(await top()).toBeGreaterThanOrEqual(await bottom());
  await page.keyboard.press('Alt+a');
  await expect(approvals.banner).toBeFocused();
  await expect(palette.shortcuts).toBeVisible();
  await approvals.deny.click();
  expect((await waiting.ended).code).not.toBe(0);
  await expect(palette.shortcuts).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette.shortcuts).toHaveCount(0);
  expect(asking.arrived).toEqual([]);
});

test('a second question does not get the answer that was meant for the first', async ({
  asking,
  page,
  ui,
}) => {
  const { approvals } = ui;
  const first = asking.request('/first');
  await expect(approvals.banner).toContainText('/first');
  const second = asking.request('/second');
  await expect(approvals.banner).toContainText('The first of 2');
  await expect(approvals.allowOnce).toBeEnabled();
  await approvals.allowOnce.dblclick();
  expect(await first.ended).toMatchObject({ code: 0 });
  await expect(approvals.banner).toContainText('/second');
  await expect(approvals.banner).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(approvals.allowOnce).toBeEnabled();
  expect(asking.arrived).toEqual(['GET /first']);
  await approvals.deny.click();
  expect((await second.ended).code).not.toBe(0);
});

test('the question goes with its caller, and with Lock @whole', async ({
  app,
  asking,
  faults,
  ui,
}) => {
  const { approvals } = ui;
  const interrupted = asking.request('/interrupted');
  await expect(approvals.banner).toBeVisible();
  interrupted.interrupt();
  await expect(approvals.banner).toHaveCount(0);
  await interrupted.ended;

  const locked = asking.request('/locked');
  await expect(approvals.banner).toBeVisible();
  const after = await lockWith(app, faults, () => ui.lock());
  await expect(after.lockedHeading).toBeVisible();
  await expect(after.approvals.banner).toHaveCount(0);
  const { code, err } = await locked.ended;
  expect(code).not.toBe(0);
  expect(err).toContain('was locked');
  expect(asking.arrived).toEqual([]);
});

test('text of a caller neither hides nor turns around what the banner says', async ({
  asking,
  page,
  ui,
}) => {
  const { approvals } = ui;
  const reason = `refund \u202Eelcaro ${'very '.repeat(200)}long`;
  const waiting = asking.request(`/${'a'.repeat(3000)}/delete`, '--reason', reason);
  await expect(approvals.banner).toContainText('refund \uFFFDelcaro very');
  await expect(approvals.banner).toContainText('/delete');
  expect(await approvals.banner.textContent()).not.toContain('\u202E');
  await page.setViewportSize({ width: 720, height: 480 });
  const box = await approvals.banner.boundingBox();
  expect(box?.height).toBeLessThan(300);
  await expect(approvals.deny).toBeInViewport();
  await approvals.deny.click();
  await waiting.ended;
});

test.describe('two windows', () => {
  test.skip(({ host }) => host === 'desktop', 'The journeys look at the first window only.');

  test('show the same, and the first answer counts @whole', async ({ asking, page, ui }) => {
    const token = await page.evaluate(() => window.sessionStorage.getItem('socket-token') ?? '');
    const other = await page.context().newPage();
    await other.addInitScript((value) => {
      window.sessionStorage.setItem('socket-token', value);
    }, token);
    const second = new AppPage(other);
    await second.open(page.url());
    const waiting = asking.request('/v1/balance');
    await expect(ui.approvals.banner).toBeVisible();
    await second.approvals.allowOnce.click();
    expect(await waiting.ended).toMatchObject({ code: 0 });
    await expect(ui.approvals.banner).toHaveCount(0);
    await expect(second.approvals.banner).toHaveCount(0);
    expect(asking.arrived).toEqual(['GET /v1/balance']);
  });
});

test('a notification of the browser, once a person has allowed it @whole', async ({
  asking,
  page,
  ui,
}) => {
  test.skip(ui.page.url().startsWith('strongroom:'), 'The app shows those of the system.');
  const { approvals } = ui;
  await page.context().grantPermissions(['notifications']);
  await page.addInitScript(() => {
    const shown: { texts: string[]; newest?: EventTarget } = { texts: [] };
    let permission = 'default';
    class Fake extends EventTarget {
      constructor(title: string, { body }: { body: string }) {
        super();
        shown.texts.push(`${title}: ${body}`);
        shown.newest = this;
      }
      static get permission(): string {
        return permission;
      }
      static async requestPermission(): Promise<string> {
        permission = 'granted';
        return permission;
      }
      close(): void {
        shown.texts.push('closed');
      }
    }
    Object.assign(window, { Notification: Fake, shown });
    document.hasFocus = () => false;
  });
  await page.reload();
  await ui.ready();
  const texts = (): Promise<string[]> =>
    page.evaluate(() => (Reflect.get(window, 'shown') as { texts: string[] }).texts);

  const first = asking.request('/secret-path', '--reason', 'a reason');
  await approvals.banner.getByRole('link', { name: 'Notify me about others' }).click();
  await expect(approvals.banner.getByRole('link')).toHaveCount(0);
  await approvals.deny.click();
  await first.ended;
  expect(await texts()).toEqual([]);

  const second = asking.request('/secret-path', '--reason', 'a reason');
  await expect(approvals.banner).toBeVisible();
  expect(await texts()).toEqual([
    expect.stringMatching(
      /^A request waits for you: strongroom: 127\.0\.0\.1:\d+, with the grant stripe\.$/,
    ),
  ]);
  await page.evaluate(() =>
    (Reflect.get(window, 'shown') as { newest: EventTarget }).newest.dispatchEvent(
      new Event('click'),
    ),
  );
  await expect(approvals.banner).toBeFocused();
  await approvals.deny.click();
  await second.ended;
});

test('the icon and a notification of the system, in the app', async ({ app, asking, ui }) => {
  const { main } = app;
  test.skip(main === undefined, 'The browser host has no icon.');
  await main?.evaluate(({ app: electron, BrowserWindow, Notification }) => {
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    electron.setBadgeCount = (count) => seen.push(count) > 0;
    const define = (target: object, name: string, value: unknown): void => {
      Object.defineProperty(target, name, { value, configurable: true });
    };
    define(Notification, 'isSupported', () => true);
    // What is shown is native code, so the test sees it when the host listens for clicks.
    const { on } = Notification.prototype;
    define(
      Notification.prototype,
      'on',
      function listen(this: Electron.Notification, ...args: Parameters<typeof on>) {
        seen.push(this.body.replace(/:\d+/, ''));
        Object.assign(globalThis, { notification: this });
        return on.apply(this, args);
      },
    );
    const [window] = BrowserWindow.getAllWindows();
    if (window !== undefined) define(window, 'isFocused', () => false);
  });
  const seen = (): Promise<unknown> | undefined =>
    main?.evaluate(() => Reflect.get(globalThis, 'seen') as unknown);
  const waiting = asking.request('/secret-path', '--reason', 'a reason');
  await expect(ui.approvals.banner).toBeVisible();
  expect(await seen()).toEqual([
    1,
    'strongroom wants to send a request to 127.0.0.1 with the grant stripe.',
  ]);
  await main?.evaluate(() => {
    (Reflect.get(globalThis, 'notification') as Electron.Notification).emit('click');
  });
  await expect(ui.approvals.banner).toBeFocused();
  await ui.approvals.allowOnce.click();
  expect(await waiting.ended).toMatchObject({ code: 0 });
  await expect.poll(seen).toEqual([1, expect.any(String), 0]);
});
