/** The core's end: opens a core when the host says so, and serves its windows until the host says otherwise. */
import { isAppError, toErrorReport } from '@shared/errors';
import type { Core, CoreOptions } from '@core/core';
import { exitCodeOfClosing } from '../closing';
import { describeBug, type Report } from '../report';
import type { FromCore, ToCore } from './messages';

/** The channel to the host's process. */
export interface HostLink<Settings, Note, Window> {
  send(message: FromCore<Note>): void;
  onMessage(listener: (message: ToCore<Settings, Note>, window: Window | undefined) => void): void;
  /** Calls back when the host has gone without a word. */
  onGone(listener: () => void): void;
}

/** Serves the windows of a core. */
export interface WindowServer<Note, Window> {
  accept(window: Window): void;
  hear?(note: Note): void;
  /** `isLocked`: the windows can come back to another core. */
  close(isLocked: boolean): Promise<void>;
}

/** Asks the host to do something. Rejects if it failed there. */
export type AskHost = (
  service: string,
  argument: unknown,
  signal?: AbortSignal,
) => Promise<unknown>;

export interface CoreSideOptions<Settings, Note, Window> {
  readonly link: HostLink<Settings, Note, Window>;
  /** Throws `AppError`. */
  readonly openCore: (
    settings: Settings,
    common: Pick<CoreOptions, 'startsShut' | 'onShut' | 'onPreferences'>,
    ask: AskHost,
  ) => Promise<Core>;
  readonly serve: (
    core: Core,
    settings: Settings,
    tell: (note: Note) => void,
  ) => WindowServer<Note, Window>;
  readonly exit: (code: number) => void;
  readonly report: Report;
}

export function runCore<Settings, Note, Window>(
  options: CoreSideOptions<Settings, Note, Window>,
): void {
  const { link, exit, report } = options;
  const questions = new Questions(link);
  let opened: { readonly core: Core; readonly windows: WindowServer<Note, Window> } | undefined;

  const open = async (settings: Settings, startsShut: boolean): Promise<void> => {
    const core = await options.openCore(
      settings,
      {
        startsShut,
        onShut: (isShut) => {
          link.send({ kind: 'shut', isShut });
        },
        onPreferences: (preferences) => {
          link.send({ kind: 'preferences', preferences });
        },
      },
      questions.ask,
    );
    const windows = options.serve(core, settings, (note) => {
      link.send({ kind: 'note', note });
    });
    opened = { core, windows };
    link.send({ kind: 'ready', preferences: core.preferencesOfHost() });
  };

  const close = async (isLocked: boolean): Promise<void> => {
    await opened?.windows.close(isLocked);
    await opened?.core.close();
  };

  link.onMessage((message, window) => {
    switch (message.kind) {
      case 'open':
        open(message.settings, message.startsShut).catch((error: unknown) => {
          if (!isAppError(error)) report(`The core could not start. ${describeBug(error)}`);
          link.send({ kind: 'refused', report: toErrorReport(error) });
        });
        return;
      case 'window':
        // It can have closed on its way.
        if (window !== undefined) opened?.windows.accept(window);
        return;
      case 'lock':
        void opened?.core.security.lockByItself();
        return;
      case 'answer':
        questions.settle(message);
        return;
      case 'note':
        opened?.windows.hear?.(message.note);
        return;
      case 'close':
        void exitCodeOfClosing(close(message.isLocked), report).then(exit);
    }
  });
  // As after a crash: whoever opens the data directory next must not meet this process in it.
  link.onGone(() => {
    exit(1);
  });
}

class Questions {
  readonly #open = new Map<
    number,
    { resolve(result: unknown): void; reject(error: Error): void }
  >();
  #asked = 0;

  constructor(private readonly link: { send(message: FromCore<never>): void }) {}

  readonly ask: AskHost = (service, argument, signal) => {
    this.#asked += 1;
    const id = this.#asked;
    this.link.send({ kind: 'ask', id, service, argument });
    const giveUp = (): void => {
      this.link.send({ kind: 'give-up', id });
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
    }).finally(() => {
      signal?.removeEventListener('abort', giveUp);
    });
  };

  settle({ id, result, failed }: Extract<ToCore<never, never>, { readonly kind: 'answer' }>): void {
    const question = this.#open.get(id);
    this.#open.delete(id);
    if (failed) question?.reject(new Error('The host could not do it.'));
    else question?.resolve(result);
  }
}
