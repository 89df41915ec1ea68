/** The command that a failure ends with, pasted into a shell. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { commandWith, TestCommand } from '@test/support/command';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { providerDescriptors } from '@shared/providers';
import { isSignIn } from '@shared/providers/descriptor';
import { adviceBeside, commandFor, signInFields } from './remedy';

/** The words that a shell makes of a command line, after the name of the program. */
function pasted(line: string): string[] {
  const script = `strongroom() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const tried = (err: string): string => /^Try: (.*)$/m.exec(err)?.[1] ?? '';

describe.skipIf(process.platform === 'win32')('a command that a failure names', () => {
  /** With a directory and names that a shell would take apart. */
  async function machine(): Promise<TestCommand> {
    const dataDirectory = `${temporaryDirectory()}/it's "data" $HOME`;
    const command = new TestCommand({ dataDirectory });
    await command.ok(['workspace', 'create', 'Two words']);
    await command.ok(['--workspace', 'Two words', 'env', 'create', 'my; staging']);
    return command;
  }
  const at = ['--workspace', 'Two words'];
  const env = ['-e', 'my; staging'];

  it.each([
    { typed: ['secret', 'get', 'NONE', ...env], does: 'has no variables' },
    { typed: ['secret', 'get', 'NONE', '--env=my; staging'], does: 'has no variables' },
    { typed: ['secret', 'list', '-e', 'xyz'], does: 'my; staging' },
    { typed: ['env', 'delete', 'none'], does: 'my; staging' },
  ])('works for $typed', async ({ typed, does }) => {
    const command = await machine();
    const { err } = await command.run([...at, ...typed]);
    const words = pasted(tried(err));
    expect(words.slice(0, 4)).toEqual(['--data-dir', command.dataDirectory, ...at]);
    const { code, out, err: said } = await command.run(words);
    expect([code, out + said]).toEqual([0, expect.stringContaining(does)]);
  });

  it('creates or updates the variable that was meant, in the environment that was meant', async () => {
    const command = await machine();
    const value = { stdin: 'x' };
    const key = "it's a key";
    const missing = await command.run(
      [...at, 'secret', 'update', key, ...env, '--value', '-'],
      value,
    );
    const create = [...pasted(tried(missing.err))];
    expect(create.slice(-5)).toEqual(['create', ...env, '--', key]);
    await command.ok([...create.slice(0, -2), '--value', '-', ...create.slice(-2)], value);
    const taken = await command.run([...at, 'secret', 'create', key, ...env, '--value', 'y']);
    expect(pasted(tried(taken.err)).slice(-5)).toEqual(['update', ...env, '--', key]);
  });

  it('is the same command with what was missing, and without the value', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', 'a secret', '--plain']);
    const refused = await command.run(['env', 'delete', '--yes', '--', 'production']);
    expect(await command.run(pasted(tried(refused.err)))).toMatchObject({ code: 0 });
    const line = {
      args: ['secret', 'update', '-e', 'x', '--value', 'a secret', '--plain', '--', 'KEY'],
    };
    const owned = commandFor(new AppError('OWNED_BY_CONFIG'), line);
    expect(owned).toBe('strongroom secret update -e x --plain --yes -- KEY');
    const joined = { args: ['secret', 'update', 'KEY', '--value=a secret'] };
    expect(commandFor(new AppError('CONFLICT'), joined)).toBe('strongroom secret update KEY');
  });

  it('is left out if a shell would not read it as it is meant', () => {
    const line = { args: [] };
    const run = (text: string) =>
      commandFor(new AppError('LOCKED', { remedy: { run: text } }), line);
    expect(run('export STRONGROOM_PASSPHRASE_FILE=FILE')).toBeUndefined();
    expect(run("strongroom secret create -- 'two\nlines'")).toBeUndefined();
    expect(run('gcloud auth login')).toBe('gcloud auth login');
  });

  it('is that which shows the settings, if one of them is wrong', () => {
    const error = new AppError('TOKEN_INVALID');
    expect(commandFor(error, { args: [], dataDir: '/x' })).toBe(
      'strongroom --data-dir /x connection show',
    );
    expect(adviceBeside(error)).toBe(
      'The option --token of “strongroom connection set” changes it.',
    );
  });

  it('is to sign in, if a sign-in with a browser has ended', () => {
    const remedy = { open: 'connection', field: 'oidcToken' } as const;
    const ended = new AppError('TOKEN_INVALID', { remedy });
    const line = { args: ['pull'], workspace: 'Shop' };
    expect(commandFor(ended, line)).toBe('strongroom --workspace Shop connection sign-in');
    expect(adviceBeside(ended)).toBeUndefined();
    // Nothing is saved yet.
    const set = ['connection', 'set', 'hashicorp-vault', '--authentication', 'oidc'];
    expect(commandFor(ended, { args: set })).toBe(`strongroom ${set.join(' ')}`);
    const fields = Object.values(providerDescriptors).flatMap((one) => one.fields.filter(isSignIn));
    expect(new Set(fields.map(({ name }) => name))).toEqual(signInFields);
  });
});
