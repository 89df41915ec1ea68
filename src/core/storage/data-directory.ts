import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Runtime } from '@core/runtime';

/** The variable that names a data directory for the window, the command and the library. */
const DATA_DIRECTORY = 'STRONGROOM_DATA_DIR';

/** The data directory in `STRONGROOM_DATA_DIR`; without it, one by the convention of each system. */
export function defaultDataDirectory(
  env: Runtime['env'],
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const named = env[DATA_DIRECTORY];
  if (named !== undefined && named !== '') return resolve(named);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Strongroom');
  if (platform === 'win32') {
    return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Strongroom');
  }
  const configured = env['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  return join(
    configured?.startsWith('/') === true ? configured : join(home, '.local', 'share'),
    'strongroom',
  );
}

/**
 * An absolute path: `typed`, relative to the current directory, or the default if `typed` is absent or empty.
 */
export const dataDirectoryFrom = (typed: string | undefined, env: Runtime['env']): string =>
  typed === undefined || typed === '' ? defaultDataDirectory(env) : resolve(typed);
