/** The WebSockets of the browser host: admitted by their first message, then they carry the contract. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { SOCKET_LOCKED, SOCKET_READY } from '@shared/bridge';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { createPageServer } from '../page-server';
import type { Report } from '../report';
import { RateLimit } from './rate-limit';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Frame included. The first message is a token of 43 characters. */
const MAX_BYTES_BEFORE_ADMISSION = 1024;
const FIRST_MESSAGE_WITHIN_MS = 5000;
const CLOSES_WITHIN_MS = 2000;
const ANSWERS_CLOSE_WITHIN_MS = 500;
/** WebSocket close codes; the first is of the application's own range: the session is not known here. */
const CLOSE_NO_SESSION = 4401;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_POLICY_VIOLATION = 1008;

/** `closeTimeout` is known to the library, not yet to its types. */
const serverOptions: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: CLOSES_WITHIN_MS,
};

export interface SocketsOptions {
  readonly router: AnyRouter;
  readonly report: Report;
  /** Called after the number of admitted sockets has changed. */
  readonly onChange: () => void;
}

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly connection: Duplex;
  readonly head: Buffer;
  /** Whether the first message of the socket admits it. */
  readonly admits: (firstMessage: string) => boolean;
  readonly onAdmitted: () => void;
}

export class Sockets {
  readonly #serve;
  readonly #server = new WebSocketServer(serverOptions);
  readonly #all = new Set<WebSocket>();
  readonly #admitted = new Set<WebSocket>();

  constructor(private readonly options: SocketsOptions) {
    this.#serve = createPageServer(options.router, options.report);
  }

  /** How many sockets may make calls. */
  get admitted(): number {
    return this.#admitted.size;
  }

  upgrade(upgrade: Upgrade): void {
    this.#server.handleUpgrade(upgrade.request, upgrade.connection, upgrade.head, (socket) => {
      this.#welcome(socket, upgrade);
    });
  }

  /** Ends every socket, at the latest after half a second: a page that hangs does not answer. */
  async close(isLocked: boolean): Promise<void> {
    this.#server.close();
    const closed = [...this.#all].map((socket) => {
      socket.close(isLocked ? SOCKET_LOCKED : CLOSE_GOING_AWAY);
      return new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          socket.terminate();
        }, ANSWERS_CLOSE_WITHIN_MS);
        socket.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    });
    await Promise.all(closed);
  }

  #welcome(socket: WebSocket, { connection, admits, onAdmitted }: Upgrade): void {
    this.#all.add(socket);
    const tooLate = setTimeout(() => {
      socket.close(CLOSE_NO_SESSION);
    }, FIRST_MESSAGE_WITHIN_MS);
    // Counted here, since the limit of the WebSocket server is that of an admitted socket.
    let received = 0;
    const countBytes = (chunk: Buffer): void => {
      received += chunk.length;
      const isTooMuch = received > MAX_BYTES_BEFORE_ADMISSION && !this.#admitted.has(socket);
      if (isTooMuch) socket.terminate();
    };
    connection.on('data', countBytes);
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('close', () => {
      clearTimeout(tooLate);
      this.#all.delete(socket);
      if (this.#admitted.delete(socket)) this.options.onChange();
    });
    socket.once('message', (data: Buffer, isBinary) => {
      clearTimeout(tooLate);
      if (isBinary || !admits(data.toString('utf8'))) {
        socket.close(CLOSE_NO_SESSION);
        return;
      }
      connection.off('data', countBytes);
      this.#admitted.add(socket);
      onAdmitted();
      this.#carry(socket);
      socket.send(SOCKET_READY);
      this.options.onChange();
    });
  }

  /** Hands each message to the contract. */
  #carry(socket: WebSocket): void {
    const messages = new RateLimit(2000, 1000);
    const page = this.#serve((message) => {
      socket.send(message);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (messages.take()) page.receive(isBinary ? data : data.toString('utf8'));
      else socket.close(CLOSE_POLICY_VIOLATION);
    });
    socket.on('close', () => {
      page.close();
    });
  }
}
