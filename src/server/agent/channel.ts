/**
 * Messages over a stream of bytes, one line of JSON each. It implements as much of a WebSocket as the RPC
 * library uses, so that the library runs over a local socket.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { AppError } from '@shared/errors';

const NEWLINE = 0x0a;

/** The two of WebSocket's states that a channel has. */
const OPEN = 1;
const CLOSED = 3;

interface ChannelEvents {
  message: [{ readonly data: string }];
  close: [];
}

export interface ChannelOptions {
  /** The size of the largest message that is accepted, in bytes. A larger message ends the channel. */
  readonly receives: number;
  /** The size of the largest message that `send` accepts, in bytes. */
  readonly sends: number;
  /**
   * Stops reading while the other end does not read. Only one end may do that; otherwise both could wait for
   * each other.
   */
  readonly pausesWhileFull: boolean;
}

/** Why this end ended a channel. */
export type ChannelFault = 'too-large' | 'malformed';

export class Channel {
  /** Set if the other end sent something unacceptable. */
  fault: ChannelFault | undefined;
  readonly #events = new EventEmitter<ChannelEvents>();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #receives: number;
  #isMessage: (message: unknown) => boolean = () => true;
  /** The parts of the message that is arriving. */
  #pieces: Buffer[] = [];
  #size = 0;
  #draining: Promise<void> | undefined;

  constructor(
    private readonly stream: Duplex,
    private readonly options: ChannelOptions,
  ) {
    this.#receives = options.receives;
    stream.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    // The close event follows, and is enough.
    stream.on('error', () => undefined);
    stream.once('close', () => {
      this.#events.emit('close');
    });
  }

  get isClosed(): boolean {
    return this.stream.destroyed;
  }

  get readyState(): number {
    return this.isClosed ? CLOSED : OPEN;
  }

  /** Changes, from the next message on, the accepted size and the accepted messages. */
  accept(receives: number, isMessage: (message: unknown) => boolean): void {
    this.#receives = receives;
    this.#isMessage = isMessage;
  }

  addEventListener<E extends keyof ChannelEvents>(
    event: E,
    listener: (...args: ChannelEvents[E]) => void,
  ): void {
    this.#events.on<keyof ChannelEvents>(event, listener);
  }

  removeEventListener<E extends keyof ChannelEvents>(
    event: E,
    listener: (...args: ChannelEvents[E]) => void,
  ): void {
    this.#events.off<keyof ChannelEvents>(event, listener);
  }

  once<E extends keyof ChannelEvents>(
    event: E,
    listener: (...args: ChannelEvents[E]) => void,
  ): void {
    this.#events.once<keyof ChannelEvents>(event, listener);
  }

  /**
   * Resolves when the other end has room for more. Does nothing once the channel has ended. Throws
   * `INVALID_INPUT` if the message is too large.
   */
  async send(text: string): Promise<void> {
    if (Buffer.byteLength(text) >= this.options.sends) {
      throw new AppError('INVALID_INPUT', {
        message: `This is larger than the ${String(this.options.sends)} bytes that Strongroom takes at once.`,
        hint: 'Send it in several smaller parts.',
      });
    }
    if (this.stream.destroyed) return;
    this.#gather();
    if (this.stream.write(`${text}\n`)) return;
    await (this.#draining ??= this.#drain());
  }

  /** Messages that are sent in the same turn of the event loop go to the system together: each call of it costs. */
  #gather(): void {
    if (this.stream.writableCorked > 0) return;
    this.stream.cork();
    process.nextTick(() => {
      this.stream.uncork();
    });
  }

  /** Sends the pending messages and this one, unless the other end does not read, and ends the channel. */
  end(text: string): void {
    this.stream.end(`${text}\n`);
    this.stream.once('finish', () => {
      this.stream.destroy();
    });
  }

  destroy(): void {
    this.stream.destroy();
  }

  #drain(): Promise<void> {
    if (this.options.pausesWhileFull) this.stream.pause();
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done).off('close', done);
        this.#draining = undefined;
        if (this.options.pausesWhileFull) this.stream.resume();
        resolve();
      };
      this.stream.once('drain', done).once('close', done);
    });
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      if (!this.#keep(rest.subarray(0, end))) return;
      this.#deliver();
      if (this.stream.destroyed) return;
      rest = rest.subarray(end + 1);
    }
    this.#keep(rest);
  }

  #keep(piece: Buffer): boolean {
    this.#size += piece.byteLength;
    if (this.#size > this.#receives) {
      this.#end('too-large');
      return false;
    }
    if (piece.byteLength > 0) this.#pieces.push(piece);
    return true;
  }

  #deliver(): void {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    const data = this.#textOf(bytes);
    if (data === undefined) this.#end('malformed');
    else this.#events.emit('message', { data });
  }

  /**
   * `undefined` if it is not a message. The library would print a message that it cannot read, with its
   * values.
   */
  #textOf(bytes: Buffer): string | undefined {
    try {
      const text = this.#decoder.decode(bytes);
      return this.#isMessage(JSON.parse(text)) ? text : undefined;
    } catch {
      return undefined;
    }
  }

  #end(fault: ChannelFault): void {
    this.fault = fault;
    this.#pieces = [];
    this.stream.destroy();
  }
}
