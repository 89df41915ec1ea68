/** What every command has: the options that may stand anywhere, the output, questions and the core. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AgentCallContext, AgentClient } from '@shared/contract/agent';
import { AppError, isAppError } from '@shared/errors';
import { systemRuntime, type Runtime } from '@core/runtime';
import { defaultDataDirectory } from '@core/storage/data-directory';
import { version } from '../../package.json';
import { answering } from './answering';
import { writtenConfig, type WrittenConfig } from './config/written';
import { Output } from './output';
import { Prompt } from './prompt';

import type { Terminal } from './terminal';
import type { CoreAccess } from './with-core';
import type { Introduction } from '@server/agent/connect';

export interface GlobalOptions {
  readonly dataDir?: string;
  readonly workspace?: string;
  readonly json?: true;
  readonly reason?: string;
  readonly input: boolean;
  readonly yes?: true;
}

export interface ContextCaller {
  readonly kind: Introduction['kind'];
  /** The name of the program. */
  readonly name?: string | undefined;
  /** Its process. Default: this one. */
  readonly pid?: number;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly context: AgentCallContext;
}

export interface OpenCore {
  /** Replaced by `aside`. */
  readonly client: AgentClient;
  /** Whether it is a core of this process, which nobody else can use meanwhile. */
  readonly isOwn: boolean;
  /** For each call: the reason, and the signal that ends it. */
  readonly options: CallOptions;
  /**
   * Releases the data directory while the work waits for a person, so that other programs can use it. What was
   * read before may have changed afterwards.
   */
  aside<T>(work: () => Promise<T>): Promise<T>;
}

type CoreCalls = Pick<OpenCore, 'client' | 'options'>;

/** The variable that names a file with the passphrase, for machines without a person. */
export const PASSPHRASE_FILE = 'STRONGROOM_PASSPHRASE_FILE';

export class Context {
  /** Of Strongroom. */
  readonly version = version;
  readonly output: Output;
  readonly prompt: Prompt;
  readonly dataDirectory: string;
  readonly runtime: Runtime;
  #config: { readonly found: WrittenConfig | undefined } | undefined;
  #origin: string | undefined;
  /** Typed for this command, which may open the core twice. */
  #passphrase: string | undefined;

  constructor(
    readonly terminal: Terminal,
    readonly globals: GlobalOptions,
    /** Who calls, for the core. */
    private readonly caller: ContextCaller = { kind: 'cli', name: 'strongroom' },
  ) {
    const { env, cwd } = terminal;
    this.output = new Output(terminal, globals.json === true);
    this.prompt = new Prompt(terminal, { input: globals.input, yes: globals.yes === true });
    const { dataDir } = globals;
    this.dataDirectory =
      dataDir === undefined || dataDir === '' ? defaultDataDirectory(env) : resolve(cwd, dataDir);
    this.runtime = terminal.runtime ?? { ...systemRuntime, env };
  }

  /**
   * The workspace that the call is about: `--workspace`, else `STRONGROOM_WORKSPACE`, else that of the configuration,
   * else the one in use.
   */
  get workspace(): { readonly workspace?: string } {
    const workspace = this.namedWorkspace ?? this.config?.workspace;
    return workspace === undefined ? {} : { workspace };
  }

  /** That of `--workspace`, else `STRONGROOM_WORKSPACE`. */
  get namedWorkspace(): string | undefined {
    const { workspace } = this.globals;
    return workspace === undefined || workspace === ''
      ? this.#variable('STRONGROOM_WORKSPACE')
      : workspace;
  }

  /**
   * The environment that the call is about: as typed, else `STRONGROOM_ENV`, else that of the configuration, else the
   * active one.
   */
  selector(typed: string | undefined): {
    readonly workspace?: string;
    readonly environment?: string;
  } {
    const name = this.#environment(typed);
    return { ...this.workspace, ...(name !== undefined && { environment: name }) };
  }

  /** What named a workspace or an environment that does not exist, if nobody typed it. */
  originOf({ code }: AppError): string | undefined {
    if (code === 'NO_SUCH_ENVIRONMENT' || code === 'AMBIGUOUS_NAME') return this.#origin;
    if (code !== 'NO_SUCH_WORKSPACE' || this.globals.workspace !== undefined) return undefined;
    return this.namedWorkspace === undefined
      ? this.config?.workspace && `${this.config.file} names this workspace.`
      : 'STRONGROOM_WORKSPACE names this workspace.';
  }

