import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';

const FOLDER = '/dev/shm';

/** Bytes that the journeys may need at once: profiles of browsers, and databases. */
const NEEDED = 2 ** 30;

/**
 * A folder in memory where tests may put their files, if this computer has one with enough room in which programs may
 * be started. Most of the time of a suite went into waiting for the disk, and no test needs that: what a killed process
 * has written is there without it.
 *
 * @returns {string | undefined}
 */
export function memoryFolder() {
  try {
    accessSync(FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(FOLDER);
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    // The last line is the mount that is on top.
    const options = mounts.filter((line) => line.split(' ')[1] === FOLDER).at(-1);
    const runsPrograms = options !== undefined && !/\bnoexec\b/.test(options);
    return bavail * bsize >= NEEDED && runsPrograms ? FOLDER : undefined;
  } catch {
    return undefined;
  }
}
