/** The command as its own process, alone and beside an app. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startIdentityCenter } from '@test/servers/aws/identity-center';
import { buildChild, buildForChild, type Child } from '@test/support/child-process';
import { TestCommand } from '@test/support/command';
import { startTestAws, startTestVault } from '@test/support/core';
import { deferred } from '@test/support/deferred';
import { freePort } from '@test/support/free-port';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { noPseudoTerminal, openPseudoTerminal } from '@test/support/pseudo-terminal';
import { isWhole } from '@test/support/size';
import { temporaryDirectory } from '@test/support/temporary-directory';

const removals: (() => Promise<void>)[] = [];
const atEnd = (remove: () => Promise<void>) => removals.push(remove);
let program: string;
let startApp: (args: readonly string[]) => Child;
/** A folder with a passphrase and a data directory, to be copied: each use of a passphrase takes its time. */
let model: string;

beforeAll(async () => {
  program = fileURLToPath(await buildForChild(new URL('bin.ts', import.meta.url), { atEnd }));
  const agent = new URL('../../test/support/children/agent.ts', import.meta.url);
  startApp = await buildChild(agent, atEnd);
  model = mkdtempSync(join(tmpdir(), 'strongroom-model-'));
  atEnd(async () => rmSync(model, { recursive: true }));
  writeFileSync(join(model, 'passphrase'), 'correct horse battery');
  const command = commandIn(model);
  await command.ok(['env', 'create', 'production']);
  await command.ok(['env', 'use', 'production']);
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

/** A data directory with a passphrase, so that no process asks the keychain of this computer. */
function prepared(): TestCommand {
  const cwd = temporaryDirectory();
  cpSync(model, cwd, { recursive: true });
  return commandIn(cwd);
}

function commandIn(cwd: string): TestCommand {
  const keychain = new MemoryKeychain();
  keychain.problem = 'There is none.';
  const env = { STRONGROOM_PASSPHRASE_FILE: join(cwd, 'passphrase') };
  return new TestCommand({ dataDirectory: join(cwd, 'data'), cwd, keychain, env });
}

function start(
  { dataDirectory, cwd }: TestCommand,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  const env = { ...process.env, STRONGROOM_PASSPHRASE_FILE: join(cwd, 'passphrase') };
  const child = spawn(
    process.execPath,
    [...nodeOptions, program, '--data-dir', dataDirectory, ...args],
    { cwd, env },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function endOf(child: ChildProcessWithoutNullStreams, stdin = ''): Promise<Ended> {
  child.stdin.end(stdin);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, out, err };
}

describe('strongroom as a process', () => {
  it('sets and gets a value, through pipes, and ends by itself', async () => {
    const command = prepared();
    const created = start(command, ['secret', 'create', 'KEY', '--value', '-']);
    expect(await endOf(created, 'two\nlines\n')).toEqual({
      code: 0,
      out: '',
      err: 'Created KEY in “production”.\n',
    });
    expect(await endOf(start(command, ['secret', 'get', 'KEY']))).toEqual({
      code: 0,
      out: 'two\nlines',
      err: '',
    });
  });

  it('never asks through a pipe', async () => {
    const command = prepared();
    const ended = await endOf(start(command, ['secret', 'create', 'KEY']));
    expect(ended).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no terminal to ask on') as string,
    });
  });

  it('ends quietly if the reader of its output has gone', async () => {
    const command = prepared();
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    const child = start(command, ['export']);
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    expect([code, err]).toEqual([141, '']);
  });

  describe.skipIf(process.platform === 'win32')('that is ended by a signal', () => {
    /** Starts a command, and holds a request to its provider until the test has ended. */
    async function held(method: string, args: readonly string[]) {
      const vault = await startTestVault();
      const command = prepared();
      const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
      await command.ok(set, { stdin: vault.rootToken });
      await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
      await command.ok(['env', 'link', 'production']);
      const { promise, resolve } = deferred();
      onTestFinished(resolve);
      const match = { method, path: /data\/production$/ };
      const request = vault.faults.add({ match, until: promise });
      const child = start(command, args);
      // Ended at once: a value may come from it.
      const ended = endOf(child, 'new');
      await request.reached;
      return { child, ended };
    }

    it('ends its call and itself on Ctrl+C, and says so', async () => {
      const { child, ended } = await held('GET', ['secret', 'get', 'KEY']);
      child.kill('SIGINT');
      expect(await ended).toMatchObject({
        code: 130,
        out: '',
        err: expect.stringContaining('Cancelled.') as string,
      });
    });

    it('says that a write may have been saved', async () => {
      const { child, ended } = await held('POST', ['secret', 'update', 'KEY', '--value', '-']);
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({
        code: 143,
        err: expect.stringContaining('The change may have been saved.') as string,
      });
    });
  });

  it('loads neither the core nor what it is built on for help and completion', async () => {
    const command = prepared();
    const hook =
      'export async function load(url, context, next) { process._rawDebug(`loads ${url}`); return next(url, context); }';
    const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
    const withHook = ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
    for (const args of [['--help'], ['secret', 'create', '--help'], ['completion', 'bash']]) {
      const { code, out, err } = await endOf(start(command, args, withHook));
      expect(code).toBe(0);
      expect(out).not.toBe('');
      const loaded = err.split('\n').filter((line) => line.startsWith('loads '));
      expect(loaded.some((line) => line.includes('commander'))).toBe(true);
      expect(loaded.filter((line) => /zod|orpc|clack|libsql|aws|chunks\/core/.test(line))).toEqual(
        [],
      );
    }
  });
});

describe.skipIf(noPseudoTerminal !== undefined)(
  `a question in a pseudo-terminal${noPseudoTerminal === undefined ? '' : `: ${noPseudoTerminal}`}`,
  () => {
    const asking = async () => {
      const { dataDirectory } = prepared();
      const words = [
        process.execPath,
        program,
        '--data-dir',
        dataDirectory,
        'secret',
        'create',
        'NEW',
      ];
      const terminal = await openPseudoTerminal(words, {
        ...process.env,
        NO_COLOR: '1',
        STRONGROOM_PASSPHRASE_FILE: '',
      });
      await terminal.until('Passphrase');
      return { terminal, dataDirectory };
    };

    it('shows nothing of the answer, and is one line in a terminal without a size', async () => {
      const { terminal } = await asking();
      terminal.write('correct horse battery\r');
      await terminal.until('Value of NEW');
      terminal.write('a value\r');
      expect(await terminal.ended).toBe(0);
      expect(terminal.shown()).toContain('Created NEW in “production”.');
      for (const typed of ['correct', 'a value']) expect(terminal.shown()).not.toContain(typed);
    });

    it('ends with 130 on Ctrl+C', async () => {
      const { terminal } = await asking();
      terminal.write('\x03');
      expect(await terminal.ended).toBe(130);
      expect(terminal.shown()).toContain('Nothing was changed.');
    });

    it('ends by SIGHUP when the terminal is closed, and lets go of the data', async () => {
      const { terminal, dataDirectory } = await asking();
      terminal.hangUp();
      expect(await terminal.ended).toBe(129);
      expect(existsSync(join(dataDirectory, 'holder.json'))).toBe(false);
    });
  },
);

describe.skipIf(noPseudoTerminal !== undefined)(
  `a sign-in in a pseudo-terminal${noPseudoTerminal === undefined ? '' : `: ${noPseudoTerminal}`}`,
  () => {
    const opened = (command: TestCommand, env: NodeJS.ProcessEnv, args: readonly string[]) =>
      openPseudoTerminal(
        [process.execPath, program, '--data-dir', command.dataDirectory, ...args],
        {
          ...process.env,
          ...env,
          NO_COLOR: '1',
          STRONGROOM_PASSPHRASE_FILE: join(command.cwd, 'passphrase'),
        },
      );
    /** The page that a terminal names. */
    const pageIn = (shown: string): string => /https?:\/\/[^\s]+/.exec(shown)?.[0] ?? '';

    it('with IAM Identity Center, with a code; and a command says when it has ended', async () => {
      const aws = await startTestAws();
      aws.put('production', '{"A":"1"}');
      const keys = () => aws.accessKey({ sessionToken: true });
      const center = await startIdentityCenter({ keys });
      onTestFinished(() => center.close());
      const command = prepared();
      const settings = {
        region: 'us-east-1',
        endpoint: aws.endpoint,
        authentication: 'sso',
        'sso-start-url': center.startUrl,
        'sso-region': 'us-east-1',
        'sso-account': '123456789012',
        'sso-role': 'Developer',
      };
      const set = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
      const terminal = await opened(command, center.env, [
        'connection',
        'set',
        'aws-secrets-manager',
        ...set,
      ]);
      await terminal.until('Go on only if it shows this code: ABCD-EFGH');
      expect(terminal.shown()).toContain('Open this page in your browser:');
      await fetch(pageIn(terminal.shown()));
      expect(await terminal.ended).toBe(0);
      expect(terminal.shown()).toContain('AWS Secrets Manager is set up');
      const env = center.env;

      center.revoke();
      const { err } = await command.run(['pull'], { env });
      expect(err).toContain('The sign-in to IAM Identity Center has ended.');
      expect(err).toMatch(/^Try: strongroom .*connection sign-in$/m);
      const again = await opened(command, env, ['connection', 'sign-in']);
      await again.until('ABCD-EFGH');
      await fetch(pageIn(again.shown()));
      expect(await again.ended).toBe(0);
      expect(again.shown()).toContain('Signed in to AWS Secrets Manager.');
      expect((await command.run(['pull'], { env })).code).toBe(0);
    });

    it('by OIDC of Vault, which comes back to this computer; Ctrl+C gives up', async () => {
      const vault = await startTestVault();
      const port = String(await freePort());
      vault.oidcRole({
        name: 'people',
        policies: ['root'],
        redirects: [`http://localhost:${port}/oidc/callback`],
      });
      const command = prepared();
      const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url];
      const args = [...set, '--authentication', 'oidc', '--callback-port', port];
      const given = await opened(command, {}, args);
      await given.until('Open this page in your browser:');
      given.write('\x03');
      expect(await given.ended).toBe(130);

      const terminal = await opened(command, {}, args);
      await terminal.until('/authorize');
      await terminal.until('\n');
      await fetch(pageIn(terminal.shown()));
      expect(await terminal.ended).toBe(0);
      expect((await command.run(['test'])).code).toBe(0);
    });
  },
);

