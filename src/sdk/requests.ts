/** Requests whose headers refer to secrets. */
import { AppError } from '@shared/errors';
import { toStrongroomError } from './to-error';
import { resolveHeaders, type ResolveReference } from './headers';
import { fetchWithoutLeak } from './redirects';
import type { RequestHeaders, RequestOptions, Requests, WebhookDefinition } from './types';

export interface RequestParts {
  readonly resolve: ResolveReference;
  readonly send: typeof globalThis.fetch;
}

export function requestsWith({ resolve, send }: RequestParts): Requests {
  const request = async (
    url: string | URL,
    { headers: given, ...init }: RequestOptions = {},
  ): Promise<Response> => {
    const signal = init.signal ?? undefined;
    try {
      const target = parsed(url);
      const waiting = signal ?? new AbortController().signal;
      const resolved = await resolveHeaders(given, resolve, waiting);
      return await fetchWithoutLeak({ ...resolved, url: target, init, send });
    } catch (error) {
      // As the global `fetch` does: the reason of the signal, or the error of `fetch`.
      if (signal?.aborted === true) throw signal.reason;
      throw error instanceof AppError ? toStrongroomError(error) : error;
    }
  };
  return {
    fetch: request,
    webhook: (definition) => {
      const { url, method = 'POST', headers = {} } = definition;
      return async (args, { signal } = {}) => {
        const { body, type } = bodyOf(definition, args);
        return request(url, {
          method,
          headers: type === undefined ? headers : withType(headers, type),
          ...(body !== undefined && { body }),
          ...(signal !== undefined && { signal }),
        });
      };
    },
  };
}

function parsed(url: string | URL): URL {
  if (URL.canParse(String(url))) return new URL(url);
  throw new AppError('INVALID_INPUT', {
    message: 'The address of the request is not valid.',
    hint: 'Pass a whole address, such as https://api.example.com/orders.',
    details: { field: 'url' },
  });
}

/** Whether `fetch` accepts it as a body, and sets the content type itself. */
const isBody = (value: unknown): value is NonNullable<RequestInit['body']> =>
  typeof value === 'string' ||
  value instanceof URLSearchParams ||
  value instanceof FormData ||
  value instanceof Blob ||
  value instanceof ArrayBuffer ||
  ArrayBuffer.isView(value) ||
  value instanceof ReadableStream;

interface Body {
  readonly body?: RequestInit['body'];
  readonly type?: string;
}

function bodyOf<Args>({ requestBody }: WebhookDefinition<Args>, args: Args): Body {
  const content = requestBody?.(args);
  if (content === undefined) return {};
  return isBody(content)
    ? { body: content }
    : { body: JSON.stringify(content), type: 'application/json' };
}

/** A content type among the headers takes precedence. */
function withType(headers: RequestHeaders, type: string): RequestHeaders {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const hasType = pairs.some(([name]) => name.toLowerCase() === 'content-type');
  return hasType ? pairs : [...pairs, ['Content-Type', type]];
}
