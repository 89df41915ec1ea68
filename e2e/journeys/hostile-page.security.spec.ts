/**
 * A page of another origin, in the same browser as the app. It is on another port of the same host, so that its
 * requests carry the cookie of the app: the strongest place that a stranger's page can have.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, test as base } from './support';

const VALUE = 'sk-canary-of-the-hostile-page';

interface Hostile {
  readonly page: Page;
  /** The origin of the app. */
  readonly app: string;
}

const test = base.extend<{ hostile: Hostile }>({
  hostile: async ({ host, ui, vault }, use) => {
    test.skip(host === 'desktop', 'The desktop host has no port.');
    vault.kv('secret').put('production', { KEY: VALUE });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
    await tab.saveButton.click();
    await tab.keyChoice.onlyForThisSession();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
    await ui.openEnvironment('production');
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>');
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const page = await ui.page.context().newPage();
    await page.goto(`http://127.0.0.1:${String(port)}`);
    await use({ page, app: new URL(ui.page.url()).origin });
    await page.close();
    server.close();
    server.closeAllConnections();
    // The app still works, with the session that it had.
    await ui.environment.revealButton('KEY').click();
    await expect(ui.environment.value('KEY')).toContainText(VALUE);
  },
});

/** What comes of knocking at the WebSocket of the app, and at other paths. */
const knock = (page: Page, app: string): Promise<string[]> =>
  page.evaluate(
    (target) =>
      Promise.all(
        ['/rpc', '/', '/session'].map(
          (path) =>
            new Promise<string>((resolve) => {
              const socket = new WebSocket(target.replace('http', 'ws') + path);
              socket.addEventListener('open', () => {
                resolve('opened');
              });
              socket.addEventListener('error', () => {
                resolve('refused');
              });
            }),
        ),
      ),
    app,
  );

test.describe('a page of another origin', () => {
  // Three pages, one of which is hostile, on a busy machine.
  test.setTimeout(120_000);

  test('gets nothing by fetch, WebSocket, form, frame, script or window', async ({
    hostile: { page, app },
    ui,
  }) => {
    await test.step('fetch', async () => {
      const outcomes = await page.evaluate(async (target) => {
        const read = async (path: string, init: RequestInit): Promise<string> => {
          try {
            const answer = await fetch(target + path, init);
            return `${answer.type} ${String(answer.status)} ${await answer.text()}`;
          } catch {
            return 'failed';
          }
        };
        const body = JSON.stringify({ launch: 'guess' });
        const credentials = 'include';
        return Promise.all([
          read('/', {}),
          read('/', { credentials }),
          read('/', { mode: 'no-cors', credentials }),
          read('/session', { method: 'POST', body, credentials }),
          read('/session', { method: 'POST', body, credentials, mode: 'no-cors' }),
          read('/session', { method: 'PUT', body }),
          read('/rpc', { credentials }),
        ]);
      }, app);
      expect(outcomes).toEqual(outcomes.map(() => 'failed'));
    });

    await test.step('WebSocket', async () => {
      expect(await knock(page, app)).toEqual(['refused', 'refused', 'refused']);
    });

    await test.step('a frame, and the scripts and styles of the app', async () => {
      const paths = await ui.page.evaluate(() =>
        [...document.querySelectorAll('script[src], link[href]')].map(
          (each) => each.getAttribute('src') ?? each.getAttribute('href') ?? '',
        ),
      );
      expect(paths.length).toBeGreaterThan(0);
      const ends = await page.evaluate(
        async ({ target, sources }) => {
          const frame = document.createElement('iframe');
          frame.src = target;
          const shown = new Promise((resolve) => {
            frame.addEventListener('load', resolve);
          });
          document.body.append(frame);
          await shown;
          return Promise.all(
            sources.map(
              (source) =>
                new Promise<string>((resolve) => {
                  const script = document.createElement('script');
                  script.src = new URL(source, target).href;
                  script.addEventListener('load', () => {
                    resolve('loaded');
                  });
                  script.addEventListener('error', () => {
                    resolve('refused');
                  });
                  document.body.append(script);
                }),
            ),
          );
        },
        { target: app, sources: paths },
      );
      // The same site is not the same origin, and the policy of each resource names the origin.
      expect(ends).toEqual(paths.map(() => 'refused'));
      expect(page.frames()).toHaveLength(2);
      expect(await page.frames()[1]?.content()).not.toContain('data-app-state');
    });

    await test.step('a window that it opens', async () => {
      const opening = page.context().waitForEvent('page');
      await page.evaluate((target) => {
        Object.assign(window, { opened: window.open(target, 'victim') });
      }, app);
      const victim = await opening;
      await victim.waitForLoadState();
      expect(await victim.evaluate(() => window.opener === null)).toBe(true);
      // The policy of the app has cut the two apart: to its opener, the window is closed.
      await expect
        .poll(() => page.evaluate(() => (window as unknown as { opened: Window }).opened.closed))
        .toBe(true);
      await victim.close();
    });

    await test.step('a form', async () => {
      const answered = page.waitForResponse(`${app}/session`);
      await page.evaluate((target) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.enctype = 'text/plain';
        form.action = `${target}/session`;
        const field = document.createElement('input');
        field.name = '{"launch":"';
        field.value = 'guess"}';
        form.append(field);
        document.body.append(form);
        form.submit();
      }, app);
      expect((await answered).status()).toBe(403);
      // Closing a page that is on its way elsewhere can hang.
      await page.waitForURL(`${app}/session`);
    });
  });

  test('is answered under no other name that leads to this computer', async ({
    hostile: { page, app },
  }) => {
    for (const name of ['rebound.localhost', 'localhost']) {
      const rebound = app.replace('127.0.0.1', name);
      expect((await page.goto(rebound))?.status()).toBe(421);
      const status = await page.evaluate(async () => {
        const answer = await fetch('/session', { method: 'POST', body: '{"launch":"guess"}' });
        return answer.status;
      });
      expect(status).toBe(421);
      expect(await knock(page, rebound)).toEqual(['refused', 'refused', 'refused']);
    }
  });
});
