/**
 * The core in the process of the app itself, for a system that starts no process for it. Everything works; but Lock
 * then ends the core, and not the process with its memory.
 */
import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';
import type { Notice } from '@shared/model/notice';
import type { Report } from '../report';
import type { DesktopCoreProcess } from './core-process';
import type { DesktopCore, runDesktopCore } from './core-side';

/** A message of another process comes later, and is a copy. */
const later = setImmediate;

/** `run`: of a module that the app loads only for this. */
export function coreWithin(
  run: typeof runDesktopCore,
  options: Pick<DesktopCore, 'openCore' | 'report'>,
): DesktopCoreProcess {
  const toCore = new EventEmitter<{ message: [unknown, MessagePortMain | undefined] }>();
  const toHost = new EventEmitter<{ message: [unknown]; exit: [number | null] }>();
  run({
    ...options,
    link: {
      send: (message) => later(() => toHost.emit('message', structuredClone(message))),
      onMessage: (listener) => {
        toCore.on('message', (message, port) => {
          listener(message as Parameters<typeof listener>[0], port);
        });
      },
      onGone: () => undefined,
    },
    exit: (code) => later(() => toHost.emit('exit', code)),
  });
  return {
    send: (message, port) => later(() => toCore.emit('message', structuredClone(message), port)),
    onMessage: (listener) => {
      toHost.on('message', (message) => {
        listener(message as Parameters<typeof listener>[0]);
      });
    },
    onExit: (listener) => {
      toHost.once('exit', listener);
    },
    kill: () => toHost.emit('exit', null),
  };
}

/** Shown by a core that runs within the app, after Lock. */
export const memoryNotice: Notice = {
  id: 'core-within',
  level: 'warning',
  title: 'Lock did not empty the memory',
  text: 'Strongroom could not start another process for values and keys, so they were in the process of the window. Lock has forgotten them, but traces stay in memory until you quit. Reinstall Strongroom if this happens again.',
};

/** The first messages come before the process has said a word, and have no connection with them. */
type Message = Parameters<DesktopCoreProcess['send']>[0];

/** `started`, or what `within` gives if that process ends before it has said anything. */
export function orWithin(
  started: DesktopCoreProcess,
  within: () => Promise<DesktopCoreProcess>,
  report: Report,
): DesktopCoreProcess {
  const heard = new EventEmitter<{ message: [never]; exit: [number | null] }>();
  const early: Message[] = [];
  let core: DesktopCoreProcess | undefined = started;
  let hasSpoken = false;
  let isKilled = false;
  const follow = (one: DesktopCoreProcess): void => {
    one.onMessage((message) => {
      hasSpoken = true;
      heard.emit('message', message as never);
    });
  };
  const exit = (code: number | null): void => {
    heard.emit('exit', code);
  };
  const goOnWithin = async (): Promise<void> => {
    const next = await within();
    core = next;
    follow(next);
    next.onExit(exit);
    if (isKilled) next.kill();
    else for (const message of early) next.send(message);
  };
  follow(started);
  started.onExit((code) => {
    if (hasSpoken || isKilled) return exit(code);
    core = undefined;
    report(
      `The process of the core ended at once (${String(code)}): the core runs within the app.`,
    );
    goOnWithin().catch(() => {
      exit(1);
    });
  });
  return {
    send: (message, port) => {
      if (!hasSpoken) early.push(message);
      core?.send(message, port);
    },
    onMessage: (listener) => {
      heard.on('message', listener);
    },
    onExit: (listener) => {
      heard.once('exit', listener);
    },
    kill: () => {
      isKilled = true;
      core?.kill();
    },
  };
}
