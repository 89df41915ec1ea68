import { errorTable } from '@shared/errors';
import type { Electron } from './electron';

/** Says that a bug ends the app, and ends it. */
export function endAfterFault({ app, dialog }: Pick<Electron, 'app' | 'dialog'>): void {
  dialog.showErrorBox('Strongroom has to close', errorTable.INTERNAL.message);
  app.exit(1);
}
