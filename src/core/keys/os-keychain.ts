/**
 * The keychain of the operating system by way of keytar, which is optional: it is loaded at first use,
 * and where it cannot be, that is one more reason why there is no keychain.
 *
 * A call to keytar holds a thread of Node's pool until the system answers, which a locked keyring that
 * waits for its prompt may never do. So there is only ever one call under way, every call has a
 * deadline, and a call that is still waiting when the app quits does not keep it from quitting.
 */
import { createRequire } from 'node:module';
import { AppError, isAppError, type Remedy } from '@shared/errors';
import type { Keychain } from './keychain';

const SERVICE = 'Strongroom';

/** Written and removed again, to find out whether the keychain keeps anything. */
const PROBE_ACCOUNT = 'availability-check';

/** Milliseconds. Looking must be quick; a person may have to type a password before a real call. */
const PROBE_DEADLINE = 5_000;
const CALL_DEADLINE = 60_000;
const SUSPICIOUSLY_LONG = 1_000;

/** What is used of keytar. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

export interface OsKeychainOptions {
  readonly platform?: NodeJS.Platform;
  readonly load?: () => Promise<Keytar>;
  /** Milliseconds. */
  readonly probeDeadline?: number;
  readonly callDeadline?: number;
}

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

export const createOsKeychain = (options: OsKeychainOptions = {}): Keychain =>
  new OsKeychain(options);

class OsKeychain implements Keychain {
  readonly name: string;
  readonly #platform: NodeJS.Platform;
  readonly #load: () => Promise<Keytar>;
  readonly #probeDeadline: number;
  readonly #callDeadline: number;
  #keytar: Promise<Keytar> | undefined;
  /** The call under way, also one that was given up on. Never rejects. */
  #underWay: Promise<unknown> = Promise.resolve();

  constructor({
    platform = process.platform,
    load = loadKeytar,
    probeDeadline = PROBE_DEADLINE,
    callDeadline = CALL_DEADLINE,
  }: OsKeychainOptions) {
    this.#platform = platform;
    this.name = names[platform] ?? 'Secret Service';
    this.#load = load;
    this.#probeDeadline = probeDeadline;
    this.#callDeadline = callDeadline;
  }

  async probe(): Promise<void> {
    await this.#call(this.#probeDeadline, tryWriting);
  }

  get(account: string): Promise<string | null> {
    return this.#call(this.#callDeadline, async (keytar) => {
      const password = await keytar.getPassword(SERVICE, account);
      // A locked keyring says that there is no such entry. Only writing brings out that it is locked.
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

  async #call<T>(deadline: number, work: (keytar: Keytar) => Promise<T>): Promise<T> {
    const keytar = await this.#loaded();
    let isGivenUp = false;
    const result = this.#underWay.then(async () => {
      // Nobody waits for it any more, and running it late could overwrite something newer.
      if (isGivenUp) throw noAnswer(this.#platform, deadline);
      return whileRunning(() => work(keytar));
    });
    this.#underWay = result.catch(() => undefined);

    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isGivenUp = true;
        reject(noAnswer(this.#platform, deadline));
      }, deadline);
    });
    try {
      return await Promise.race([result, timeout]);
    } catch (error) {
      throw isAppError(error) ? error : explain(error, this.#platform);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One that could not be loaded is tried again: the library may have been installed meanwhile. */
  #loaded(): Promise<Keytar> {
    this.#keytar ??= this.#load().catch((error: unknown) => {
      this.#keytar = undefined;
      throw explainLoading(error, this.#platform);
    });
    return this.#keytar;
  }
}

/** Writes an entry that says nothing, and removes it: reading works in keyrings that keep nothing. */
async function tryWriting(keytar: Keytar): Promise<void> {
  await keytar.setPassword(SERVICE, PROBE_ACCOUNT, 'probe');
  await keytar.deletePassword(SERVICE, PROBE_ACCOUNT);
}

// Not named `require`: the bundler brings one of that name.
const requireModule = createRequire(import.meta.url);

async function loadKeytar(): Promise<Keytar> {
  try {
    return requireModule('keytar') as Keytar;
  } catch (error) {
    throw isModuleMissing(error) ? error : (nativeCause() ?? error);
  }
}

const isModuleMissing = (error: unknown): boolean =>
  /Cannot find module '[^']*keytar'/.test(messageOf(error));

/** keytar hides why its binary could not be loaded; asking for the binary itself tells. */
function nativeCause(): unknown {
  try {
    requireModule(`keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Node joins the threads of its pool when it exits, so a call that never ends would keep the process
 * for ever. Once one has taken suspiciously long the process ends the hard way, after everything else.
 */
async function whileRunning<T>(call: () => Promise<T>): Promise<T> {
  const endHard = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    process.once('exit', endHard);
  }, SUSPICIOUSLY_LONG);
  timer.unref();
  try {
    return await call();
  } finally {
    clearTimeout(timer);
    process.off('exit', endHard);
  }
}

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
      'Run “npm install” again: it is optional, and was left out.',
      error,
    );
  }
  return failed(
    'The module “keytar”, which reaches the keychain, does not run on this system.',
    'Choose a passphrase, or keep credentials only for this session.',
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

/** The texts are those of libsecret, GLib and GNOME Keyring; none of them holds anything secret. */
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
