/** The way to a core that another process has: the agent contract over its socket. */
import { connect as connectSocket, type Socket } from 'node:net';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { AgentCallContext, AgentClient } from '@shared/contract/agent';
import { REASON_HEADER } from '@shared/contract/agent/version';
import type { Hello } from '@shared/contract/agent/handshake';
import { AppError, isAppError } from '@shared/errors';
import { reportIn } from '@shared/model/error-report';
import type { Runtime } from '@core/runtime';
import { Channel } from './channel';
import { findEndpoint, type Surroundings } from './endpoint';
import { greet, isWelcome, MESSAGE_BYTES } from './handshake';

/** Bytes of the largest answer. Larger than any list; the core is trusted. */
const ANSWER_BYTES = 64 * 1024 * 1024;

/** What a program says about itself. */
export type Introduction = Pick<Hello, 'version' | 'kind' | 'process'>;

export interface CoreConnection {
  readonly client: AgentClient;
  readonly isClosed: boolean;
  /** Whether the process goes on while nothing but this connection is open. Default: true. */
  keepsAlive(keeps: boolean): void;
  /** Calls that are still running fail with `INTERRUPTED`. */
  close(): void;
}

export interface ConnectOptions {
  readonly dataDirectory: string;
  readonly introduction: Introduction;
  readonly surroundings: Surroundings;
  readonly runtime: Runtime;
  /** Milliseconds until a core that says nothing counts as none. */
  readonly within: number;
}

/**
 * Connects to the core that listens for a data directory. `undefined` if no core listens, or if the core does not
 * accept this program at the moment. Throws `VERSION_MISMATCH`.
 */
export async function connectToCore(options: ConnectOptions): Promise<CoreConnection | undefined> {
  const endpoint = findEndpoint(options.dataDirectory, options.surroundings);
  if (endpoint === undefined) return undefined;
  const socket = connectSocket(endpoint.path);
  const channel = new Channel(socket, {
    receives: ANSWER_BYTES,
    sends: MESSAGE_BYTES,
    pausesWhileFull: false,
  });
  const hello = greet(options.introduction, endpoint.token);
  const cancel = options.runtime.after(options.within, () => {
    channel.destroy();
  });
  try {
    const answer = firstMessage(channel);
    await channel.send(JSON.stringify(hello));
    const text = await answer;
    if (text !== undefined && isWelcome(text, hello, endpoint.token))
      return connectionOn(channel, socket);
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    cancel();
  }
  channel.destroy();
  return undefined;
}

/** `undefined` if the channel closes first. */
const firstMessage = (channel: Channel): Promise<string | undefined> =>
  new Promise((resolve) => {
    channel.once('message', ({ data }) => {
      resolve(data);
    });
    channel.once('close', () => {
      resolve(undefined);
    });
  });

function connectionOn(channel: Channel, socket: Socket): CoreConnection {
  const link = new RPCLink<AgentCallContext>({
    websocket: channel,
    headers: ({ context: { reason } }) => (reason === undefined ? {} : { [REASON_HEADER]: reason }),
    interceptors: [
      ({ next, signal }) =>
        withAppErrors(next, signal).catch((error: unknown) => {
          const isCutOff = channel.isClosed && signal?.aborted !== true;
          throw isCutOff ? cutOff(error) : error;
        }),
    ],
  });
  return {
    client: createORPCClient(link),
    get isClosed() {
      return channel.isClosed;
    },
    keepsAlive: (keeps) => {
      if (keeps) socket.ref();
      else socket.unref();
    },
    close: () => {
      channel.destroy();
    },
  };
}

const cutOff = (cause: unknown): AppError =>
  new AppError('INTERRUPTED', {
    message: 'The connection to Strongroom ended before it had answered.',
    cause,
  });

/** The events of a stream, or of a list if they came together; fails as `withAppErrors` does. */
export async function* eventsOf<T>(
  events: AsyncIterable<T> | readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  if (!(Symbol.asyncIterator in events)) {
    yield* events;
    return;
  }
  const iterator = events[Symbol.asyncIterator]();
  // A stream that has ended or failed has nothing to return from, and its connection may be gone.
  let isOpen = false;
  const next = async (): Promise<IteratorResult<T>> => {
    isOpen = false;
    const result = await withAppErrors(() => iterator.next(), signal);
    isOpen = result.done !== true;
    return result;
  };
  try {
    for (let each = await next(); each.done !== true; each = await next()) yield each.value;
  } finally {
    if (isOpen) await iterator.return?.();
  }
}

/**
 * Runs a call; what it fails with becomes the `AppError` that the core has thrown. A call that its signal ends
 * fails with `CANCELLED`.
 */
export async function withAppErrors<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ORPCError)) {
      // The library rejects with the reason of the signal, which can be anything.
      const isEnded = signal?.aborted === true && !isAppError(error);
      if (isEnded) throw new AppError('CANCELLED', { cause: error });
      // This is how it ends a stream whose connection was closed.
      throw error instanceof Error && error.name === 'AbortError' ? cutOff(error) : error;
    }
    const report = reportIn(error);
    if (report === undefined) throw new AppError('INTERNAL', { cause: error });
    const { code, message, cause, hint, remedy, details } = report;
    throw new AppError(code, { message, likelyCause: cause, hint, remedy, details });
  }
}
