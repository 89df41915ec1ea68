import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { errorTable } from '@shared/errors';
import { childOfAll, type ChildOptions } from '@test/support/child-process';
import { temporaryDirectory } from '@test/support/temporary-directory';
import type { Keytar, OpenKeytar } from './keytar';
import { createOsKeychain } from './os-keychain';
import type { CallOutcome, KeychainCall, KeytarIn } from '@test/support/children/os-keychain';

// Starting a session bus and a keyring takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const children = new URL('../../../test/support/children/', import.meta.url);
const startCalls = childOfAll(new URL('os-keychain.ts', children));
const startStore = childOfAll(new URL('credential-store.ts', children));

/** A keytar that works. */
function workingKeytar(): Keytar & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    getPassword: async (service, account) => entries.get(`${service} ${account}`) ?? null,
    setPassword: async (service, account, password) => {
      entries.set(`${service} ${account}`, password);
    },
    deletePassword: async (service, account) => entries.delete(`${service} ${account}`),
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

const failing = (message: string): Keytar => {
  const fail = (): Promise<never> => Promise.reject(new Error(message));
  return { getPassword: fail, setPassword: fail, deletePassword: fail };
};

/** Opens this keytar, as one in this process. */
const opens = (keytar: Keytar) =>
  vi.fn<() => Promise<OpenKeytar>>(() =>
    Promise.resolve({ keytar, holdsProcess: true, close: () => undefined }),
  );

const withKeytar = (
  keytar: Keytar,
  platform: NodeJS.Platform = 'linux',
): ReturnType<typeof createOsKeychain> =>
  createOsKeychain({
    platform,
    open: opens(keytar),
    probeDeadline: 50,
    callDeadline: 50,
  });

const keychainFailed = (message: RegExp, hint = /./): object =>
  expect.objectContaining({
    code: 'KEYCHAIN_FAILED',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('the keychain of the operating system', () => {
  it.each([
    ['darwin', 'macOS Keychain'],
    ['win32', 'Windows Credential Manager'],
    ['linux', 'Secret Service'],
  ] as const)('on %s is called %s', (platform, name) => {
    expect(createOsKeychain({ platform }).name).toBe(name);
  });

  it('is opened when it is used, and closed after each call', async () => {
    const close = vi.fn<() => void>();
    const open = vi.fn<() => Promise<OpenKeytar>>(() =>
      Promise.resolve({ keytar: workingKeytar(), holdsProcess: false, close }),
    );
    const keychain = createOsKeychain({ open });
    expect(open).not.toHaveBeenCalled();
    await keychain.probe();
    await keychain.probe();
    expect(open).toHaveBeenCalledTimes(2);
    expect(close).toHaveBeenCalledTimes(2);
  });

  it('keeps entries under the name of the app, and leaves nothing of a probe', async () => {
    const keytar = workingKeytar();
    const keychain = withKeytar(keytar);
    await expect(keychain.get('a')).resolves.toBeNull();
    await keychain.set('a', 'password');
    await keychain.probe();
    expect([...keytar.entries]).toEqual([['Strongroom a', 'password']]);
    await expect(keychain.get('a')).resolves.toBe('password');
    await keychain.delete('a');
    await keychain.delete('a');
    expect(keytar.entries.size).toBe(0);
  });

  it('reads nothing to find out whether it works', async () => {
    const keytar = { ...workingKeytar(), getPassword: vi.fn<Keytar['getPassword']>(never) };
    await withKeytar(keytar).probe();
    expect(keytar.getPassword).not.toHaveBeenCalled();
  });

  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', /no D-Bus session bus/, /dbus-run-session/],
    ['Could not connect: No such file or directory', /no D-Bus session bus/, /dbus-run-session/],
    [
      'Failed to execute child process “dbus-launch” (No such file or directory)',
      /no D-Bus session bus/,
      /dbus-run-session/,
    ],
    [
      'The name org.freedesktop.secrets was not provided by any .service files',
      /No Secret Service is running/,
      /GNOME Keyring, KWallet/,
    ],
    [
      'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
      /no keyring to keep a key in/,
      /default keyring/,
    ],
    ['Cannot create an item in a locked collection', /keyring is locked/, /Unlock it/],
    ['Prompt was dismissed', /keyring is locked/, /Unlock it/],
    ['Something unheard of', /Secret Service refused/, /unlocked/],
  ])('says what “%s” means', async (said, message, hint) => {
    const keychain = withKeytar(failing(said));
    await expect(keychain.probe()).rejects.toThrow(keychainFailed(message, hint));
    await expect(keychain.set('a', 'b')).rejects.toThrow(keychainFailed(message, hint));
  });

  it.each([
    ['darwin', /macOS Keychain refused/],
    ['win32', /Windows Credential Manager refused/],
  ] as const)('says who refused on %s', async (platform, message) => {
    const keychain = withKeytar(failing('The user name or passphrase is wrong.'), platform);
    await expect(keychain.get('a')).rejects.toThrow(keychainFailed(message));
  });

  it.each([
    ["Cannot find module 'keytar'", /not installed/, /npm install/],
    [
      'libsecret-1.so.0: cannot open shared object file: No such file or directory',
      /libsecret.*not installed/,
      /libsecret-1-0/,
    ],
    ['Failed to load keytar native addon', /does not run on this system/, /passphrase/],
  ])('says what is missing when “%s”', async (said, message, hint) => {
    const open = opens(workingKeytar()).mockRejectedValueOnce(new Error(said));
    const keychain = createOsKeychain({ platform: 'linux', open });
    await expect(keychain.probe()).rejects.toThrow(keychainFailed(message, hint));
    // It may have been installed since.
    await expect(keychain.probe()).resolves.toBeUndefined();
  });

  it('tells a locked keyring from a missing entry, where the system does not', async () => {
    const locked = {
      ...failing('Cannot create an item in a locked collection'),
      getPassword: () => Promise.resolve(null),
    };
    await expect(withKeytar(locked).get('a')).rejects.toThrow(keychainFailed(/is locked/));
    await expect(withKeytar(locked, 'darwin').get('a')).resolves.toBeNull();
  });
});

