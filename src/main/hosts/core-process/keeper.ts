/** The host's end of its core process: starts it, replaces it after Lock, and starts it again after a crash. */
import { AppError, type ErrorReport } from '@shared/errors';
import type { HostPreferences } from '@shared/model/preferences';
import type { Report } from '../report';
import type { FromCore, HostServices, ToCore } from './messages';

/** A process that runs a core. `Window` is a connection that can be handed to it. */
export interface CoreProcess<Settings, Note, Window> {
  send(message: ToCore<Settings, Note>, window?: Window): void;
  onMessage(listener: (message: FromCore<Note>) => void): void;
  /** Calls back once. The code is `null` if a signal ended it. */
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
}

export interface KeeperOptions<Settings, Note, Window> {
  readonly start: () => CoreProcess<Settings, Note, Window>;
  /** Asked before each core opens. */
  readonly settings: () => Settings;
  readonly services: HostServices;
  readonly onPreferences?: (preferences: HostPreferences) => void;
  readonly onNote?: (note: Note) => void;
  /** Called when Lock ends the connections of the windows. */
  readonly onLocked?: () => void;
  /** Called if there will be no core any more: it crashed twice, or the next one could not open. */
  readonly onGone: (error: unknown) => void;
  /** Closes a connection that no core takes. */
  readonly drop: (window: Window) => void;
  readonly report: Report;
}

/** Milliseconds until a core is killed that does not close. */
const CLOSES_WITHIN_MS = 5000;

/** Connections that wait for the next core. */
const MAX_WAITING = 128;

export class CoreKeeper<Settings, Note, Window> {
  #core: CoreProcess<Settings, Note, Window> | undefined;
  #isReady = false;
  #isShut = false;
  #isClosing = false;
  #crashes = 0;
  #replacing: Promise<void> | undefined;
  /** The windows that came while no core was ready. */
  readonly #waiting: Window[] = [];
  /** The questions of the core that are not answered yet. */
  readonly #asked = new Map<number, AbortController>();

  constructor(private readonly options: KeeperOptions<Settings, Note, Window>) {}

  /**
   * Opens the first core. The host locks the data directory with `lock` while the process starts. Throws what `lock`
   * throws, and what the core could not open with.
   */
  async open(lock: () => Promise<unknown>): Promise<HostPreferences> {
    const core = this.options.start();
    try {
      await lock();
    } catch (error) {
      core.kill();
      throw error;
    }
    return this.#open(core);
  }

  /** Hands a connection to the core, or to the next one. */
  hand(window: Window): void {
    if (this.#core !== undefined && this.#isReady) {
      this.#core.send({ kind: 'window' }, window);
      return;
    }
    this.#waiting.push(window);
    for (const oldest of this.#waiting.splice(0, this.#waiting.length - MAX_WAITING)) {
      this.options.drop(oldest);
    }
  }

  note(note: Note): void {
    if (this.#isReady) this.#core?.send({ kind: 'note', note });
  }

  lock(): void {
    if (this.#isReady) this.#core?.send({ kind: 'lock' });
  }

  /** Rejects if the core failed to close. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const window of this.#waiting.splice(0)) this.options.drop(window);
    await this.#replacing;
    const core = this.#core;
    if (core === undefined) return;
    const code = await this.#end(core, false);
    if (code !== 0) throw new Error('The core did not close cleanly.');
  }

  #open(core: CoreProcess<Settings, Note, Window>): Promise<HostPreferences> {
    const { settings, report } = this.options;
    this.#core = core;
    return new Promise((resolve, reject) => {
      core.onMessage((message) => {
        if (message.kind === 'ready') {
          this.#ready(message.preferences);
          resolve(message.preferences);
        } else if (message.kind === 'refused') {
          this.#core = undefined;
          core.kill();
          reject(errorOf(message.report));
        } else this.#hear(core, message);
      });
      core.onExit((code) => {
        if (this.#core !== core) return;
        const wasReady = this.#isReady;
        this.#core = undefined;
        this.#isReady = false;
        if (this.#isClosing) return;
        const error = new Error(`The core process ended by itself (${String(code)}).`);
        report(error.message);
        if (!wasReady) reject(error);
        else this.#crashed(error);
      });
      core.send({ kind: 'open', startsShut: this.#isShut, settings: settings() });
    });
  }

  #ready(preferences: HostPreferences): void {
    this.#isReady = true;
    this.options.onPreferences?.(preferences);
    for (const window of this.#waiting.splice(0)) this.hand(window);
  }

  #hear(
    core: CoreProcess<Settings, Note, Window>,
    message: Exclude<FromCore<Note>, { readonly kind: 'ready' | 'refused' }>,
  ): void {
    if (core !== this.#core) return;
    switch (message.kind) {
      case 'preferences':
        this.options.onPreferences?.(message.preferences);
        return;
      case 'note':
        this.options.onNote?.(message.note);
        return;
      case 'ask':
        void this.#serve(core, message);
        return;
      case 'give-up':
        this.#asked.get(message.id)?.abort();
        return;
      case 'shut':
        this.#isShut = message.isShut;
        if (message.isShut && !this.#isClosing) this.#replacing = this.#replace(core);
    }
  }

  async #serve(
    core: CoreProcess<Settings, Note, Window>,
    { id, service, argument }: Extract<FromCore<Note>, { readonly kind: 'ask' }>,
  ): Promise<void> {
    const gone = new AbortController();
    this.#asked.set(id, gone);
    try {
      const work = this.options.services[service] as
        ((argument: unknown, signal: AbortSignal) => Promise<unknown>) | undefined;
      if (work === undefined) throw new Error(`There is no service ${service}.`);
      core.send({ kind: 'answer', id, failed: false, result: await work(argument, gone.signal) });
    } catch {
      core.send({ kind: 'answer', id, failed: true });
    } finally {
      this.#asked.delete(id);
    }
  }

  /** The next process starts at once, and opens the data directory when the last one has let go of it. */
  async #replace(core: CoreProcess<Settings, Note, Window>): Promise<void> {
    this.#core = undefined;
    this.#isReady = false;
    this.options.onLocked?.();
    const ended = this.#end(core, true);
    const next = this.options.start();
    await ended;
    if (this.#isClosing) next.kill();
    else await this.#openNext(next);
  }

  #crashed(error: Error): void {
    this.#crashes += 1;
    if (this.#crashes > 1) this.options.onGone(error);
    else void this.#openNext(this.options.start());
  }

  async #openNext(next: CoreProcess<Settings, Note, Window>): Promise<void> {
    try {
      await this.#open(next);
    } catch (error) {
      for (const window of this.#waiting.splice(0)) this.options.drop(window);
      this.options.onGone(error);
    }
  }

  /** Resolves with the exit code of a core that was told to close. */
  #end(core: CoreProcess<Settings, Note, Window>, isLocked: boolean): Promise<number | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        core.kill();
      }, CLOSES_WITHIN_MS);
      core.onExit((code) => {
        clearTimeout(timer);
        resolve(code);
      });
      core.send({ kind: 'close', isLocked });
    });
  }
}

const errorOf = ({ code, message, cause, hint, remedy, details }: ErrorReport): AppError =>
  new AppError(code, { message, likelyCause: cause, hint, remedy, details });
