import { writeFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import { dumpedMemory } from '@test/support/core-dumps';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { browserPaths, openAppWindow } from './open-window';

const LAUNCH = 'file:///tmp/strongroom-a/open.html';

describe('browserPaths', () => {
  test('looks along the PATH on Linux', () => {
    expect(
      browserPaths({ platform: 'linux', env: { PATH: '/a:/b' }, home: '/home/me' }).slice(0, 2),
    ).toEqual(['/a/google-chrome', '/b/google-chrome']);
  });

  test('looks in both application folders on macOS', () => {
    const paths = browserPaths({ platform: 'darwin', env: {}, home: '/Users/me' });
    expect(paths).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
    expect(paths).toContain('/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium');
  });

  test('looks in the program folders there are on Windows', () => {
    const env = {
      ProgramFiles: 'C:\\Program Files',
      LocalAppData: 'C:\\Users\\me\\AppData\\Local',
    };
    const paths = browserPaths({ platform: 'win32', env, home: 'C:\\Users\\me' });
    expect(paths).toContain('C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe');
    expect(paths).toHaveLength(8);
  });

  test('takes CHROMIUM_PATH first', () => {
    const env = { CHROMIUM_PATH: '/opt/my/chrome', PATH: '/a' };
    expect(browserPaths({ platform: 'linux', env, home: '/' })[0]).toBe('/opt/my/chrome');
  });
});

describe.skipIf(process.platform === 'win32')('openAppWindow', () => {
  let folder: string;
  const open = (env: Record<string, string> = {}): Promise<boolean> =>
    openAppWindow(LAUNCH, {
      platform: 'linux',
      env: { DISPLAY: ':9', PATH: folder, ...env },
      home: folder,
    });
  /** A browser that writes its arguments down and ends with `code`. */
  const install = async (name: string, code = 0): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > "$0.args"\nexit ${String(code)}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const argumentsOf = async (path: string): Promise<string[]> =>
    (await readFile(`${path}.args`, 'utf8')).trim().split('\n');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strongroom-window-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('opens a private window without browser controls', async () => {
    const chromium = await install('chromium');
    expect(await open()).toBe(true);
    expect(await argumentsOf(chromium)).toEqual([
      `--app=${LAUNCH}`,
      '--incognito',
      '--no-first-run',
      '--no-default-browser-check',
    ]);
  });

  test('calls a private window of Edge by its own name', async () => {
    const edge = await install('microsoft-edge');
    expect(await open()).toBe(true);
    expect(await argumentsOf(edge)).toContain('--inprivate');
  });

  test('goes on to the next browser when one fails', async () => {
    await install('google-chrome', 1);
    const chromium = await install('chromium');
    expect(await open()).toBe(true);
    expect(await argumentsOf(chromium)).toContain(`--app=${LAUNCH}`);
  });

  test('says so when every browser fails', async () => {
    await install('chromium', 1);
    expect(await open()).toBe(false);
  });

  test('says so when there is none', async () => {
    expect(await open()).toBe(false);
  });

  test('leaves a file alone that is not a program', async () => {
    await writeFile(join(folder, 'chromium'), 'notes on chromium');
    expect(await open()).toBe(false);
  });

  test('leaves out a browser that could not read the launch file', async () => {
    await writeFile(join(folder, 'chromium-browser'), '#!/bin/sh\nexec /snap/bin/chromium "$@"\n');
    await chmod(join(folder, 'chromium-browser'), 0o755);
    const snap = await install('snap');
    await symlink(snap, join(folder, 'chromium'));
    expect(await open()).toBe(false);
  });

  test('does not start a browser without a display', async () => {
    await install('chromium');
    expect(await open({ DISPLAY: '' })).toBe(false);
  });

  test('counts Wayland as a display', async () => {
    await install('chromium');
    expect(await open({ DISPLAY: '', WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });
});

describe.skipIf(process.platform !== 'linux')('the core dumps of the browser', () => {
  const before = dumpedMemory(process.pid);
  // The next file of tests may run in this process.
  afterAll(() => {
    writeFileSync('/proc/self/coredump_filter', `0x${before}`);
  });

  test('are as if Strongroom had not started it', async () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'chromium');
    await writeFile(path, '#!/bin/sh\ncat /proc/self/coredump_filter > "$0.filter"\n');
    await chmod(path, 0o755);
    leaveMemoryOutOfCoreDumps();
    const env = { DISPLAY: ':9', CHROMIUM_PATH: path, PATH: '' };
    expect(await openAppWindow(LAUNCH, { platform: 'linux', env, home: folder })).toBe(true);
    expect((await readFile(`${path}.filter`, 'latin1')).trim()).toBe(before);
    expect(Number.parseInt(before, 16)).toBeGreaterThan(0);
    expect(Number.parseInt(dumpedMemory(process.pid), 16)).toBe(0);
  });
});