describe('a keychain that does not answer', () => {
  it.each([
    [true, 'in this process'],
    [false, 'in a child process'],
  ])('holds the process: %s, if it is used %s', async (holdsProcess) => {
    let answer: (value: string) => void = () => undefined;
    const getPassword = (): Promise<string> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const keytar = { ...workingKeytar(), getPassword };
    const keychain = createOsKeychain({
      open: () => Promise.resolve({ keytar, holdsProcess, close: () => undefined }),
      callDeadline: 50,
    });
    expect(keychain.holdsProcess()).toBe(false);
    await expect(keychain.get('a')).rejects.toThrow(keychainFailed(/did not answer/));
    expect(keychain.holdsProcess()).toBe(holdsProcess);
    answer('late');
    await keychain.probe();
    expect(keychain.holdsProcess()).toBe(false);
  });

  it.each([
    ['linux', /keyring did not answer.*locked/],
    ['darwin', /keychain did not answer.*permission/],
  ] as const)('is given up on %s, with a likely reason', async (platform, message) => {
    const keychain = withKeytar(
      { getPassword: never, setPassword: never, deletePassword: never },
      platform,
    );
    await expect(keychain.probe()).rejects.toThrow(keychainFailed(message));
    await expect(keychain.get('a')).rejects.toThrow(keychainFailed(message));
  });

  it('is given up at once when it is closed', async () => {
    const keychain = createOsKeychain({ open: opens({ ...workingKeytar(), getPassword: never }) });
    const call = keychain.get('a');
    keychain.close();
    await expect(call).rejects.toThrow(keychainFailed(/did not answer/));
  });

  it('gets one call at a time, and none that nobody waits for any more', async () => {
    let answer: (value: string) => void = () => undefined;
    const keytar = {
      ...workingKeytar(),
      getPassword: vi.fn<Keytar['getPassword']>(
        () =>
          new Promise<string>((resolve) => {
            answer = resolve;
          }),
      ),
      setPassword: vi.fn<Keytar['setPassword']>(() => Promise.resolve()),
    };
    const keychain = withKeytar(keytar);
    await expect(keychain.get('a')).rejects.toThrow(keychainFailed(/did not answer/));
    await expect(keychain.set('a', 'stale')).rejects.toThrow(keychainFailed(/did not answer/));
    expect(keytar.setPassword).not.toHaveBeenCalled();
    answer('late');
    await keychain.set('a', 'fresh');
    expect(keytar.setPassword.mock.calls).toEqual([['Strongroom', 'a', 'fresh']]);
  });
});

