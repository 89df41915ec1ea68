/** Bodies that arrive in several calls: a call of the contract carries no stream. */
import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';

/** How many may be open at once. */
const MOST = 64;
/** Milliseconds until an upload that no request has taken ends. */
const UNTAKEN_MS = 60_000;
/** How much of a body waits for the server, in bytes. */
const AHEAD_BYTES = 256 * 1024;

interface Upload {
  readonly stream: PassThrough;
  taken: boolean;
}

export class Uploads {
  readonly #open = new Map<string, Upload>();

  constructor(private readonly runtime: Pick<Runtime, 'after'>) {}

  /** Begins a body. Throws `ALREADY_RUNNING` if too many are open. */
  begin(): string {
    if (this.#open.size >= MOST) {
      throw new AppError('ALREADY_RUNNING', { message: 'Too many bodies are being sent.' });
    }
    const id = randomUUID();
    const stream = new PassThrough({ highWaterMark: AHEAD_BYTES });
    const upload: Upload = { stream, taken: false };
    this.#open.set(id, upload);
    const cancel = this.runtime.after(UNTAKEN_MS, () => {
      if (!upload.taken) stream.destroy();
    });
    stream.on('error', () => undefined);
    stream.once('close', () => {
      cancel();
      this.#open.delete(id);
    });
    return id;
  }

  /** Resolves when there is room for more, with whether more is wanted: the request may have ended. */
  async write(id: string, chunk: Uint8Array, isLast: boolean): Promise<boolean> {
    const stream = this.#open.get(id)?.stream;
    if (stream === undefined || stream.destroyed || stream.writableEnded) return false;
    const hasRoom = stream.write(chunk);
    if (isLast) {
      stream.end();
      return false;
    }
    if (!hasRoom) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stream.off('drain', done).off('close', done);
          resolve();
        };
        stream.once('drain', done).once('close', done);
      });
    }
    return !stream.destroyed;
  }

  /** The body for the one request that it is for. Throws `INVALID_INPUT`. */
  take(id: string): Readable {
    const upload = this.#open.get(id);
    if (upload === undefined || upload.taken) {
      throw new AppError('INVALID_INPUT', {
        message: 'The body of the request is gone: it was sent before, or took too long.',
        hint: 'Send the request again.',
      });
    }
    upload.taken = true;
    return upload.stream;
  }

  close(): void {
    for (const { stream } of this.#open.values()) stream.destroy();
  }
}
