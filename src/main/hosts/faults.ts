/** Handles bugs that nothing caught: reports one line without a value, and never leaves a half-alive app. */
import type { EventEmitter } from 'node:events';
import { describeBug, type Report } from './report';

/** `end` ends the process after an exception that nothing caught. */
export function watchForFaults(
  process: Pick<EventEmitter, 'on'>,
  report: Report,
  end: () => void,
): void {
  // A call that failed while nobody waited for it: its own state is lost, the rest of the core is sound.
  process.on('unhandledRejection', (reason: unknown) => {
    report(`A promise was rejected and nobody listened. ${describeBug(reason)}`);
  });
  process.on('uncaughtException', (error: unknown) => {
    report(`An exception was not caught. ${describeBug(error)}`);
    end();
  });
}
