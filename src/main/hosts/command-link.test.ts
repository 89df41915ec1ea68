import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createCommandLink } from './command-link';

interface Scene {
  readonly onPath?: readonly string[];
  readonly platform?: NodeJS.Platform;
}

function scene({ onPath = ['.local/bin'], platform = 'linux' }: Scene = {}) {
  const home = temporaryDirectory();
  const command = join(home, 'checkout', 'strongroom.js');
  mkdirSync(join(home, 'checkout'));
  writeFileSync(command, '');
  const path = ['/nonexistent', ...onPath.map((folder) => join(home, folder))].join(':');
  const link = createCommandLink({ command, home, platform, path: async () => path });
  return { home, command, link, file: join(home, '.local/bin/strongroom') };
}

describe('the command on the PATH', () => {
  it('is linked in a folder of the person, found there, and removed', async () => {
    const { link, command, file, home } = scene();
    const folder = { path: join(home, '.local/bin'), isOnPath: true };
    expect(await link.status()).toEqual({ own: command, folder });
    const installed = { own: command, folder, link: file, onPath: { file, isOwn: true } };
    expect(await link.install()).toEqual(installed);
    expect(readlinkSync(file)).toBe(command);
    expect(await link.install()).toEqual(installed);
    expect(await link.remove()).toEqual({ own: command, folder });
    expect(existsSync(file)).toBe(false);
  });

  it('goes to ~/bin if only that is on the PATH, and says if no such folder is', async () => {
    const { link, home } = scene({ onPath: ['bin'] });
    expect((await link.install()).link).toBe(join(home, 'bin/strongroom'));
    const none = scene({ onPath: [] });
    expect(await none.link.install()).toMatchObject({
      link: none.file,
      folder: { isOnPath: false },
    });
  });

  it('never overwrites or removes a file of somebody else', async () => {
    const { link, file, home } = scene();
    mkdirSync(join(home, '.local/bin'), { recursive: true });
    writeFileSync(file, 'theirs');
    expect(await link.status()).toMatchObject({
      obstacle: file,
      onPath: { file, isOwn: false },
    });
    await expect(link.install()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await link.remove();
    expect(readFileSync(file, 'utf8')).toBe('theirs');
  });

  it('takes a link that leads elsewhere or nowhere for a file of somebody else', async () => {
    const { link, file, home } = scene();
    mkdirSync(join(home, '.local/bin'), { recursive: true });
    symlinkSync('/nonexistent/strongroom', file);
    expect(await link.status()).toMatchObject({ obstacle: file });
    await expect(link.install()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await link.remove();
    expect(readlinkSync(file)).toBe('/nonexistent/strongroom');
  });

  it('is not linked on Windows, or if there is no command', async () => {
    const windows = scene({ platform: 'win32' });
    expect(await windows.link.install()).toEqual({});
    const home = temporaryDirectory();
    const packaged = createCommandLink({
      command: join(home, 'gone.js'),
      home,
      platform: 'linux',
      path: async () => '',
    });
    expect(await packaged.install()).not.toHaveProperty('link');
  });
});
