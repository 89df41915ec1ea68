/**
 * keytar, the module that reaches the keychain of the operating system, and the process it runs in.
 *
 * A call to keytar holds a thread of Node's pool until the system answers, and a locked keyring that
 * waits for its prompt may never answer. Node waits for these threads when it exits, so such a call
 * keeps its process for ever. The core may be part of somebody else's program, so its calls run in a
 * child process. A child is possible only if this program is Node: Electron and single executables would
 * start themselves again. There the calls run in this process, and the host decides how to end it.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { Runtime } from '@core/runtime';

/** The functions of keytar that are used here. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** keytar, ready for calls that follow one another. */
export interface OpenKeytar {
  readonly keytar: Keytar;
  /** Whether this process cannot end before a call has its answer. */
  readonly holdsProcess: boolean;
  /** To be called once, when the last call has its answer. */
  close(): void;
}

// Not named `require`: the bundler brings one of that name.
const requireModule = createRequire(import.meta.url);

/** Rejects if keytar is not installed or cannot be loaded; the message says why. */
export const openKeytar = (env: Runtime['env']): Promise<OpenKeytar> =>
  isNode() ? openInChild(env) : openInProcess();

const isNode = (): boolean =>
  process.versions['electron'] === undefined && /^node/i.test(basename(process.execPath));

export async function openInProcess(): Promise<OpenKeytar> {
  const path = requireModule.resolve('keytar');
  try {
    const keytar = requireModule(path) as Keytar;
    return { keytar, holdsProcess: true, close: () => undefined };
  } catch (error) {
    throw nativeCause() ?? error;
  }
}

/** keytar hides why its binary could not be loaded; loading the binary itself gives the reason. */
function nativeCause(): unknown {
  try {
    requireModule(`keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The program of the child. Its argument is the path of keytar. It answers once when it has loaded
 * keytar, then once for each call. It kills itself when the channel closes: leaving in any other way
 * would wait for a call that has no answer.
 */
const CHILD = `
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const answer = async (work) => {
    try {
      process.send({ result: await work() });
    } catch (error) {
      process.send({ error: error.message });
    }
  };
  let keytar;
  process.on('message', ([name, ...values]) => answer(() => keytar[name](...values)));
  answer(() => {
    keytar = require(process.argv[1]);
  });
`;

type Answer = { readonly error: string } | { readonly result?: unknown };

/** The child never keeps this process alive, and ends with it. */
async function openInChild(env: Runtime['env']): Promise<OpenKeytar> {
  const path = requireModule.resolve('keytar');
  const child = spawn(process.execPath, ['-e', CHILD, path], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // What this program loads at its start, or whether it waits for a debugger, is not for the child.
    env: { ...env, NODE_OPTIONS: undefined },
    windowsHide: true,
  });
  child.unref();
  child.channel?.unref();

  let settle: ((answer: Answer) => void) | undefined;
  const answer = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      settle = (given) => {
        settle = undefined;
        if ('error' in given) reject(new Error(given.error));
        else resolve(given.result);
      };
    });
  const fail = (error: Error): void => settle?.({ error: error.message });
  child.on('message', (message) => settle?.(message as Answer));
  child.on('error', fail);
  child.on('exit', () => {
    fail(new Error('The process that uses the keychain ended.'));
  });

  const call = (name: keyof Keytar, ...values: readonly string[]): Promise<unknown> => {
    const answered = answer();
    child.send([name, ...values], (error) => {
      if (error !== null) fail(error);
    });
    return answered;
  };
  const close = (): void => {
    if (child.connected) child.disconnect();
  };
  try {
    await answer();
  } catch (error) {
    close();
    throw nativeCause() ?? error;
  }
  return {
    keytar: {
      getPassword: (...values) => call('getPassword', ...values) as Promise<string | null>,
      setPassword: (...values) => call('setPassword', ...values) as Promise<void>,
      deletePassword: (...values) => call('deletePassword', ...values) as Promise<boolean>,
    },
    holdsProcess: false,
    close,
  };
}
