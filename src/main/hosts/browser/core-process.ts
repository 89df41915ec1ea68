/** The core of the browser host in a child process: what the two of them say, and how. */
import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { HostLink } from '../core-process/core-side';
import type { CoreProcess } from '../core-process/keeper';
import type { FromCore, ToCore } from '../core-process/messages';
import type { KnownSessions, Session } from './sessions';

export interface BrowserSettings {
  readonly dataDirectory: string;
  readonly port: number;
  readonly known: KnownSessions;
}

export type BrowserNote =
  /** To the core: a link was made. */
  | { readonly kind: 'launch'; readonly token: string }
  /** From the core: a link was used. */
  | { readonly kind: 'session'; readonly token: string; readonly session: Session }
  /** From the core: no window has been open for a while. */
  | { readonly kind: 'idle' };

/** `program`: the absolute path of the core's program. */
export function startCoreProcess(
  program: string,
): CoreProcess<BrowserSettings, BrowserNote, Socket> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // It ends; that is enough to know.
  child.on('error', () => undefined);
  return {
    send: (message, window) => {
      child.send(message, window, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', (message) => {
        listener(message as FromCore<BrowserNote>);
      });
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

/** For the program of the core. */
export const linkToHost = (): HostLink<BrowserSettings, BrowserNote, Socket> => ({
  send: (message) => {
    process.send?.(message);
  },
  onMessage: (listener) => {
    process.on('message', (message, window) => {
      listener(message as ToCore<BrowserSettings, BrowserNote>, window as Socket | undefined);
    });
  },
  onGone: (listener) => {
    process.once('disconnect', listener);
  },
});
