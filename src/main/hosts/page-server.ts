/** Serves the window contract to pages, whatever carries their messages. */
import type { AnyRouter } from '@orpc/server';
// Works on any channel, in spite of its name. Other handlers print what they cannot read, or leave a promise rejected,
// which ends the process.
import { RPCHandler } from '@orpc/server/bun-ws';
import { windowConnection } from '@server/window/router';
import { describeBug, type Report } from './report';

export interface ServedPage {
  /** Takes a message. One that is no call is left unanswered, and reported once. */
  receive(message: unknown): void;
  /** Ends the calls under way. */
  close(): void;
}

/** Returns what takes the messages of one page. `send` carries the answers. */
export function createPageServer(
  router: AnyRouter,
  report: Report,
): (send: (message: string | Uint8Array) => void) => ServedPage {
  const handler = new RPCHandler(router);
  return (send) => {
    const connection = windowConnection();
    const peer = {
      send: (message: string | ArrayBufferLike | Uint8Array) => {
        const isReady = typeof message === 'string' || message instanceof Uint8Array;
        send(isReady ? message : new Uint8Array(message));
        return 0;
      },
    };
    let reportOnce: Report | undefined = report;
    const refuse = (thrown: unknown): void => {
      reportOnce?.(`A message of the page was not answered. ${describeBug(thrown)}`);
      reportOnce = undefined;
    };
    return {
      receive: (message) => {
        if (typeof message === 'string') {
          handler.message(peer, message, connection).catch(refuse);
        } else if (message instanceof Uint8Array) {
          handler.message(peer, Buffer.from(message), connection).catch(refuse);
        } else refuse(new TypeError('A message is a text or bytes.'));
      },
      close: () => {
        handler.close(peer);
      },
    };
  };
}
