/** Takes the port that the preload hands over, and serves the contract on it, only to our page. */
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { windowContext } from '@server/window/router';
import { CONNECT_MESSAGE } from '@shared/bridge';
import type { IpcMainEvent, WebContents } from 'electron';
import type { Electron } from './electron';
import type { Report } from '../report';

export interface ConnectionOptions {
  readonly router: AnyRouter;
  /** The contents of our window, or `undefined` while there is none. */
  readonly contents: () => WebContents | undefined;
  /** The exact origin of our page, such as `strongroom://app`. */
  readonly origin: string;
  readonly report: Report;
}

/** Why a sender is refused; `undefined` for our own page. */
function refusal(event: IpcMainEvent, options: ConnectionOptions): string | undefined {
  // null or detached: the frame went away or navigated before its message was read.
  const frame = event.senderFrame;
  if (frame === null || frame.detached) return 'a frame that is gone';
  if (event.sender !== options.contents()) return 'contents that are not ours';
  if (frame.parent !== null) return 'a frame inside the page';
  if (frame.origin !== options.origin) return `the origin ${frame.origin}`;
  return undefined;
}

/**
 * Each loaded page brings its own port. The port closes with its page, and that ends the calls on it.
 */
export function serveConnections(
  { ipcMain }: Pick<Electron, 'ipcMain'>,
  options: ConnectionOptions,
): void {
  const handler = new RPCHandler(options.router);

  ipcMain.on(CONNECT_MESSAGE, (event) => {
    const [port, ...others] = event.ports;
    const reason = refusal(event, options);
    if (port === undefined || others.length > 0 || reason !== undefined) {
      for (const refused of event.ports) refused.close();
      options.report(
        `Refused a connection from ${reason ?? `a message with ${String(event.ports.length)} ports`}.`,
      );
      return;
    }
    handler.upgrade(port, windowContext);
    port.start();
  });
}
