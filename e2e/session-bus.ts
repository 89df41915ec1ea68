/** A separate session with an unlocked GNOME Keyring, for tests that need a keychain on Linux. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findOnPath } from '../scripts/lib/processes.mjs';

export interface SessionBus {
  /** The environment variables with which a process finds this keyring, and no other. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const programs = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'] as const;

/** The programs that are missing for a session bus; empty if a bus can be started. */
export const missingForSessionBus = (): readonly string[] =>
  process.platform === 'linux'
    ? programs.filter((program) => findOnPath(program) === undefined)
    : [`a Linux to run ${programs.join(', ')} on`];

const execute = promisify(execFile);

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('The program has no standard output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${child.spawnfile} ended without a word.`);
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGTERM');
  await ended;
};

/** Resolves when the keyring provides the Secret Service; before that, D-Bus would start a locked keyring. */
async function secretServiceIsUp(env: Readonly<Record<string, string>>): Promise<void> {
  const question = [
    '--session',
    '--print-reply=literal',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.freedesktop.secrets',
  ];
  const deadline = Date.now() + 15_000;
  for (;;) {
    const { stdout } = await execute('dbus-send', question, { env });
    if (stdout.includes('boolean true')) return;
    if (Date.now() > deadline) throw new Error('GNOME Keyring did not come up.');
  }
}

export async function startSessionBus(): Promise<SessionBus> {
  const home = await mkdtemp(join(tmpdir(), 'strongroom-session-'));
  const runtime = join(home, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const session = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: runtime,
  };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
    env: session,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const env = { ...session, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus) };
  const keyring = spawn(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets'],
    { env, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  keyring.stdin.end('the password of the keyring');
  const stop = async (): Promise<void> => {
    await stopped(keyring);
    await stopped(bus);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await secretServiceIsUp(env);
  } catch (error) {
    await stop();
    throw error;
  }
  return { env: { DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS }, stop };
}