function canLoadKeytar(): boolean {
  try {
    createRequire(import.meta.url)('keytar');
    return true;
  } catch {
    return false;
  }
}

const keytarLoads = process.platform === 'linux' && canLoadKeytar();
const commandExists = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const hasKeyring = keytarLoads && ['dbus-run-session', 'gnome-keyring-daemon'].every(commandExists);

interface CallsOptions extends ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly deadline?: number;
  readonly keytarIn?: KeytarIn;
}

/** Runs calls in a separate process, and returns their outcomes and how the process ended. */
async function runCalls(
  calls: readonly KeychainCall[],
  { deadline = 20_000, keytarIn = 'child', ...rest }: CallsOptions,
): Promise<{ outcomes: CallOutcome[]; end: number | NodeJS.Signals }> {
  const running = startCalls([JSON.stringify(calls), String(deadline), keytarIn], rest);
  const outcomes: CallOutcome[] = [];
  while (outcomes.length < calls.length) {
    const line = await running.line();
    if (line.startsWith('{')) outcomes.push(JSON.parse(line) as CallOutcome);
  }
  return { outcomes, end: await running.ended };
}

/** A new home directory, and no variable of the session that the tests run in. */
function environment(home: string): NodeJS.ProcessEnv {
  const runtime = join(home, 'runtime');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
}

