import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where both hosts keep their data when nothing else is said, by the custom of each system. */
export function defaultDataDirectory(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Strongroom');
  if (platform === 'win32') {
    return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Strongroom');
  }
  const configured = env['XDG_DATA_HOME'];
  // The specification says to ignore a relative path.
  return join(
    configured?.startsWith('/') === true ? configured : join(home, '.local', 'share'),
    'strongroom',
  );
}

/** An absolute data directory from what was typed, or the default. */
export const dataDirectoryFrom = (typed: string | undefined): string =>
  typed === undefined || typed === '' ? defaultDataDirectory() : resolve(typed);
