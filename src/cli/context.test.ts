/** What comes before every command: the core, its lock, and how a fresh data directory is protected. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCore } from '@core/core';
import { openApp } from '@test/support/app';
import { commandWith, TestCommand } from '@test/support/command';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { temporaryDirectory } from '@test/support/temporary-directory';

function withoutKeychain(): MemoryKeychain {
  const keychain = new MemoryKeychain();
  keychain.problem = 'There is none.';
  return keychain;
}

const PASSPHRASE = 'correct horse battery';

/** A computer without a keychain, and a file with a passphrase. */
function machine(passphrase = PASSPHRASE): TestCommand {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'passphrase'), `${passphrase}\n`, { mode: 0o600 });
  return new TestCommand({
    cwd,
    keychain: withoutKeychain(),
    env: { STRONGROOM_PASSPHRASE_FILE: 'passphrase' },
  });
}

const filled = async (command: TestCommand): Promise<void> => {
  await command.ok(['env', 'create', 'production']);
  await command.ok(['secret', 'create', 'KEY', '--value', '-', '-e', 'production'], { stdin: 'x' });
};

describe('a keychain and a PIN', () => {
  it('asks for the PIN on a terminal, or takes it from the file, and slows guesses down', async () => {
    const keychain = new MemoryKeychain();
    const cwd = temporaryDirectory();
    const command = new TestCommand({ cwd, keychain });
    await filled(command);
    const core = await openCore({
      host: 'browser',
      version: '0.0.0',
      dataDirectory: command.dataDirectory,
      keychain,
    });
    await core.security.choose({ mode: 'pin', passphrase: '4711' });
    await core.close();

    const get = ['secret', 'get', 'KEY', '-e', 'production'];
    const asked = await command.run(get, { answers: [['PIN', '4711\r']] });
    expect(asked).toMatchObject({ code: 0, out: 'x\n' });
    writeFileSync(join(cwd, 'pin'), '4711\n', { mode: 0o600 });
    const env = { STRONGROOM_PASSPHRASE_FILE: 'pin' };
    expect(await command.run(get, { env })).toMatchObject({ code: 0, out: 'x' });
    for (let wrong = 0; wrong < 5; wrong += 1) {
      const refused = await command.run(get, { answers: [['PIN', '0000\r']] });
      expect(refused).toMatchObject({
        code: 6,
        err: expect.stringContaining('not the PIN') as string,
      });
    }
    expect(await command.run(get, { env })).toMatchObject({
      code: 6,
      // Half a minute, less what starting the command takes.
      err: expect.stringMatching(/Try again in (30|2\d) seconds\./) as string,
    });
  });
});