const names = Array.from({ length: isWhole ? 8 : 4 }, (_, n) => `KEY_${String(n)}`);

/** Creates all these variables at once. Returns the names of those that were created, and of those that are there. */
async function createAtOnce(
  command: TestCommand,
): Promise<{ readonly created: readonly string[]; readonly found: readonly string[] }> {
  const ended = await Promise.all(
    names.map((name) => endOf(start(command, ['secret', 'create', name, '--value', '-']), name)),
  );
  // In between, another command has saved, or has had the data for longer than commands wait.
  const refusals = ended.filter(({ code }) => code !== 0).map(({ code }) => code);
  expect(refusals.filter((code) => code !== 5 && code !== 7)).toEqual([]);
  const created = names.filter((_, n) => ended[n]?.code === 0);
  const listed = (await command.json(['secret', 'list'])) as {
    readonly variables: readonly { readonly key: string }[];
  };
  const keys = listed.variables.map(({ key }) => key).filter((key) => key.startsWith('KEY_'));
  for (const name of created) expect(await command.ok(['secret', 'get', name])).toBe(name);
  return { created, found: keys.toSorted() };
}

it('loses nothing if several run at once', async () => {
  const { created, found } = await createAtOnce(prepared());
  expect(created).not.toEqual([]);
  expect(found).toEqual(created);
});

