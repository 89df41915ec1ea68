import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandWith, TestCommand } from '@test/support/command';
import { temporaryDirectory } from '@test/support/temporary-directory';

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const script = await new TestCommand().ok(['completion', 'bash']);
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'strongroom'), '#!/bin/sh\nprintf "%s\\n" production "my staging"\n');
  chmodSync(join(folder, 'strongroom'), 0o755);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const run = `${script}
COMP_WORDS=(strongroom ${quoted}); COMP_CWORD=${String(words.length)}
_strongroom; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-c', run], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  return out.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('completion in bash', () => {
  it('offers commands, inner commands and options', async () => {
    expect(await offered('se')).toEqual(['secret', 'secrets']);
    expect(await offered('secret', 'c')).toEqual(['create']);
    expect(await offered('secrets', 'vault', 'cr')).toEqual(['create']);
    expect(await offered('secret', 'create', '--p')).toEqual(['--plain']);
    expect(await offered('--json', 'secret', 'create', '--rea')).toEqual(['--reason']);
    expect(await offered('completion', 'x')).toEqual([]);
  });

  it('offers the names of environments, quoted', async () => {
    expect(await offered('secret', 'list', '-e', '')).toEqual([
      'production',
      String.raw`my\ staging`,
    ]);
    expect(await offered('secret', 'list', '--vault-name', 'p')).toEqual(['production']);
    expect(await offered('env', 'delete', 'p')).toEqual(['production']);
  });
});

describe.each(['zsh', 'fish'])('completion in %s', (shell) => {
  it.skipIf(!has(shell))('is a script that the shell can read', async () => {
    const script = await new TestCommand().ok(['completion', shell]);
    const file = join(temporaryDirectory(), 'script');
    writeFileSync(file, script);
    const check = shell === 'zsh' ? '-n' : '--no-execute';
    expect(execFileSync(shell, [check, file], { encoding: 'utf8' })).toBe('');
  });

  it('names every command and every option', async () => {
    const script = await new TestCommand().ok(['completion', shell]);
    for (const name of ['secret', 'create', 'connection', 'workspace', 'plain-keys', 'data-dir']) {
      expect(script).toContain(name);
    }
    expect(script).not.toContain('vault-name --');
  });
});

it('refuses another shell', async () => {
  expect(await new TestCommand().run(['completion', 'tcsh'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('bash, zsh, fish') as string,
  });
});

it('gives the names of environments, and none while it is locked', async () => {
  const command = await commandWith('production');
  expect(await command.ok(['environment-names'])).toBe('production\n');
});

describe('the guide', () => {
  it('is one page with every command and every exit code', async () => {
    const page = await new TestCommand().ok(['guide']);
    expect(page).toMatch(/^# Strongroom\n/);
    expect(page).toContain(
      '- secret create [name]: add a variable; asks for a value that is not given',
    );
    expect(page).toContain('- secret vault list:');
    expect(page).toContain('- 130: Ended by Ctrl+C.');
    expect(page).not.toContain('environment-names');
  });
});