  #environment(typed: string | undefined): string | undefined {
    if (typed !== undefined && typed !== '') return typed;
    const variable = this.#variable('STRONGROOM_ENV');
    if (variable !== undefined) {
      this.#origin = 'STRONGROOM_ENV names this environment.';
      return variable;
    }
    const name = this.config?.environment();
    if (name !== undefined) this.#origin = `${this.config?.file ?? ''} names this environment.`;
    return name;
  }

  #variable(name: string): string | undefined {
    const value = this.terminal.env[name];
    return value === '' ? undefined : value;
  }

  /** The configuration of the project, read once and only by commands that need it. */
  get config(): WrittenConfig | undefined {
    this.#config ??= { found: writtenConfig(this.terminal.cwd) };
    return this.#config.found;
  }

  /** A path on the command line, relative to the current directory. */
  path(typed: string): string {
    return resolve(this.terminal.cwd, typed);
  }

  /**
   * Does the work with the running core, or with one that is opened for it. Unlocks its own core first, and
   * sets up the protection of a fresh data directory. With `asIs`, does neither. Unless it `waits`, it fails if
   * another program does not let go of the data directory.
   */
  async withCore<T>(
    work: (core: OpenCore) => Promise<T>,
    { asIs = false, waits = true }: { readonly asIs?: boolean; readonly waits?: boolean } = {},
  ): Promise<T> {
    const { reason } = this.globals;
    const release = this.#release.bind(this);
    const admit = this.#admit.bind(this);
    let access: CoreAccess | undefined = await this.#open(waits);
    const core: OpenCore = {
      get client() {
        if (access === undefined) throw new Error('The core is closed');
        const { client } = access;
        return answering(client, {
          signal: core.options.signal,
          release: (refusal, environment) =>
            release(refusal, () => client.declared.release(environment, core.options)),
          admit: (refusal) => admit(refusal, core),
        });
      },
      get isOwn() {
        return access?.core !== undefined;
      },
      options: { signal: this.terminal.signal, context: { reason } },
      aside: async (wait) => {
        await access?.close();
        access = undefined;
        const result = await wait();
        access = await this.#open(waits);
        if (!asIs && access.core !== undefined) await this.#makeReady(core);
        return result;
      },
    };
    try {
      if (!asIs && access.core !== undefined) await this.#makeReady(core);
      return await work(core);
    } finally {
      await access?.close();
    }
  }

  /** Gives the passphrase to an app that is unlocked. Throws the refusal if nobody can give it. */
  async #admit(refusal: AppError, { client, options }: CoreCalls): Promise<void> {
    const isGiven = this.#passphrase !== undefined || this.#variable(PASSPHRASE_FILE) !== undefined;
    if (!isGiven && !this.prompt.isPossible) throw refusal;
    await this.#withPassphrase({ client, options }, (passphrase) =>
      client.security.admit({ passphrase }, options),
    );
  }

  /** Gives the passphrase to an app that is unlocked, unless it needs none. */
  async admit({ client, options }: CoreCalls): Promise<void> {
    if ((await client.status(undefined, options)).admitted) return;
    await this.#admit(new AppError('PASSPHRASE_NEEDED'), { client, options });
  }

  /**
   * For a command that goes on without a person: it asks nothing, and has the passphrase that was given. `caller`: the
   * program that it makes its calls for.
   */
  silent(signal: AbortSignal, caller = this.caller): Context {
    const globals = { ...this.globals, input: false };
    const silent = new Context({ ...this.terminal, signal }, globals, caller);
    silent.#passphrase = this.#passphrase;
    return silent;
  }

  /** Asks whether to release what a configuration owns. Throws the refusal if nobody can answer. */
  async #release(refusal: AppError, work: () => Promise<unknown>): Promise<void> {
    await this.output.warn(
      `${refusal.message} A change by hand would be undone by the next apply.`,
    );
    if (this.globals.yes !== true && !this.prompt.isPossible) throw refusal;
    await this.prompt.confirm(
      'Release it, and change it by hand? The next apply asks before it adopts it.',
    );
    await work();
    await this.output.say(`Released it from “${refusal.details?.owner ?? ''}”.`);
  }

  async #open(waits: boolean): Promise<CoreAccess> {
    const { openOrConnect } = await import('./with-core');
    const { terminal, dataDirectory, runtime, caller } = this;
    const keychain = terminal.keychain ?? (await systemKeychain(runtime));
    return openOrConnect({
      dataDirectory,
      introduction: {
        version,
        kind: caller.kind,
        process: { pid: caller.pid ?? terminal.pid, name: caller.name },
      },
      keychain: keychain(),
      runtime,
      waits,
    });
  }

  /** Unlocks the core. Throws `WRONG_PASSPHRASE`, and `LOCKED` if there is no passphrase. */
  unlock({ client, options }: CoreCalls) {
    return this.#withPassphrase({ client, options }, (passphrase) =>
      client.security.unlock({ passphrase }, options),
    );
  }

  async #withPassphrase<T>(core: CoreCalls, work: (passphrase: string) => Promise<T>): Promise<T> {
    this.#passphrase ??= await this.#readPassphrase(core);
    try {
      return await work(this.#passphrase);
    } catch (error) {
      const isFromFile = (this.terminal.env[PASSPHRASE_FILE] ?? '') !== '';
      if (!isFromFile || !isAppError(error, 'WRONG_PASSPHRASE')) throw error;
      throw new AppError('WRONG_PASSPHRASE', {
        message: `The file that ${PASSPHRASE_FILE} names does not hold the passphrase.`,
        hint: 'Correct the file, or unset the variable to be asked for the passphrase.',
        cause: error,
      });
    }
  }

  /** The passphrase or PIN, from its file, else from a person. */
  async #readPassphrase({ client, options }: CoreCalls): Promise<string> {
    const fromFile = await this.#passphraseFromFile();
    if (fromFile !== undefined) return fromFile;
    if (!this.prompt.isPossible) {
      throw new AppError('LOCKED', {
        message: 'Strongroom is locked, and without a terminal it cannot ask for the passphrase.',
        hint: `Set ${PASSPHRASE_FILE} to a file that holds the passphrase.`,
        remedy: { run: `export ${PASSPHRASE_FILE}=FILE` },
      });
    }
    const { protection } = await client.status(undefined, options);
    return this.prompt.secret(protection === 'pin' ? 'PIN' : 'Passphrase', '');
  }

  /**
   * Protects a fresh data directory with a passphrase, from its file or from a person. Only if there is no
   * keychain: the core uses a keychain by itself.
   */
  async setUp({ client, options }: CoreCalls): Promise<void> {
    const { protection } = await client.status(undefined, options);
    if (protection !== 'undecided') return;
    const isNamed = (this.terminal.env[PASSPHRASE_FILE] ?? '') !== '';
    if (!isNamed && !this.prompt.isPossible) return;
    const { keychain } = await client.security.protection(undefined, options);
    if (keychain.available) return;
    const passphrase = (await this.#passphraseFromFile()) ?? (await this.#newPassphrase());
    const { PASSPHRASE_MIN } = await import('@shared/model/protection');
    if (passphrase.length < PASSPHRASE_MIN) {
      throw new AppError('INVALID_INPUT', {
        message: `The passphrase is too short: use at least ${String(PASSPHRASE_MIN)} characters.`,
      });
    }
    await client.security.setUp({ mode: 'passphrase', passphrase }, options);
    this.#passphrase = passphrase;
    await this.output.say(
      'The passphrase now protects the values and credentials on this computer.',
    );
  }

  async #makeReady(core: OpenCore): Promise<void> {
    const { client, options } = core;
    const { locked } = await client.status(undefined, options);
    if (!locked) await this.setUp(core);
    else await this.unlock(core);
  }

  async #newPassphrase(): Promise<string> {
    await this.output.say(
      'This computer has no keychain that Strongroom can use. Choose a passphrase: it cannot be recovered.',
    );
    const first = await this.prompt.secret('New passphrase', '');
    if (first === (await this.prompt.secret('The same passphrase again', ''))) return first;
    throw new AppError('INVALID_INPUT', { message: 'The two passphrases differ.' });
  }

  async #passphraseFromFile(): Promise<string | undefined> {
    const file = this.terminal.env[PASSPHRASE_FILE];
    if (file === undefined || file === '') return undefined;
    try {
      // Editors and `echo` end a file with a line break.
      return (await readFile(this.path(file), 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      throw new AppError('INVALID_INPUT', {
        message: `The file that ${PASSPHRASE_FILE} names cannot be read.`,
        hint: 'Check its path and its permissions.',
        cause: error,
      });
    }
  }
}

/** Asks for a confirmation, and releases the data directory meanwhile. */
export const confirm = (
  { prompt }: Context,
  { aside }: OpenCore,
  question: string,
): Promise<void> =>
  prompt.waits ? aside(() => prompt.confirm(question)) : prompt.confirm(question);

/** As `confirm`, for what cannot be taken back by one: a person types the name. */
export const confirmName = (
  { prompt }: Context,
  { aside }: OpenCore,
  name: string,
  consequence: string,
): Promise<void> =>
  prompt.waits
    ? aside(() => prompt.confirmName(name, consequence))
    : prompt.confirmName(name, consequence);

/** What makes the keychain of this computer. */
export async function systemKeychain(runtime: Runtime) {
  const { createOsKeychain } = await import('@core/keys/os-keychain');
  return () => createOsKeychain({ runtime });
}