describe.skipIf(process.platform === 'win32')('strongroom beside an app', () => {
  it('loses nothing if several run at once', async () => {
    const keychain = new MemoryKeychain();
    const command = new TestCommand({ keychain });
    await command.ok(['env', 'create', 'production']);
    await command.ok(['env', 'use', 'production']);
    await command.ok(['secret', 'create', 'FIRST', '--value', '-'], { stdin: '1' });
    const { dataDirectory } = command;
    const order = { as: 'app', dataDirectory, keychain: [...keychain.entries], keeps: 600_000 };
    const app = startApp([JSON.stringify(order)]);
    expect(await app.line()).toBe('open');
    const { created, found } = await createAtOnce(command);
    expect(created).not.toEqual([]);
    expect(found).toEqual(created);
    app.kill('SIGKILL');
    await app.ended;
  });

  it('uses the core of the app, and both see each other’s changes', async () => {
    const keychain = new MemoryKeychain();
    const command = new TestCommand({ keychain });
    await command.ok(['env', 'create', 'production']);
    await command.ok(['env', 'use', 'production']);
    // Now there is a key, which the app gets with its keychain.
    await command.ok(['secret', 'create', 'FIRST', '--value', '-'], { stdin: '1' });
    const order = {
      as: 'app',
      dataDirectory: command.dataDirectory,
      keychain: [...keychain.entries],
      keeps: 600_000,
    };
    const app = startApp([JSON.stringify(order)]);
    expect(await app.line()).toBe('open');
    const created = start(command, ['secret', 'create', 'KEY', '--value', '-']);
    expect(await endOf(created, 'x')).toMatchObject({ code: 0 });
    const status = await endOf(start(command, ['status', '--json']));
    expect(JSON.parse(status.out)).toMatchObject({ running: true, host: 'browser' });
    app.kill('SIGKILL');
    await app.ended;
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('x');
  });
});
