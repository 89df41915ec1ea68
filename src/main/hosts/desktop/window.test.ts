import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ElectronDouble, preventable } from '@test/support/electron-double';
import { WINDOW_DEFAULT } from './window-state';
import { background, browserWindowOptions, focusWindow, openWindow } from './window';

function opened(answer = 0, theme: 'system' | 'light' = 'system', isMaximized = false) {
  const double = new ElectronDouble({ answer });
  double.electron.nativeTheme.themeSource = theme;
  const lines: string[] = [];
  const window = openWindow(double.electron, {
    preload: '/app/preload/index.cjs',
    url: 'strongroom://app/',
    developerTools: false,
    placement: { bounds: WINDOW_DEFAULT, isMaximized },
    report: (line) => lines.push(line),
  });
  return { double, window, drawn: double.windows[0]!, lines };
}

describe('the window', () => {
  test('keeps the page away from Node and from Electron', () => {
    expect(opened().drawn.options.webPreferences).toMatchObject({
      preload: '/app/preload/index.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
      devTools: false,
    });
  });

  test('has developer tools only where they are asked for', () => {
    const devTools = (developerTools: boolean): boolean | undefined =>
      browserWindowOptions(
        {
          preload: '/p',
          developerTools,
          placement: { bounds: WINDOW_DEFAULT, isMaximized: false },
        },
        'light',
      ).webPreferences?.devTools;
    expect(devTools(true)).toBe(true);
    expect(devTools(false)).toBe(false);
  });

  test('is never smaller than the layout', () => {
    expect(opened().drawn.options).toMatchObject({
      ...WINDOW_DEFAULT,
      minWidth: 720,
      minHeight: 480,
    });
  });

  test('is maximized again before it is shown', () => {
    const { drawn } = opened(0, 'system', true);
    drawn.emitter.emit('ready-to-show');
    expect(drawn.calls).toEqual(['maximize', 'show']);
  });

  test('begins in the colour of the page, in the theme that is preferred', () => {
    const css = readFileSync(new URL('../../../renderer/app/styles.css', import.meta.url), 'utf8');
    expect(css).toContain(`--panel: light-dark(${background.light}, ${background.dark})`);
    expect(opened(0, 'system').drawn.options.backgroundColor).toBe(background.dark);
    expect(opened(0, 'light').drawn.options.backgroundColor).toBe(background.light);
  });

  test('shows itself when the page has drawn, and not before', () => {
    const { drawn } = opened();
    expect(drawn.options.show).toBe(false);
    expect(drawn.loaded).toEqual(['strongroom://app/']);
    expect(drawn.calls).toEqual([]);
    drawn.emitter.emit('ready-to-show');
    expect(drawn.calls).toEqual(['show']);
  });

  test('offers a menu where text can be copied', () => {
    const { double, drawn } = opened();
    const editFlags = { canCopy: true };
    const menu = (selectionText: string) =>
      drawn.contents.emitter.emit('context-menu', preventable({}), {
        isEditable: false,
        selectionText,
        editFlags,
      });
    menu('');
    expect(double.popups).toEqual([]);
    menu('API_KEY');
    expect(double.popups).toEqual([[{ role: 'copy', enabled: true }]]);
  });

  test.each([
    [0, true],
    [1, false],
  ])('asks before unsaved edits are lost: answer %i lets it go: %s', (answer, goes) => {
    const { drawn } = opened(answer);
    const event = preventable({});
    drawn.contents.emitter.emit('will-prevent-unload', event);
    expect(event.defaultPrevented).toBe(goes);
  });

  test('reports a preload that failed, without the message', () => {
    const { drawn, lines } = opened();
    const error = new TypeError('hunter2');
    drawn.contents.emitter.emit('preload-error', preventable({}), '/app/preload.cjs', error);
    expect(lines[0]).toContain('The preload failed. TypeError');
    expect(lines[0]).not.toContain('hunter2');
  });
});

describe('a page whose process died', () => {
  const die = (answer: number, reason = 'crashed') => {
    const all = opened(answer);
    all.drawn.contents.emitter.emit('render-process-gone', preventable({}), { reason });
    return all;
  };

  test('is reloaded on request', async () => {
    const { drawn, lines } = die(0);
    await expect.poll(() => drawn.contents.reloads).toBe(1);
    expect(lines).toEqual(['The page’s process is gone: crashed.']);
  });

  test('lets the app quit if one wishes', async () => {
    const { double } = die(1);
    await expect.poll(() => double.log).toContain('quit');
  });

  test('is no matter when it ended as it should', () => {
    expect(die(0, 'clean-exit').lines).toEqual([]);
  });
});

describe('focusWindow', () => {
  test('brings a minimized window back', () => {
    const { window, drawn } = opened();
    drawn.isMinimized = true;
    focusWindow(window);
    expect(drawn.calls).toEqual(['restore', 'show', 'focus']);
  });

  test('leaves a window alone that is gone', () => {
    const { window, drawn } = opened();
    drawn.isDestroyed = true;
    focusWindow(window);
    focusWindow(undefined);
    expect(drawn.calls).toEqual([]);
  });
});