describe('a computer without a keychain', () => {
  it('is set up by the passphrase file, and unlocked by it afterwards', async () => {
    const command = machine();
    const first = await command.run(['env', 'create', 'production']);
    expect(first.code).toBe(0);
    expect(first.err).toContain('The passphrase now protects');
    await command.ok(['secret', 'create', 'KEY', '--value', '-', '-e', 'production'], {
      stdin: 'x',
    });
    expect(await command.run(['secret', 'get', 'KEY', '-e', 'production'])).toEqual({
      code: 0,
      out: 'x',
      err: '',
    });
  });

  it('refuses a wrong passphrase, one that is too short, and a file that is not there', async () => {
    const command = machine();
    await filled(command);
    writeFileSync(join(command.cwd, 'passphrase'), 'another one');
    const get = ['secret', 'get', 'KEY', '-e', 'production'];
    expect(await command.run(get)).toMatchObject({
      code: 6,
      out: '',
      err: expect.stringContaining(
        'STRONGROOM_PASSPHRASE_FILE names does not hold the passphrase.',
      ) as string,
    });
    const env = { STRONGROOM_PASSPHRASE_FILE: 'missing' };
    expect(await command.run(get, { env })).toMatchObject({
      code: 3,
      err: expect.stringContaining('STRONGROOM_PASSPHRASE_FILE names cannot be read') as string,
    });
    expect(await machine('short').run(['env', 'create', 'production'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('at least 8 characters') as string,
    });
  });

  it('is asked for its passphrase on a terminal, and refused without one', async () => {
    const command = machine();
    await filled(command);
    const env = { STRONGROOM_PASSPHRASE_FILE: '' };
    const get = ['secret', 'get', 'KEY', '-e', 'production'];
    const asked = await command.run(get, { env, answers: [['Passphrase', `${PASSPHRASE}\r`]] });
    expect(asked).toMatchObject({ code: 0, out: 'x\n' });
    expect(asked.err).not.toContain(PASSPHRASE);
    expect(await command.run(get, { env })).toMatchObject({
      code: 6,
      err: expect.stringContaining('Set STRONGROOM_PASSPHRASE_FILE to a file') as string,
    });
    // “strongroom unlock” would fail in the same way.
    expect((await command.run(get, { env })).err).not.toContain('strongroom unlock');
  });

  it('lets a person choose a passphrase, twice', async () => {
    const command = new TestCommand({ keychain: withoutKeychain() });
    const created = await command.run(['env', 'create', 'production'], {
      answers: [
        ['New passphrase', `${PASSPHRASE}\r`],
        ['The same passphrase again', `${PASSPHRASE}\r`],
      ],
    });
    expect(created.code).toBe(0);
    const differs = await new TestCommand({ keychain: withoutKeychain() }).run(['unlock'], {
      answers: [
        ['New passphrase', `${PASSPHRASE}\r`],
        ['The same passphrase again', 'something else\r'],
      ],
    });
    expect(differs).toMatchObject({
      code: 3,
      err: expect.stringContaining('The two passphrases differ.') as string,
    });
  });

  it('says what is missing if nobody can choose one', async () => {
    const command = new TestCommand({ keychain: withoutKeychain() });
    await command.ok(['env', 'create', 'production']);
    const refused = await command.run(
      ['secret', 'create', 'KEY', '--value', '-', '-e', 'production'],
      { stdin: 'x' },
    );
    expect(refused.code).toBe(6);
    expect(refused.err).toContain('STRONGROOM_PASSPHRASE_FILE');
    expect(refused.err).not.toContain('INTERNAL');
  });
});

describe('the app that is open', () => {
  it('gives a command its core, so that both see the same', async () => {
    const command = await commandWith('production');
    const core = await openApp(command);
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    const [workspace] = core.workspaces.list().workspaces;
    const [environment] = core.environments.list(workspace?.id ?? '');
    expect(await core.reading.reveal(environment?.id ?? '', 'KEY')).toBe('x');
    expect(await command.json(['status'])).toMatchObject({
      running: true,
      host: 'desktop',
      locked: false,
      workspace: 'Personal',
      activeEnvironment: 'production',
    });
  });

  it('records who called and why', async () => {
    const command = await commandWith('production');
    const core = await openApp(command);
    await command.ok(['secret', 'create', 'KEY', '--value', '-', '--reason', 'deploy 12']);
    const workspaceId = core.workspaces.list().currentId;
    const [entry] = core.activity.list({ workspaceId, limit: 1 });
    expect(entry).toMatchObject({
      action: 'saved',
      reason: 'deploy 12',
      caller: { kind: 'cli', process: { pid: process.pid, name: 'strongroom' } },
    });
  });

  it('refuses while it is locked, and is locked and unlocked by a command', async () => {
    const command = machine();
    await filled(command);
    await openApp(command);
    const get = ['secret', 'get', 'KEY', '-e', 'production'];
    const refusal = [
      'Error: Strongroom is locked.',
      'Likely cause: It was started again, or locked, and its passphrase has not been entered since.',
      'Unlock it with its passphrase.',
      `Try: strongroom --data-dir ${command.dataDirectory} unlock`,
      '',
    ].join('\n');
    expect(await command.run(get)).toEqual({ code: 6, out: '', err: refusal });
    expect(await command.json(['status'])).toMatchObject({ running: true, locked: true });
    expect(await command.run(['unlock'])).toEqual({
      code: 0,
      out: '',
      err: 'Strongroom is unlocked.\n',
    });
    expect(await command.ok(get)).toBe('x');
    expect(await command.run(['lock'])).toMatchObject({ code: 0, err: 'Strongroom is locked.\n' });
    expect((await command.run(get)).code).toBe(6);
  });
});

describe('an app that does not share its unlock', () => {
  /** The app is unlocked, as by its window. */
  async function unlocked() {
    const command = machine();
    await filled(command);
    const core = await openApp(command);
    await core.security.unlock(PASSPHRASE);
    return { command, core };
  }
  const get = ['secret', 'get', 'KEY', '-e', 'production'];
  const none = { STRONGROOM_PASSPHRASE_FILE: '' };

  it('asks a command for the passphrase, or takes it from its file', async () => {
    const { command } = await unlocked();
    expect(await command.ok(get)).toBe('x');
    const asked = { env: none, answers: [['Passphrase', `${PASSPHRASE}\r`]] as const };
    expect((await command.run(get, asked)).out).toBe('x\n');
    const wrong = { env: none, answers: [['Passphrase', 'something else\r']] as const };
    expect(await command.run(get, wrong)).toMatchObject({ code: 6, out: '' });
    expect((await command.run(['run', '-e', 'production', '--', 'true'])).code).toBe(0);
  });

  it('is refused without a terminal, with a command that shares it', async () => {
    const { command } = await unlocked();
    const refused = await command.run(get, { env: none });
    expect(refused).toMatchObject({ code: 6, out: '' });
    expect(refused.err).toContain('does not let programs use that.');
    const at = `--data-dir ${command.dataDirectory}`;
    expect(refused.err).toContain(`Try: strongroom ${at} unlock --share\n`);
    expect(await command.ok(['names', 'environments'], { env: none })).toBe('');
    expect(await command.json(['status'], { env: none })).toEqual({
      version: expect.anything() as string,
      running: true,
      host: 'desktop',
      dataDirectory: command.dataDirectory,
      protection: 'passphrase',
      locked: false,
      shared: false,
    });
    const share = ['unlock', '--share'];
    expect((await command.run(share, { env: none })).code).toBe(6);
    expect(await command.run(share)).toMatchObject({
      code: 0,
      err: 'Strongroom is unlocked. Programs use the unlock of the app from now on.\n',
    });
    expect(await command.ok(get, { env: none })).toBe('x');
    expect(await command.json(['unlock', '--no-share'], { env: none })).toMatchObject({
      shared: false,
    });
    expect((await command.run(get, { env: none })).code).toBe(6);
  });

  it('shares it once a command has said so while the app was closed', async () => {
    const command = machine();
    await filled(command);
    await command.ok(['unlock', '--share']);
    const core = await openApp(command);
    await core.security.unlock(PASSPHRASE);
    expect(await command.ok(get, { env: none })).toBe('x');
  });
});

describe('strongroom open', () => {
  it('runs the app with the data directory, and ends as it does', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(
      join(cwd, 'browser.js'),
      'require("node:fs").writeFileSync("args", process.argv.slice(2).join(" ")); process.exit(3);',
    );
    const command = new TestCommand({ cwd, programs: pathToFileURL(`${cwd}/`) });
    expect((await command.run(['open'])).code).toBe(3);
    expect(readFileSync(join(cwd, 'args'), 'utf8')).toBe(
      `--open --data-dir=${command.dataDirectory}`,
    );
  });

  it('opens nothing if the app is open', async () => {
    const command = new TestCommand();
    await openApp(command);
    expect(await command.run(['open'])).toMatchObject({
      code: 0,
      err: 'Strongroom is already open.\n',
    });
  });
});

