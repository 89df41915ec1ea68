/** One request of a program to a server of a grant: read, sent by the core, and answered. */
import { once } from 'node:events';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import {
  AppError,
  isAppError,
  rowOf,
  toErrorReport,
  type ErrorArea,
  type ErrorCode,
} from '@shared/errors';
import { eventsOf } from '@server/agent/connect';
import type { OpenCore } from '../../context';
import { planFor, type Brokered } from './plan';

export interface ExchangeParts {
  /** Those of the program at this time. */
  readonly variables: () => readonly Brokered[];
  readonly withCore: <T>(work: (core: OpenCore) => Promise<T>) => Promise<T>;
  /** Says that a person is asked. */
  readonly waiting: (grant: string) => void;
}

/** Where the request came from: a tunnel, or the address of the request itself. */
export interface Arrived {
  readonly request: IncomingMessage;
  /** Scheme, host and port that the program has asked for. */
  readonly origin: string;
  /** The path and the query. */
  readonly path: string;
}

/** Bytes of a body that are read before the request is sent, and that go along in one message. */
const PEEKED = 512 * 1024;
/** Bytes of each later part. */
const PART = 256 * 1024;

type Headers = [name: string, value: string][];

/** Of one connection, or written again when the request is sent. */
const OF_CONNECTION = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'expect',
  'accept-encoding',
]);

/** The headers for the server, in order. */
export function forwardedHeaders({ rawHeaders, headers }: IncomingMessage): Headers {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const left = new Set([...OF_CONNECTION, ...named]);
  const kept: Headers = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!left.has(name.toLowerCase())) kept.push([name, value]);
  }
  return kept;
}

interface Body {
  readonly begun: Buffer;
  /** What follows; `undefined` if that is all. */
  readonly rest: AsyncIterator<Buffer> | undefined;
}

/** Reads a body until it ends or is too large to be sent along; `undefined` if there is none. */
async function bodyOf(request: IncomingMessage): Promise<Body | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || Number(length) === 0)) return undefined;
  const chunks: Buffer[] = [];
  const rest = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (let size = 0; size <= PEEKED;) {
    const { done, value } = await rest.next();
    if (done === true) return { begun: Buffer.concat(chunks), rest: undefined };
    chunks.push(value);
    size += value.byteLength;
  }
  return { begun: Buffer.concat(chunks), rest };
}

/** Where the answer goes. */
interface Answering {
  head(status: number, headers: Headers): void;
  readonly body: Writable;
  /** Answers a failure; ends an answer that has begun. */
  fail(error: unknown): void;
}

/** Sends a request, and answers it. Never throws: a failure is the answer. */
export async function exchange(
  parts: ExchangeParts,
  arrived: Arrived,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  const answering: Answering = {
    head: (status, headers) => {
      response.sendDate = false;
      response.writeHead(status, headers.flat());
      response.flushHeaders();
    },
    body: response,
    fail: (error) => {
      if (response.headersSent) response.destroy();
      else answerFailure(response, error);
    },
  };
  try {
    const body = await bodyOf(arrived.request);
    await send(parts, arrived, body, answering, gone.signal);
    response.end();
  } catch (error) {
    answering.fail(error);
  }
}

/** As `exchange`, for a program that wants to go over to another protocol. `head`: what it has said in that already. */
export async function exchangeUpgrade(
  parts: ExchangeParts,
  arrived: Arrived,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  socket
    .on('error', () => undefined)
    .once('close', () => {
      gone.abort();
    });
  let hasBegun = false;
  const write = (status: number, headers: Headers): void => {
    hasBegun = true;
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const reason = STATUS_CODES[status] ?? '';
    socket.write(`HTTP/1.1 ${String(status)} ${reason}\r\n${lines}\r\n`, 'latin1');
  };
  try {
    if (head.byteLength > 0) socket.unshift(head);
    const body: Body = {
      begun: Buffer.alloc(0),
      rest: socket.iterator({ destroyOnReturn: false }),
    };
    const answering: Answering = {
      head: (status, headers) => {
        write(status, status === 101 ? headers : [...headers, ['Connection', 'close']]);
      },
      body: socket,
      fail: () => undefined,
    };
    await send(parts, arrived, body, answering, gone.signal);
    socket.end();
  } catch (error) {
    if (!hasBegun) {
      const { status, text } = failureOf(error);
      write(status, [
        ['Content-Type', 'application/json'],
        ['Connection', 'close'],
      ]);
      socket.end(text);
    } else socket.destroy();
  }
}

