/**
 * The keychain of the operating system, through keytar. keytar is optional: it is loaded when it is first
 * needed, and if it cannot be loaded, there is no keychain.
 *
 * The system may never answer, such as a locked keyring whose prompt nobody sees. So every call has a
 * deadline, and there is only ever one call under way: one that was given up may still be answered.
 */
import { AppError, isAppError, type Remedy } from '@shared/errors';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { Keychain } from './keychain';
import { openKeytar, type Keytar, type OpenKeytar } from './keytar';

const SERVICE = 'Strongroom';

/** Written and removed again, to find out whether the keychain stores entries. */
const PROBE_ACCOUNT = 'availability-check';

/** Milliseconds. A probe must be quick; during any other call a person may have to type a password. */
const PROBE_DEADLINE = 5_000;
const CALL_DEADLINE = 60_000;

export interface OsKeychainOptions {
  readonly runtime?: Pick<Runtime, 'env' | 'wait'>;
  readonly platform?: NodeJS.Platform;
  readonly open?: () => Promise<OpenKeytar>;
  /** Milliseconds. */
  readonly probeDeadline?: number;
  readonly callDeadline?: number;
}

export interface OsKeychain extends Keychain {
  /**
   * Whether a call under way keeps this process from ending until the system answers. Always false if
   * this program is Node: then calls run in a child process.
   */
  holdsProcess(): boolean;
}

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

export const createOsKeychain = (options: OsKeychainOptions = {}): OsKeychain =>
  new KeytarKeychain(options);

class KeytarKeychain implements OsKeychain {
  readonly name: string;
  readonly #runtime: Pick<Runtime, 'env' | 'wait'>;
  readonly #platform: NodeJS.Platform;
  readonly #open: () => Promise<OpenKeytar>;
  readonly #probeDeadline: number;
  readonly #callDeadline: number;
  /** The call under way, even if nobody waits for it any more. Never rejects. */
  #underWay: Promise<unknown> = Promise.resolve();
  #holdsProcess = false;
  #closing = new AbortController();

  constructor({
    runtime = systemRuntime,
    platform = process.platform,
    open = () => openKeytar(runtime.env),
    probeDeadline = PROBE_DEADLINE,
    callDeadline = CALL_DEADLINE,
  }: OsKeychainOptions) {
    this.#runtime = runtime;
    this.#platform = platform;
    this.name = names[platform] ?? 'Secret Service';
    this.#open = open;
    this.#probeDeadline = probeDeadline;
    this.#callDeadline = callDeadline;
  }

  holdsProcess(): boolean {
    return this.#holdsProcess;
  }

  async probe(): Promise<void> {
    await this.#call(this.#probeDeadline, tryWriting);
  }

  get(account: string): Promise<string | null> {
    return this.#call(this.#callDeadline, async (keytar) => {
      const password = await keytar.getPassword(SERVICE, account);
      // A locked keyring answers that there is no such entry. Only writing shows that it is locked.
      if (password === null && isLinux(this.#platform)) await tryWriting(keytar);
      return password;
    });
  }

  set(account: string, password: string): Promise<void> {
    return this.#call(this.#callDeadline, (keytar) =>
      keytar.setPassword(SERVICE, account, password),
    );
  }

  async delete(account: string): Promise<void> {
    await this.#call(this.#callDeadline, (keytar) => keytar.deletePassword(SERVICE, account));
  }

  close(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
  }

  async #call<T>(deadline: number, work: (keytar: Keytar) => Promise<T>): Promise<T> {
    let isGivenUp = false;
    const result = this.#underWay.then(() => {
      // Nobody waits for the result any more, and a late write could replace something newer.
      if (isGivenUp) throw noAnswer(this.#platform, deadline);
      return this.#withKeytar(work);
    });
    this.#underWay = result.catch(() => undefined);

    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, this.#closing.signal]);
    const giveUp = (): never => {
      isGivenUp = true;
      throw noAnswer(this.#platform, deadline);
    };
    const timeout = this.#runtime.wait(deadline, signal).then(giveUp, giveUp);
    try {
      return await Promise.race([result, timeout]);
    } catch (error) {
      throw isAppError(error) ? error : explain(error, this.#platform);
    } finally {
      answered.abort();
    }
  }

  async #withKeytar<T>(work: (keytar: Keytar) => Promise<T>): Promise<T> {
    const { keytar, holdsProcess, close } = await this.#open().catch((error: unknown) => {
      throw explainLoading(error, this.#platform);
    });
    this.#holdsProcess = holdsProcess;
    try {
      return await work(keytar);
    } finally {
      this.#holdsProcess = false;
      close();
    }
  }
}

