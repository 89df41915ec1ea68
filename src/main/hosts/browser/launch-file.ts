import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface LaunchFile {
  readonly url: string;
  /** Synchronous, since it is the last thing a process does. */
  remove(): void;
}

/**
 * A page that only its owner can read and that goes on to the launch address. A browser is started with
 * this file's address, since everybody on the machine can read the arguments of a process.
 */
export async function writeLaunchFile(launchUrl: string): Promise<LaunchFile> {
  const directory = await mkdtemp(join(tmpdir(), 'strongroom-'));
  const path = join(directory, 'open.html');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Strongroom</title><meta http-equiv="refresh" content="0; url=${launchUrl}">\n`;
  await writeFile(path, page, { mode: 0o600, flag: 'wx' });
  return {
    url: pathToFileURL(path).href,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