async function send(
  { variables, withCore, waiting }: ExchangeParts,
  { request, origin, path }: Arrived,
  body: Body | undefined,
  answering: Answering,
  signal: AbortSignal,
): Promise<void> {
  const { method = '' } = request;
  const upgrade = request.headers.upgrade;
  const headers = forwardedHeaders(request);
  const url = urlOf(origin, path, hostsOf(request));
  const begun = upgrade === undefined ? body?.begun : undefined;
  const isOpen = upgrade === undefined && body?.rest !== undefined;
  const plan = planFor(variables(), { url, headers, body: begun, isOpen });
  // The variables may have changed since the connection was made.
  if (plan === undefined) throw new AppError('HOST_NOT_GRANTED');
  const { grant, ...brokered } = plan;
  const length = request.headers['content-length'];
  await withCore(async ({ client, options }) => {
    const call = { ...options, signal };
    const upload =
      body?.rest === undefined ? undefined : (await client.requests.upload(undefined, call)).upload;
    const events = eventsOf(
      await client.requests.broker(
        {
          ...brokered,
          grant: grant.id,
          method,
          url: url.href,
          headers,
          ...(body !== undefined && {
            body: upload === undefined ? { base64: body.begun.toString('base64') } : { upload },
          }),
          ...(upload !== undefined && length !== undefined && { length: Number(length) }),
          ...(upgrade !== undefined && { upgrade }),
        },
        call,
      ),
      signal,
    );
    const sending =
      upload === undefined || body === undefined
        ? undefined
        : sendRest(body, (part, last) =>
            client.requests.write({ upload, base64: part.toString('base64'), last }, call),
          );
    // The request itself fails if its body does, and says why.
    sending?.catch(() => undefined);
    for await (const event of events) {
      if (event.type === 'waiting') waiting(grant.name);
      else if (event.type === 'head') answering.head(event.status, event.headers);
      else if (event.type === 'chunk') {
        await written(answering.body, Buffer.from(event.base64, 'base64'), signal);
      }
    }
  });
}

/** Every header Host: Node shows the first only. */
const hostsOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'host' && index % 2 === 1,
  );

/** The URL of a request. Throws `INVALID_INPUT` if it is not one for the server that the program has asked for. */
function urlOf(origin: string, path: string, hosts: readonly string[]): URL {
  const refuse = (message: string, hint: string): AppError =>
    new AppError('INVALID_INPUT', { message, hint });
  if (!path.startsWith('/') || !URL.canParse(`${origin}${path}`)) {
    throw refuse('The request has no path.', 'Send a path, such as /v1/orders.');
  }
  const { protocol, host: wanted } = new URL(origin);
  const named = `${protocol}//${hosts[0] ?? ''}`;
  if (hosts.length !== 1 || !URL.canParse(named) || new URL(named).host !== wanted) {
    throw refuse(
      'The header Host names another server than the one that was asked for.',
      'Send the request to the server that it is for.',
    );
  }
  return new URL(`${origin}${path}`);
}

async function sendRest(
  { begun, rest }: Body,
  write: (part: Buffer, last: boolean) => Promise<{ readonly wanted: boolean }>,
): Promise<void> {
  for (let chunk = begun, done = false; !done;) {
    for (let from = 0; from < chunk.byteLength; from += PART) {
      if (!(await write(chunk.subarray(from, from + PART), false)).wanted) return;
    }
    const next = await rest?.next();
    if (next === undefined || next.done === true) done = true;
    else chunk = next.value;
  }
  await write(Buffer.alloc(0), true);
}

/** Resolves when there is room for more. */
async function written(to: Writable, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (!to.write(bytes)) await once(to, 'drain', { signal });
}

/** The status of a failure, where HTTP has one. */
const statusOfCode: Readonly<Partial<Record<ErrorCode, number>>> = {
  RATE_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  TIMED_OUT: 504,
  INVALID_INPUT: 400,
};

const statusOfArea: Readonly<Partial<Record<ErrorArea, number>>> = {
  grant: 403,
  workspace: 403,
  key: 503,
  run: 503,
  storage: 503,
};

/** Otherwise the server of the request was not reached, or has not answered as it should. */
const statusOf = ({ code }: AppError): number =>
  statusOfCode[code] ?? statusOfArea[rowOf(code).area] ?? 502;

/** A failure as services answer it, so that a program shows its sentences. */
export function failureOf(error: unknown): { readonly status: number; readonly text: string } {
  const known = isAppError(error) ? error : new AppError('INTERNAL', { cause: error });
  const { code, message, cause, hint } = toErrorReport(known);
  const sentences = [`Strongroom: ${message}`, cause, hint].filter((text) => text !== undefined);
  return {
    status: statusOf(known),
    text: JSON.stringify({ error: { code, type: 'strongroom', message: sentences.join(' ') } }),
  };
}

/** Answers a failure. */
export function answerFailure(response: ServerResponse, error: unknown): void {
  const { status, text } = failureOf(error);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(text);
}
