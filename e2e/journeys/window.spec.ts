/** What only a window of Electron can show: how it closes, what it may reach, and what its page may not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { AppPage } from '../pages/app';
import type { MainProcess } from '../main-process';
import { configure, vaultPeer } from './peers';
import { expect, test as base } from './support';

const test = base.extend<{ main: MainProcess }>({
  main: async ({ app }, use) => {
    if (app.main === undefined) throw new Error('The browser host has no such process.');
    await use(app.main);
  },
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const versionOf = (main: MainProcess): Promise<number> =>
  main.evaluate(() => Number.parseInt(process.versions.electron, 10));

test.describe('the window', { tag: '@desktop' }, () => {
  test('ends the app when it is closed, which starts again as it was', async ({
    app,
    main,
    ui,
  }) => {
    await ui.newEnvironment.create('production');
    await expect(ui.environment.heading).toHaveText('production');
    const pid = await main.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
      return process.pid;
    });
    main.close();
    await expect.poll(() => isAlive(pid)).toBe(false);
    const again = new AppPage(await app.restart());
    await expect(again.row('production')).toBeVisible();
  });

  test('comes to the front when the app is started a second time', async ({ app, main }) => {
    const [program, ...args] = await main.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.hide();
      return [process.execPath, ...process.argv.slice(1)] as const;
    });
    const second = spawn(
      program,
      args.filter((argument) => !/^--(inspect|remote-debugging-port)=/.test(argument)),
      { cwd: process.cwd(), stdio: 'ignore' },
    );
    const [code] = (await once(second, 'exit')) as [number | null];
    expect(code).toBe(0);
    const isVisible = (): Promise<boolean[]> =>
      main.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.isVisible()),
      );
    await expect.poll(isVisible).toEqual([true]);
    expect(new URL(app.page.url()).host).toBe('app');
  });

  test('quits in the middle of a pull', async ({ app, ui, vault }) => {
    const peer = vaultPeer(vault);
    peer.put('production', { API_KEY: 'sk-live' });
    const tab = await configure(ui, peer);
    const held = peer.holdRead('production', 0);
    await tab.pullAllButton.click();
    await held.reached;
    const since = Date.now();
    await app.quit();
    expect(Date.now() - since).toBeLessThan(5000);
    held.open();
    const again = new AppPage(await app.restart());
    await expect(again.environments).toBeVisible();
  });

  test('asks before edits are lost, and stays or goes', async ({ app, main, ui }) => {
    const version = await versionOf(main);
    test.skip(version < 28, `The page of Electron ${String(version)} has to ask in another way.`);
    await ui.newEnvironment.create('production');
    await ui.environment.editor.add('API_KEY', 'sk-live');
    await expect(ui.environment.editor.unsaved).toBeVisible();
    // Attached, Playwright would answer in the place of the host.
    await ui.page.context().browser()?.close();
    const asked = await main.evaluate(
      ({ BrowserWindow, dialog }) =>
        new Promise((resolve) => {
          dialog.showMessageBoxSync = (...parameters: unknown[]) => {
            // Once the answer is given: the second button, which stays.
            setImmediate(() => {
              resolve(parameters[1]);
            });
            return 1;
          };
          BrowserWindow.getAllWindows()[0]?.close();
        }),
    );
    expect(asked).toMatchObject({
      message: 'Leave with unsaved edits?',
      buttons: ['Discard edits', 'Stay'],
    });
    const text = await main.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
    );
    expect(text).toContain('1 unsaved');
    // This time they are discarded.
    await app.quit();
  });

  test('does what the menu of the system says', async ({ main, ui }) => {
    const choose = (label: string): Promise<boolean> =>
      main.evaluate(({ Menu }, wanted) => {
        const items = Menu.getApplicationMenu()?.items ?? [];
        const item = items
          .flatMap(({ submenu }) => submenu?.items ?? [])
          .find((each) => each.label === wanted);
        item?.click();
        return item !== undefined;
      }, label);
    expect(await choose('Settings…')).toBe(true);
    await expect(ui.page).toHaveTitle('Settings – Strongroom');
    expect(await choose('Theme: Dark')).toBe(true);
    await expect(ui.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const drawn = (): Promise<boolean> =>
      main.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors);
    await expect.poll(drawn).toBe(true);
    // The page hears of it by its own media query, too.
    const preferred = (): Promise<boolean> =>
      ui.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    await expect.poll(preferred).toBe(true);
  });

  test('is drawn by a page in the sandbox, with nothing of Node', async ({ main, page }) => {
    const preferences = await main.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as
        (Electron.WebContents & { getLastWebPreferences(): Electron.WebPreferences }) | undefined;
      const { sandbox, contextIsolation, nodeIntegration } =
        contents?.getLastWebPreferences() ?? {};
      return { sandbox, contextIsolation, nodeIntegration, pid: contents?.getOSProcessId() };
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    });
    const reachable = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
      bridge: Object.keys(Reflect.get(window, 'strongroom') as object),
    }));
    expect(reachable).toEqual({ node: [], bridge: ['onCommand', 'onLocked', 'onLink'] });
    test.skip(process.platform !== 'linux', 'Elsewhere the system tells no one of the sandbox.');
    const sandboxed = await main.evaluate(() => !process.argv.includes('--no-sandbox'));
    test.skip(!sandboxed, 'Chromium’s sandbox does not work here.');
    const status = await readFile(`/proc/${String(preferences.pid)}/status`, 'utf8');
    // Filtered system calls: the kernel refuses the page what it has no need of.
    expect(status).toMatch(/^Seccomp:\t2$/m);
  });

  test('runs no script and reaches no address that its policy does not name', async ({
    faults,
    page,
    vault,
  }) => {
    const outcome = await page.evaluate(async (address) => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      const image = new Image();
      const failed = new Promise((resolve) => {
        image.addEventListener('error', () => resolve('refused'));
        image.addEventListener('load', () => resolve('loaded'));
      });
      image.src = `${address}/x.png`;
      const reason = (error: unknown): string => (error as Error).name;
      return {
        inline: 'wasRun' in window,
        image: await failed,
        fetched: await fetch(address).then(String, reason),
        evaluated: ((): unknown => {
          try {
            // oxlint-disable-next-line typescript/no-implied-eval
            return new Function('return 1')();
          } catch (error) {
            return reason(error);
          }
        })(),
      };
    }, vault.url);
    expect(outcome).toEqual({
      inline: false,
      image: 'refused',
      fetched: 'TypeError',
      evaluated: 'EvalError',
    });
    expect(vault.requests).toEqual([]);
    await expect.poll(() => faults.join('\n')).toContain('Content Security Policy');
    faults.length = 0;
  });

  test('opens nothing but the documentation, in the browser of the system', async ({
    app,
    main,
    page,
  }) => {
    await main.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = async (address) => void opened.push(address);
    });
    await page.evaluate(() => {
      window.open('https://evil.example/secret-path');
      window.open('https://developer.hashicorp.com/vault/docs');
    });
    const opened = (): Promise<string[]> =>
      main.evaluate(() => Reflect.get(globalThis, 'opened') as string[]);
    await expect.poll(opened).toEqual(['https://developer.hashicorp.com/vault/docs']);
    expect(app.output).toContain('Refused to open https://evil.example outside the app.');
    expect(app.output).not.toContain('secret-path');
    expect(page.context().pages()).toHaveLength(1);
  });

  test('goes nowhere else', async ({ app, main, page }) => {
    const version = await versionOf(main);
    test.skip(version < 25, `Electron ${String(version)} does not put the address into the event.`);
    await page.evaluate(() => {
      window.location.assign('https://evil.example/secret-path');
    });
    await expect.poll(() => app.output).toContain('Refused to navigate to https://evil.example.');
    expect(app.output).not.toContain('secret-path');
    expect(new URL(page.url()).host).toBe('app');
  });

  test('is permitted nothing that a page can ask for', async ({ page }) => {
    const answers = await page.evaluate(async () => {
      const reason = (error: unknown): string => (error as Error).name;
      return {
        notifications: await Notification.requestPermission(),
        clipboard: await navigator.clipboard.readText().then(() => 'read', reason),
        place: await new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(
            () => resolve('known'),
            ({ code }) => resolve(code),
          );
        }),
      };
    });
    expect(answers).toEqual({
      notifications: 'denied',
      clipboard: 'NotAllowedError',
      // PERMISSION_DENIED
      place: 1,
    });
  });

  test('loads its page again when the page’s process died', async ({ app, faults, main, ui }) => {
    await ui.newEnvironment.create('production');
    await expect(ui.environment.heading).toHaveText('production');
    await main.evaluate(async ({ BrowserWindow, dialog }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
      const loaded = new Promise((resolve) =>
        contents?.once('did-finish-load', resolve as () => void),
      );
      contents?.forcefullyCrashRenderer();
      await loaded;
    });
    // Playwright gives up on a page that crashed, so the main process asks the new one.
    const state = (): Promise<unknown> =>
      main.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          '`${document.documentElement.dataset.appState} ${document.querySelector("h1")?.textContent}`',
        ),
      );
    await expect.poll(state).toBe('ready production');
    expect(app.output).toContain('The page’s process is gone: ');
    expect(faults).toEqual(['the page crashed']);
    faults.length = 0;
  });

  test('goes on after the computer slept', async ({ main, ui }) => {
    await main.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('suspend');
      powerMonitor.emit('resume');
    });
    await ui.newEnvironment.create('production');
    await expect(ui.environment.heading).toHaveText('production');
  });
});