/** Writes a meaningless entry and removes it: reading also works in keyrings that store nothing. */
async function tryWriting(keytar: Keytar): Promise<void> {
  await keytar.setPassword(SERVICE, PROBE_ACCOUNT, 'probe');
  await keytar.deletePassword(SERVICE, PROBE_ACCOUNT);
}

const isModuleMissing = (error: unknown): boolean =>
  /Cannot find module '[^']*keytar'/.test(messageOf(error));

const failed = (message: string, hint: string, cause?: unknown, remedy?: Remedy): AppError =>
  new AppError('KEYCHAIN_FAILED', { message, hint, remedy, cause });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

const isLinux = (platform: NodeJS.Platform): boolean =>
  platform !== 'darwin' && platform !== 'win32';

function explainLoading(error: unknown, platform: NodeJS.Platform): AppError {
  const message = messageOf(error);
  if (isLinux(platform) && message.includes('libsecret')) {
    return failed(
      'The library libsecret, which reaches the Secret Service, is not installed.',
      'Install it (Debian and Ubuntu: libsecret-1-0; Fedora and Arch: libsecret), then try again.',
      error,
    );
  }
  if (isModuleMissing(error)) {
    return failed(
      'The module “keytar”, which reaches the keychain, is not installed.',
      'Run “npm install” again: the module is optional, and was not installed.',
      error,
    );
  }
  return failed(
    'The module “keytar”, which reaches the keychain, does not run on this system.',
    'Choose a passphrase, or have credentials forgotten when you quit.',
    error,
    { open: 'protection' },
  );
}

function noAnswer(platform: NodeJS.Platform, deadline: number): AppError {
  const seconds = String(Math.max(1, Math.round(deadline / 1000)));
  return isLinux(platform)
    ? failed(
        `The keyring did not answer within ${seconds} seconds. It is most likely locked, and waits for its password.`,
        'Unlock it, then try again.',
      )
    : failed(
        `The keychain did not answer within ${seconds} seconds. It most likely waits for your permission or your password.`,
        'Look for its window, answer it, then try again.',
      );
}

/** The patterns are texts of libsecret, GLib and GNOME Keyring, which contain no secrets. */
const linuxCauses: readonly { pattern: RegExp; message: string; hint: string }[] = [
  {
    pattern:
      /autolaunch D-Bus|Address element|Unknown or unsupported transport|dbus-launch|Could not connect|DBUS_SESSION_BUS_ADDRESS|session bus/i,
    message: 'There is no D-Bus session bus, so the Secret Service cannot be reached.',
    hint: 'Start Strongroom from a desktop session, or under “dbus-run-session”.',
  },
  {
    pattern: /org\.freedesktop\.secrets.*(not provided|not found|not activatable)|ServiceUnknown/i,
    message: 'No Secret Service is running.',
    hint: 'Install and start one: GNOME Keyring, KWallet or KeePassXC.',
  },
  {
    pattern: /does not exist at path.*\/collection|No such (secret )?collection|no default/i,
    message: 'The Secret Service is running, but has no keyring to keep a key in.',
    hint: 'Create a default keyring, for instance with “Passwords and Keys” (seahorse) or KWallet.',
  },
  {
    pattern: /locked|dismissed|cancel/i,
    message: 'The keyring is locked.',
    hint: 'Unlock it, then try again.',
  },
];

function explain(error: unknown, platform: NodeJS.Platform): AppError {
  const text = messageOf(error);
  if (isLinux(platform)) {
    const known = linuxCauses.find(({ pattern }) => pattern.test(text));
    return known === undefined
      ? failed('The Secret Service refused.', 'Check that its keyring is unlocked.', error)
      : failed(known.message, known.hint, error);
  }
  return failed(
    `The ${platform === 'darwin' ? 'macOS Keychain' : 'Windows Credential Manager'} refused.`,
    'Unlock your keychain and allow Strongroom to use it, then try again.',
    error,
  );
}
