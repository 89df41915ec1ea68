import { describe, expect, test } from 'vitest';
import { reasonOf } from './electron-runtime.mjs';
import { hasDisplay, whyNotElectron } from './host.mjs';

const user = { userId: 1000 };

describe('hasDisplay', () => {
  test.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { DISPLAY: '', WAYLAND_DISPLAY: '' }, false],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { DISPLAY: 'localhost:10.0', SSH_CONNECTION: 'a b' }, true],
    ['darwin', {}, true],
    ['darwin', { SSH_CONNECTION: 'a b' }, false],
    ['win32', {}, true],
  ] as const)('%s with %j: %s', (platform, env, expected) => {
    expect(hasDisplay({ platform, env, ...user })).toBe(expected);
  });
});

describe('whyNotElectron', () => {
  const env = { DISPLAY: ':0' };

  test('there is no reason for a user with a display', () => {
    expect(whyNotElectron({ platform: 'linux', env, ...user })).toBeUndefined();
  });

  test('root is one on Linux only', () => {
    expect(whyNotElectron({ platform: 'linux', env, userId: 0 })).toContain('root');
    expect(whyNotElectron({ platform: 'darwin', env, userId: 0 })).toBeUndefined();
  });

  test('a missing display is one', () => {
    expect(whyNotElectron({ platform: 'linux', env: {}, ...user })).toBe('there is no display');
  });
});

describe('reasonOf', () => {
  test.each([
    ['HTTPError: Response code 404 (Not Found) for https://x\n    at y', 'the server answered 404'],
    ['TypeError: fetch failed\n    at node:internal/deps/undici:1:2', 'fetch failed'],
    ['', 'the installer gave no reason'],
  ])('%j is put as %j', (output, reason) => {
    expect(reasonOf(output)).toBe(reason);
  });
});
