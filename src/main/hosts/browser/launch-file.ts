import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface LaunchFile {
  readonly url: string;
  /** Synchronous, because it is the last thing a process does. */
  remove(): void;
}

/**
 * Writes a page that only its owner can read and that redirects to the launch address. The browser is
 * started with the address of this file, because every user of the machine can read a process's arguments.
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
