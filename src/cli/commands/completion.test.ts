import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCore } from '@core/core';
import { createAgentRouter } from '@server/agent/router';
import { commandWith, TestCommand } from '@test/support/command';
import { startCore, startTestVault } from '@test/support/core';
import { temporaryDirectory } from '@test/support/temporary-directory';

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A command that knows names. Those of variables depend on the options that it gets. */
const NAMES = `#!/bin/sh
case "$*" in
  'names environments'*) printf '%s\\n' production 'my staging' ;;
  'names workspaces'*) printf '%s\\n' Shop ;;
  'names variables') printf '%s\\n' API_KEY API_URL ;;
  'names variables -e my staging') printf '%s\\n' STAGED ;;
  'names variables --data-dir /x --workspace Shop --env production') printf '%s\\n' SHOPPED ;;
esac
`;

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const script = await new TestCommand().ok(['completion', 'bash']);
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'strongroom'), NAMES);
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
    expect(await offered('se')).toEqual(['secret', 'secrets', 'serve']);
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

describe.skipIf(!has('bash'))('completion in bash of variables', () => {
  it('offers those of the environment that is named on the line', async () => {
    expect(await offered('secret', 'get', '')).toEqual(['API_KEY', 'API_URL']);
    expect(await offered('secrets', 'rm', 'API_K')).toEqual(['API_KEY']);
    expect(await offered('secret', 'get', '--name', 'API_U')).toEqual(['API_URL']);
    expect(await offered('check', 'A')).toEqual(['API_KEY', 'API_URL']);
    expect(await offered('secret', 'get', '-e', String.raw`my\ staging`, '')).toEqual(['STAGED']);
    const before = '--data-dir /x --workspace Shop secret get --env = production S';
    expect(await offered(...before.split(' '))).toEqual(['SHOPPED']);
  });

  it('offers them after a comma in a list, and none for a new variable', async () => {
    expect(await offered('run', '--brokered', 'API_K')).toEqual(['API_KEY']);
    expect(await offered('run', '--only', 'API_KEY,API_')).toEqual([
      'API_KEY,API_KEY',
      'API_KEY,API_URL',
    ]);
    expect(await offered('secret', 'create', 'A')).toEqual([]);
    expect(await offered('secret', 'create', '--name', 'A')).toEqual([]);
    expect(await offered('--workspace', 'S')).toEqual(['Shop']);
    expect(await offered('run', '--', 'x', '-e', '')).toEqual([]);
  });

  it('runs nothing that is on the line', async () => {
    const file = join(temporaryDirectory(), 'made');
    await offered('secret', 'get', '-e', `$(touch ${file})`, '');
    expect(existsSync(file)).toBe(false);
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

/** What fish offers for a line. */
async function offeredByFish(line: string): Promise<string[]> {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'strongroom'), NAMES);
  chmodSync(join(folder, 'strongroom'), 0o755);
  writeFileSync(join(folder, 'script'), await new TestCommand().ok(['completion', 'fish']));
  const run = 'source script; complete -C "$LINE"';
  const out = execFileSync('fish', ['--no-config', '-c', run], {
    encoding: 'utf8',
    cwd: folder,
    env: {
      ...process.env,
      LINE: line,
      PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    },
  });
  return out
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => each.replace(/\t.*/, ''));
}

describe.skipIf(!has('fish'))('completion in fish', () => {
  it('offers commands, and names of the environment on the line', async () => {
    expect(await offeredByFish('strongroom secret c')).toEqual(['create']);
    expect(await offeredByFish('strongroom secret list -e ')).toEqual(['my staging', 'production']);
    expect(await offeredByFish('strongroom secret get ')).toEqual(['API_KEY', 'API_URL']);
    expect(await offeredByFish(String.raw`strongroom secret get -e my\ staging `)).toEqual([
      'STAGED',
    ]);
    expect(await offeredByFish('strongroom secret create A')).toEqual([]);
  });
});

describe('strongroom names', () => {
  it('gives names and no values, and nothing but names', async () => {
    const command = await commandWith('production');
    await command.ok(['env', 'create', 'other']);
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'a value' });
    const { code, out, err } = await command.run(['names', 'environments']);
    expect([code, out, err]).toEqual([0, 'production\nother\n', '']);
    expect(await command.ok(['names', 'variables'])).toBe('KEY\n');
    expect(await command.ok(['names', 'variables', '-e', 'other'])).toBe('');
    expect(await command.ok(['names', 'workspaces'])).toBe('Personal\n');
  });

  it('reads a synced environment from memory, else from its provider', async () => {
    const core = await startCore();
    const vault = await startTestVault();
    await core.useVault(vault);
    await core.createSynced('production', { KEY: '1' });
    const client = createRouterClient(createAgentRouter(core.core), {
      context: { caller: { kind: 'cli' as const, process: { pid: 1 } } },
    });
    vault.clearRequests();
    expect(await client.variables.names({ environment: 'production' })).toEqual(['KEY']);
    expect(vault.requests).toEqual([]);
    core.core.security.lock();
    await core.core.security.unlock();
    expect(await client.variables.names({ environment: 'production' })).toEqual(['KEY']);
    expect(vault.requests).not.toEqual([]);
  });

  it('is silent if there is no such environment, no data, or no core that answers', async () => {
    const nothing = { code: 0, out: '', err: '' };
    const command = await commandWith('production');
    expect(await command.run(['names', 'variables', '-e', 'none'])).toEqual(nothing);
    const fresh = new TestCommand({ dataDirectory: join(temporaryDirectory(), 'none') });
    expect(await fresh.run(['names', 'environments'])).toEqual(nothing);
    expect(existsSync(fresh.dataDirectory)).toBe(false);
    const { dataDirectory, keychain } = command;
    const holder = await openCore({ host: 'browser', version: '0', dataDirectory, keychain });
    onTestFinished(() => holder.close());
    const startedAt = performance.now();
    expect(await command.run(['names', 'environments'])).toEqual(nothing);
    // Other commands wait five seconds.
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });
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
    expect(page).not.toContain('- names');
  });
});
