/** Requests with a grant: Strongroom makes them and adds the credential. See docs/guide/requests.md. */
import { AppError } from '@shared/errors';
import type { AgentClient } from '@shared/contract/agent';
import type { Runtime } from '@core/runtime';
import { eventsOf } from '@server/agent/connect';
import { connectToStrongroom } from './strongroom-place';
import { toStrongroomError } from './to-error';
import type { GrantRequest } from './types';

/** Bytes of a body that goes along with the call, and of each part of a larger one. */
const PART_BYTES = 256 * 1024;

interface Surroundings {
  readonly runtime: Runtime;
  /** The working directory. */
  readonly directory: string;
}

export async function requestWithGrant(
  surroundings: Surroundings,
  grant: string,
  options: GrantRequest,
): Promise<Response> {
  const { signal = new AbortController().signal, settings = {} } = options;
  try {
    signal.throwIfAborted();
    const { connection, workspace } = await connectToStrongroom({
      ...surroundings,
      given: { ...settings },
    });
    try {
      return await send(connection.client, { grant, workspace, options, signal }, () => {
        connection.close();
      });
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    throw toStrongroomError(error, { signal });
  }
}

interface Sending {
  readonly grant: string;
  readonly workspace: string | undefined;
  readonly options: GrantRequest;
  readonly signal: AbortSignal;
}

async function send(
  client: AgentClient,
  { grant, workspace, options, signal }: Sending,
  close: () => void,
): Promise<Response> {
  const { url, method = 'GET', timeout, redirect, reason, onWaiting } = options;
  const call = { signal, context: { reason } };
  const { headers, body, rest } = await bodyOf(options);
  const upload =
    rest === undefined ? undefined : (await client.requests.upload(undefined, call)).upload;
  const events = eventsOf(
    await client.requests.send(
      {
        grant,
        ...(workspace !== undefined && { workspace }),
        method: method.toUpperCase(),
        url: String(url),
        headers,
        ...(upload === undefined
          ? body !== undefined && { body: { base64: Buffer.from(body).toString('base64') } }
          : { body: { upload } }),
        ...(timeout !== undefined && { timeout }),
        ...(redirect === 'manual' && { redirects: 0 }),
        gathered: true,
      },
      call,
    ),
  );
  if (upload !== undefined && rest !== undefined) {
    // A body that fails ends the request, which then says so.
    void write(client, upload, [body ?? new Uint8Array()], rest, call).catch(() => {
      close();
    });
  }
  for (;;) {
    const next = await events.next();
    if (next.done === true) throw new AppError('INTERRUPTED');
    const event = next.value;
    if (event.type === 'waiting') onWaiting?.();
    if (event.type !== 'head') continue;
    const isEmpty = [204, 205, 304].includes(event.status);
    const answer = new Response(isEmpty ? null : streamOf(events, signal, close), {
      status: event.status,
      headers: event.headers,
    });
    if (isEmpty) {
      await events.return();
      close();
    }
    return Object.defineProperty(answer, 'url', { value: event.url });
  }
}

type Events = AsyncGenerator<
  { readonly type: string; readonly base64?: string | undefined },
  void,
  undefined
>;

/** The body of the answer. The connection ends with it. */
function streamOf(events: Events, signal: AbortSignal, close: () => void): ReadableStream {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        for (;;) {
          const next = await events.next();
          if (next.done === true) {
            controller.close();
            close();
            return;
          }
          if (next.value.base64 === undefined) continue;
          controller.enqueue(Buffer.from(next.value.base64, 'base64'));
          return;
        }
      } catch (error) {
        controller.error(toStrongroomError(error, { signal }));
        close();
      }
    },
    cancel: () => {
      // The end of the connection ends the request.
      close();
    },
  });
}

interface Body {
  readonly headers: [string, string][];
  /** Its beginning; absent if there is none. */
  readonly body?: Uint8Array;
  /** What comes after it. */
  readonly rest?: AsyncIterable<Uint8Array>;
}

/** The body as Node would send it, with the content type that it has by its kind. */
async function bodyOf({ body, headers: given = {} }: GrantRequest): Promise<Body> {
  const headers = [...(Symbol.iterator in given ? given : Object.entries(given))].map(
    ([name, value]): [string, string] => [name, value],
  );
  if (body === undefined || body === null) return { headers };
  const { headers: own, body: stream } = new Response(body);
  const type = own.get('content-type');
  if (type !== null && !headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    headers.push(['Content-Type', type]);
  }
  if (stream === null) return { headers };
  const parts = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await parts.next();
    if (next.done === true) return { headers, body: Buffer.concat(first) };
    first.push(next.value);
    size += next.value.byteLength;
    // A stream may not end before its answer is read, so only what was there at once goes along.
    if (body instanceof ReadableStream || size > PART_BYTES) {
      return { headers, body: Buffer.concat(first), rest: { [Symbol.asyncIterator]: () => parts } };
    }
  }
}

async function write(
  client: AgentClient,
  upload: string,
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
  call: {
    readonly signal: AbortSignal;
    readonly context: { readonly reason?: string | undefined };
  },
): Promise<void> {
  const add = (bytes: Uint8Array, last: boolean) =>
    client.requests.write({ upload, base64: Buffer.from(bytes).toString('base64'), last }, call);
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* first;
    yield* rest;
  }
  for await (const chunk of all()) {
    for (let from = 0; from < chunk.byteLength; from += PART_BYTES) {
      const { wanted } = await add(chunk.subarray(from, from + PART_BYTES), false);
      if (!wanted) return;
    }
  }
  await add(new Uint8Array(), true);
}