describe.skipIf(!keytarLoads)('without a Secret Service', () => {
  it.each([
    ['no session bus', {}],
    ['a session bus that is not there', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
    ['a bus address that is none', { DBUS_SESSION_BUS_ADDRESS: 'nonsense' }],
  ])('%s is found out at once', async (_, bus) => {
    const env = { ...environment(temporaryDirectory()), ...bus };
    const { outcomes, end } = await runCalls([['probe'], ['get', 'a'], ['set', 'a', 'b']], { env });
    for (const { error, milliseconds } of outcomes) {
      expect(error).toMatchObject({
        code: 'KEYCHAIN_FAILED',
        message: expect.stringMatching(/no D-Bus session bus/),
      });
      expect(milliseconds).toBeLessThan(2000);
    }
    expect(end).toBe(0);
  });

  it.each([
    ['child', 0],
    // The host of this child kills it: see `endDespite`.
    ['process', 'SIGKILL'],
  ] as const)('a bus that never answers does not keep the app open: %s', async (keytarIn, end) => {
    const directory = temporaryDirectory();
    const server = createServer(() => undefined).listen(join(directory, 'bus'));
    onTestFinished(() => {
      server.close();
    });
    const env = {
      ...environment(directory),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(directory, 'bus')}`,
    };
    const run = await runCalls([['probe'], ['get', 'a']], { env, deadline: 1000, keytarIn });
    for (const { error, milliseconds } of run.outcomes) {
      expect(error).toMatchObject({
        code: 'KEYCHAIN_FAILED',
        message: expect.stringMatching(/did not answer within 1 seconds/),
      });
      expect(milliseconds).toBeLessThan(5000);
    }
    expect(run.end).toBe(end);
  });
});

describe.skipIf(!hasKeyring)('with GNOME Keyring', () => {
  const session = (start: string): string[] => [
    'dbus-run-session',
    '--',
    'sh',
    '-c',
    `${start} >/dev/null 2>&1; exec "$@"`,
    'sh',
  ];
  const unlocked = session('printf password | gnome-keyring-daemon --unlock --components=secrets');
  const locked = session('gnome-keyring-daemon --start --components=secrets');

  it('keeps an entry, also for the next session', async () => {
    const env = environment(temporaryDirectory());
    const first = await runCalls(
      [['probe'], ['get', 'a'], ['set', 'a', 'one'], ['set', 'a', 'two'], ['get', 'a']],
      { env, prefix: unlocked },
    );
    expect(first.outcomes.map(({ result, error }) => error ?? result)).toEqual([
      null,
      null,
      null,
      null,
      'two',
    ]);
    const second = await runCalls(
      [
        ['get', 'a'],
        ['delete', 'a'],
        ['delete', 'a'],
        ['get', 'a'],
      ],
      {
        env,
        prefix: unlocked,
      },
    );
    expect(second.outcomes.map(({ result, error }) => error ?? result)).toEqual([
      'two',
      null,
      null,
      null,
    ]);
  });

  it('says that it is locked, rather than that an entry is missing', async () => {
    const env = environment(temporaryDirectory());
    await runCalls([['set', 'a', 'one']], { env, prefix: unlocked });
    const { outcomes } = await runCalls([['probe'], ['get', 'a'], ['set', 'a', 'b']], {
      env,
      prefix: locked,
    });
    for (const { error } of outcomes) {
      expect(error).toMatchObject({ code: 'KEYCHAIN_FAILED', message: 'The keyring is locked.' });
    }
    const again = await runCalls([['get', 'a']], { env, prefix: unlocked });
    expect(again.outcomes[0]?.result).toBe('one');
  });

  it('has the credentials back after a restart, and only with its keyring', async () => {
    const home = temporaryDirectory();
    const data = join(home, 'strongroom');
    const run = async (args: readonly string[], options: ChildOptions): Promise<string> => {
      const running = startStore([data, ...args], options);
      for (;;) {
        const line = await running.line();
        if (line.startsWith('credential: ')) {
          await running.ended;
          return line.slice('credential: '.length);
        }
      }
    };
    const env = environment(home);
    expect(await run([], { env })).toBe('none');
    expect(await run(['hvs.too-early'], { env })).toBe('KEY_CHOICE_NEEDED');
    expect(await run(['hvs.stored'], { env, prefix: unlocked })).toBe('hvs.stored');
    expect(await run([], { env, prefix: unlocked })).toBe('hvs.stored');
    expect(await run([], { env, prefix: locked })).toBe('KEYCHAIN_FAILED');
    expect(await run([], { env })).toBe('KEYCHAIN_FAILED');
    expect(await run([], { env: environment(join(home, 'other')), prefix: unlocked })).toBe(
      'KEY_MISSING',
    );
    expect(await run([], { env, prefix: unlocked })).toBe('hvs.stored');
  });

  it('says when it has no keyring yet', async () => {
    const env = environment(temporaryDirectory());
    const { outcomes } = await runCalls([['probe']], { env, prefix: locked });
    expect(outcomes[0]?.error?.message).toMatch(/has no keyring to keep a key in/);
  });

  it('says when no Secret Service is there', async () => {
    const home = temporaryDirectory();
    const configuration = join(home, 'bus.conf');
    writeFileSync(
      configuration,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>session</type>
        <listen>unix:tmpdir=/tmp</listen>
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/>
          <allow eavesdrop="true"/>
          <allow own="*"/>
        </policy>
      </busconfig>`,
    );
    const { outcomes } = await runCalls([['probe']], {
      env: environment(home),
      prefix: ['dbus-run-session', `--config-file=${configuration}`, '--'],
    });
    expect(outcomes[0]?.error?.message).toBe('No Secret Service is running.');
    expect(outcomes[0]?.error?.hint).not.toBe(errorTable.KEYCHAIN_FAILED.hint);
  });
});
