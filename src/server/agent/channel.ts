/**
 * Messages over a stream of bytes, one line of JSON each. It has as much of a WebSocket as the two ends of
 * the RPC library use, so that they run over a local socket.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { AppError } from '@shared/errors';

const NEWLINE = 0x0a;

/** Of WebSocket's states, the two that a channel has. */
const OPEN = 1;
const CLOSED = 3;

interface ChannelEvents {
  message: [{ readonly data: string }];
  close: [];
}

export interface ChannelOptions {
  /** Bytes of the largest message that is accepted. A larger one ends the channel. */
  readonly receives: number;
  /** Bytes of the largest message that `send` takes. */
  readonly sends: number;
  /**
   * Reads nothing while the other end does not read. Only one end may do that, or both would wait for each
   * other.
   */
  readonly pausesWhileFull: boolean;
}

/** Why a channel was ended by this end. */
export type ChannelFault = 'too-large' | 'malformed';

export class Channel {
  /** Set if what came was not acceptable. */
  fault: ChannelFault | undefined;
  readonly #events = new EventEmitter<ChannelEvents>();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #receives: number;
  #isMessage: (message: unknown) => boolean = () => true;
  /** The message that has begun to arrive. */
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
    // The close that follows says all there is to say.
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

  /** From the next message on, accepts another size, and only messages like these. */
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
   * Resolves when the other end has room for more. Does nothing after the end. Throws `INVALID_INPUT` for a
   * message that is too large.
   */
  async send(text: string): Promise<void> {
    const line = Buffer.from(`${text}\n`, 'utf8');
    if (line.byteLength > this.options.sends) {
      throw new AppError('INVALID_INPUT', {
        message: `This is larger than the ${String(this.options.sends)} bytes that Strongroom takes at once.`,
        hint: 'Send it in several smaller parts.',
      });
    }
    if (this.stream.destroyed || this.stream.write(line)) return;
    await (this.#draining ??= this.#drain());
  }

  /** Sends what is still to be sent, unless the other end does not read, and ends the channel. */
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

  /** `undefined` if it is no message. The library would print what it cannot read, values and all. */
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