describe('the command line', () => {
  it('refuses what it does not know, and suggests what it does', async () => {
    const command = new TestCommand();
    expect(await command.run(['secert', 'list'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('Did you mean') as string,
    });
    expect(await command.run(['secret', 'list', '--vales'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('Did you mean --values?') as string,
    });
    expect(await command.run(['secret'])).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('Usage: strongroom secret') as string,
    });
  });

  it('prints a failure as one line of JSON on standard error with --json', async () => {
    const command = await commandWith('production');
    const { code, out, err } = await command.run(['secret', 'get', 'NONE', '--json']);
    expect([code, out]).toEqual([4, '']);
    expect(JSON.parse(err)).toEqual({
      error: expect.objectContaining({ code: 'NO_SUCH_VARIABLE', exitCode: 4 }) as unknown,
    });
  });

  it('complains in JSON about the command line too', async () => {
    const command = new TestCommand();
    for (const [args, message] of [
      [['secret', 'list', '--vales'], "Unknown option '--vales' (Did you mean --values?)"],
      [['secret'], 'A command is missing.'],
    ] as const) {
      const { code, out, err } = await command.run([...args, '--json']);
      expect([code, out]).toEqual([3, '']);
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'INVALID_INPUT', message } });
    }
  });

  it('ends quietly if nobody reads its output', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    const lines = [
      'secret get KEY',
      '--help',
      'secret --help',
      '--version',
      'secret --version',
      'connection set --help',
      'connection set hashicorp-vault --help',
      'guide',
      'export',
      'completion zsh',
      'env list',
      'status',
      'workspace list --json',
      'names environments',
    ];
    for (const line of lines) {
      const closed = new Writable({
        write: (_chunk, _encoding, done) => {
          done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        },
      });
      const ended = await command.run(line.split(' '), { stdout: closed });
      expect([line, ended.code, ended.err]).toEqual([line, 141, '']);
    }
  });

  it('says so if the data directory cannot be made', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'file'), '');
    const command = new TestCommand({ dataDirectory: join(cwd, 'file', 'data') });
    expect(await command.run(['env', 'list'])).toMatchObject({
      code: 7,
      err: expect.stringContaining('A part of the path is a file, not a folder.') as string,
    });
  });
});
