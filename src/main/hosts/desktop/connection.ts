/** Takes the port that the preload hands over, only from our page. The core serves the contract on it. */
import { CONNECT_MESSAGE } from '@shared/bridge';
import type { IpcMainEvent, MessagePortMain, WebContents } from 'electron';
import type { Electron } from './electron';
import type { Report } from '../report';

export interface ConnectionOptions {
  readonly accept: (port: MessagePortMain) => void;
  /** Whether these are the contents of one of our windows. */
  readonly owns: (contents: WebContents) => boolean;
  /** The exact origin of our page, such as `strongroom://app`. */
  readonly origin: string;
  readonly report: Report;
}

/** Why a sender is refused; `undefined` for our own page. */
function refusal(event: IpcMainEvent, options: ConnectionOptions): string | undefined {
  // null or detached: the frame went away or navigated before its message was read.
  const frame = event.senderFrame;
  if (frame === null || frame.detached) return 'a frame that is gone';
  if (!options.owns(event.sender)) return 'contents that are not ours';
  if (frame.parent !== null) return 'a frame inside the page';
  if (frame.origin !== options.origin) return `the origin ${frame.origin}`;
  return undefined;
}

/**
 * Hands on the port of each page that is ours. Closes every other port. Returns whether contents show a page that has
 * handed over its port and has not gone since.
 */
export function takeConnections(
  { ipcMain }: Pick<Electron, 'ipcMain'>,
  options: ConnectionOptions,
): (contents: WebContents) => boolean {
  const connected = new WeakSet<WebContents>();
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
    connected.add(event.sender);
    onceGone(event.sender, () => connected.delete(event.sender));
    options.accept(port);
  });
  return (contents) => connected.has(contents);
}

/** Calls back once, when the process of a page is gone, or another page has taken its place. */
function onceGone(contents: WebContents, listener: () => void): void {
  const gone = (): void => {
    contents.off('render-process-gone', gone);
    contents.off('did-navigate', gone);
    listener();
  };
  contents.on('render-process-gone', gone);
  contents.on('did-navigate', gone);
}
