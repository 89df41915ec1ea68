/** For tests: the core of the desktop app in this process, behind the messages that reach a real one. */
import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';
import {
  runDesktopCore,
  type DesktopCore,
  type DesktopCoreProcess,
} from '@main/hosts/desktop/core-process';

/** A message of another process comes later, whatever a test makes of the timers. */
const later = setImmediate;

export const coreInProcess =
  (options: Pick<DesktopCore, 'openCore' | 'report'>) => (): DesktopCoreProcess => {
    const toCore = new EventEmitter<{ message: [unknown, MessagePortMain | undefined] }>();
    const toHost = new EventEmitter<{ message: [unknown]; exit: [number | null] }>();
    runDesktopCore({
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
  };
