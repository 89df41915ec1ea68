/** Opens a page in its own window, with an installed browser of the Chromium family. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { withOriginalCoreDumps } from '@core/secrets/core-dumps';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** A browser that cannot open its window exits with a code within this time. */
const FAILS_WITHIN_MS = 1500;

const linuxNames = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
];
const macNames = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const windowsPaths = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
  'Chromium\\Application\\chrome.exe',
];

/** The paths of such browsers, best first. `CHROMIUM_PATH` comes before all others. */
export function browserPaths({ platform, env, home }: Surroundings): string[] {
  const chosen = env['CHROMIUM_PATH'];
  const known = ((): string[] => {
    if (platform === 'darwin') {
      return macNames.flatMap((name) =>
        ['/Applications', posix.join(home, 'Applications')].map((folder) =>
          posix.join(folder, `${name}.app`, 'Contents', 'MacOS', name),
        ),
      );
    }
    if (platform === 'win32') {
      const folders = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LocalAppData']];
      return windowsPaths.flatMap((path) =>
        folders.filter((folder) => folder !== undefined).map((folder) => win32.join(folder, path)),
      );
    }
    const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
    return linuxNames.flatMap((name) => folders.map((folder) => posix.join(folder, name)));
  })();
  return chosen === undefined || chosen === '' ? known : [chosen, ...known];
}

/** A browser in a snap has another /tmp, so it would not find the launch file. */
async function isSnap(path: string): Promise<boolean> {
  if ((await realpath(path)).endsWith('/snap')) return true;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return start.startsWith('#!') && start.includes('/snap/');
  } finally {
    await file.close();
  }
}

async function isUsable(path: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() && !(platform === 'linux' && (await isSnap(path)));
  } catch {
    return false;
  }
}

/** Private windows keep nothing on disk and load no extensions, which could read the page. */
const windowArguments = (browser: string, url: string): string[] => [
  `--app=${url}`,
  /edge/i.test(browser) ? '--inprivate' : '--incognito',
  '--no-first-run',
  '--no-default-browser-check',
];

const starts = (browser: string, url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = withOriginalCoreDumps(() =>
      spawn(browser, windowArguments(browser, url), { detached: true, stdio: 'ignore' }),
    );
    const isOpen = setTimeout(() => {
      resolve(true);
    }, FAILS_WITHIN_MS);
    child.once('error', () => {
      clearTimeout(isOpen);
      resolve(false);
    });
    // A browser that passes the page to its running instance ends at once, with code 0.
    child.once('exit', (code) => {
      clearTimeout(isOpen);
      resolve(code === 0);
    });
    child.unref();
  });

const hasDisplay = ({ platform, env }: Surroundings): boolean =>
  platform !== 'linux' ||
  [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');

/**
 * Resolves with whether a window was opened. Every user of this machine can read the address while the
 * browser runs, so it must not contain a token.
 */
export async function openAppWindow(
  url: string,
  surroundings: Surroundings = { platform: process.platform, env: process.env, home: homedir() },
): Promise<boolean> {
  if (!hasDisplay(surroundings)) return false;
  for (const path of browserPaths(surroundings)) {
    if ((await isUsable(path, surroundings.platform)) && (await starts(path, url))) return true;
  }
  return false;
}
