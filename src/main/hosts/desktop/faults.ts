/** What becomes of bugs that nothing caught: one line without a value, and never a half-alive app. */
import type { EventEmitter } from 'node:events';
import { errorTable } from '@shared/errors';
import type { Electron } from './electron';
import { describeBug, type Report } from './report';

export function watchForFaults(
  process: Pick<EventEmitter, 'on'>,
  { app, dialog }: Pick<Electron, 'app' | 'dialog'>,
  report: Report,
): void {
  // As a message on the port that is none of the contract's: refused, and no reason to end.
  process.on('unhandledRejection', (reason: unknown) => {
    report(`A promise was rejected and nobody listened. ${describeBug(reason)}`);
  });
  process.on('uncaughtException', (error: unknown) => {
    report(`An exception was not caught. ${describeBug(error)}`);
    dialog.showErrorBox('Strongroom has to close', errorTable.INTERNAL.message);
    app.exit(1);
  });
}
