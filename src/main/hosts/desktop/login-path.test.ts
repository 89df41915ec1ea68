import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { readLoginPath } from './login-path';

/** A shell that does this first, whatever it is asked to run. */
async function shellThat(does: string): Promise<string> {
  const shell = join(temporaryDirectory(), 'shell');
  await writeFile(shell, `#!/bin/sh\n${does}\nfor command; do :; done\neval "$command"\n`);
  await chmod(shell, 0o755);
  return shell;
}

const launched = { PATH: '/usr/bin:/bin', HOME: '/nowhere' };

describe.skipIf(process.platform === 'win32')('the PATH of the login shell', () => {
  const read = async (does: string, more = {}) =>
    readLoginPath({
      env: { ...launched, SHELL: await shellThat(does), ...more },
      platform: 'linux',
    });

  it('holds what the files of the shell add', async () => {
    expect(await read('PATH=/opt/homebrew/bin:$PATH; export PATH')).toBe(
      '/opt/homebrew/bin:/usr/bin:/bin',
    );
  });

  it('is found in what the files of the shell print', async () => {
    expect(await read('echo Welcome; printf "no line"; PATH=/a:$PATH; export PATH')).toBe(
      '/a:/usr/bin:/bin',
    );
  });

  it('is asked of a login shell that is interactive', async () => {
    expect(await read('PATH="/flags/$1/$2/$3:$PATH"; export PATH')).toBe(
      '/flags/-i/-l/-c:/usr/bin:/bin',
    );
  });

  it('comes although something that the shell started goes on', async () => {
    expect(await read('sleep 1000 &')).toBe('/usr/bin:/bin');
  });

  it.each([
    ['a shell that never comes to its end', 'exec sleep 1000'],
    ['a shell that prints without end', 'exec yes'],
    ['a shell that fails', 'exit 1'],
  ])('is not had from %s', async (_what, does) => {
    const env = { ...launched, SHELL: await shellThat(does) };
    expect(await readLoginPath({ env, platform: 'linux', deadlineMs: 300 })).toBeUndefined();
  });

  it('is not had from a shell that is not there', async () => {
    const env = { ...launched, SHELL: '/nowhere/zsh' };
    expect(await readLoginPath({ env, platform: 'darwin' })).toBeUndefined();
  });

  it('is not asked for in a terminal, which has it, nor on Windows', async () => {
    expect(await read('PATH=/a; export PATH', { TERM: 'xterm-256color' })).toBeUndefined();
    const env = { ...launched, SHELL: await shellThat('PATH=/a; export PATH') };
    expect(await readLoginPath({ env, platform: 'win32' })).toBeUndefined();
  });

  it('is that of the real shell of this computer', async () => {
    const path = await readLoginPath({ env: launched, platform: process.platform });
    expect(path?.split(':').length).toBeGreaterThan(1);
  });
});
