import { describe, expect, test } from 'vitest';
import {
  createContents,
  doubleOf,
  ElectronDouble,
  preventable,
  SessionDouble,
} from '@test/support/electron-double';
import { confineContents, confineSession } from './lockdown';
import { APP_ORIGIN } from './scheme';

function confined() {
  const double = new ElectronDouble();
  const page = createContents();
  const lines: string[] = [];
  const another: string[] = [];
  confineContents(
    double.electron,
    page.contents,
    'strongroom://app/',
    (address) => another.push(address),
    (line) => lines.push(line),
  );
  const isPrevented = (event: string, details: object): boolean => {
    const happening = preventable(details);
    expect(page.emitter.listenerCount(event)).toBeGreaterThan(0);
    page.emitter.emit(event, happening);
    return happening.defaultPrevented;
  };
  return { opened: double.opened, another, page, lines, isPrevented };
}

describe('contents', () => {
  test('open their own page in another window of the app, which main opens', () => {
    const { another, opened, page } = confined();
    const address = 'strongroom://app/#/compare';
    expect(page.openWindow(address)).toEqual({ action: 'deny' });
    page.openWindow('strongroom://app.evil/#/compare');
    expect(another).toEqual([address]);
    expect(opened).toEqual([]);
  });

  test.each([
    'https://evil.example/',
    'http://127.0.0.1:8200/ui',
    'file:///etc/passwd',
    'strongroom://app/assets/index.js',
    'strongroom://app.evil/',
    'strongroom://app/?value=1',
    'data:text/html,hi',
    'javascript:alert(1)',
  ])('do not navigate to %s', (url) => {
    const { isPrevented, lines } = confined();
    expect(isPrevented('will-navigate', { url, isMainFrame: true })).toBe(true);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('value');
  });

  test.each(['strongroom://app/', 'strongroom://app/#here'])('may load %s again', (url) => {
    const { isPrevented, lines } = confined();
    expect(isPrevented('will-navigate', { url, isMainFrame: true })).toBe(false);
    expect(lines).toEqual([]);
  });

  test('do not let a frame navigate anywhere, not even to the page', () => {
    const { isPrevented } = confined();
    const details = { url: 'strongroom://app/', isMainFrame: false };
    expect(isPrevented('will-frame-navigate', details)).toBe(true);
  });

  test('follow no redirect', () => {
    const { isPrevented } = confined();
    expect(isPrevented('will-redirect', { url: 'strongroom://app/', isMainFrame: true })).toBe(
      true,
    );
  });

  test('attach no webview', () => {
    expect(confined().isPrevented('will-attach-webview', {})).toBe(true);
  });

  test('open no window; an allowed address goes to the browser of the system', () => {
    const { page, opened } = confined();
    const address = 'https://developer.hashicorp.com/vault';
    expect(page.openWindow(address)).toEqual({ action: 'deny' });
    expect(page.openWindow('https://evil.example/')).toEqual({ action: 'deny' });
    expect(page.openWindow('strongroom://app/')).toEqual({ action: 'deny' });
    expect(opened).toEqual([address]);
  });
});

describe('the session', () => {
  const permissions = ['clipboard-read', 'media', 'notifications', 'openExternal', 'hid'] as const;

  test.each(permissions)('grants no %s, asked or checked', (permission) => {
    const double = new SessionDouble();
    confineSession(double.session, { network: false });
    const { contents } = createContents();
    const answers: boolean[] = [];
    double.permissionRequest?.(
      contents,
      permission,
      (isGranted) => answers.push(isGranted),
      doubleOf('PermissionRequest', {}),
    );
    expect(answers).toEqual([false]);
    expect(
      double.permissionCheck?.(
        contents,
        permission,
        'strongroom://app',
        doubleOf('PermissionCheckHandlerHandlerDetails', {}),
      ),
    ).toBe(false);
  });

  test('grants no device and checks no spelling', () => {
    const double = new SessionDouble();
    confineSession(double.session, { network: false });
    expect(double.device?.(doubleOf('DevicePermissionHandlerHandlerDetails', {}))).toBe(false);
    expect(double.spellChecker).toBe(false);
  });

  test.each([
    'https://evil.example/file',
    'data:text/plain,x',
    'file:///etc/passwd',
    'blob:https://evil.example/0d9c',
    'blob:strongroom://application/0d9c',
  ])('downloads nothing from %s', (url) => {
    const double = new SessionDouble();
    confineSession(double.session, { network: false });
    const event = preventable({});
    double.emitter.emit('will-download', event, { getURL: () => url });
    expect(event.defaultPrevented).toBe(true);
  });

  test('lets the page save what it made itself', () => {
    const double = new SessionDouble();
    confineSession(double.session, { network: false });
    const event = preventable({});
    double.emitter.emit('will-download', event, { getURL: () => `blob:${APP_ORIGIN}/0d9c` });
    expect(event.defaultPrevented).toBe(false);
  });

  test('lets no request out to the network or to files', () => {
    const double = new SessionDouble();
    confineSession(double.session, { network: false });
    expect(double.blockedPatterns).toEqual([
      'http://*/*',
      'https://*/*',
      'ws://*/*',
      'wss://*/*',
      'file:///*',
    ]);
    expect(double.isBlocked('https://evil.example/')).toBe(true);
  });

  test('leaves the network open to a dev server', () => {
    const double = new SessionDouble();
    confineSession(double.session, { network: true });
    expect(double.blockedPatterns).toEqual([]);
  });
});
