/** Uncaught bugs: they are reported without values, and the app never goes on half alive. */
import type { EventEmitter } from 'node:events';
import { errorTable } from '@shared/errors';
import type { Electron } from './electron';
import { describeBug, type Report } from './report';

export function watchForFaults(
  process: Pick<EventEmitter, 'on'>,
  { app, dialog }: Pick<Electron, 'app' | 'dialog'>,
  report: Report,
): void {
  // For instance a message on the port that does not follow the contract: no reason to end.
  process.on('unhandledRejection', (reason: unknown) => {
    report(`A promise rejection was not handled. ${describeBug(reason)}`);
  });
  process.on('uncaughtException', (error: unknown) => {
    report(`An exception was not caught. ${describeBug(error)}`);
    dialog.showErrorBox('Strongroom has to close', errorTable.INTERNAL.message);
    app.exit(1);
  });
}
