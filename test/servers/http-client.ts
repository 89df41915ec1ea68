/** A minimal HTTP client for tests: sends the given bytes, and follows no redirect. */
import { once } from 'node:events';
import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  /** The only authority to trust, as PEM. */
  readonly ca?: string;
  /** A client certificate, as PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** Trusts any certificate. */
  readonly insecure?: boolean;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface HttpResult {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** `undefined` if the text is not JSON. */
  readonly json: unknown;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `target` goes into the request line unchanged. Rejects if the answer is incomplete. */
export async function httpCall(
  base: string,
  target: string,
  options: HttpOptions = {},
): Promise<HttpResult> {
  const url = new URL(base);
  const payload =
    options.body === undefined || typeof options.body === 'string'
      ? options.body
      : JSON.stringify(options.body);
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)({
    host: url.hostname,
    port: url.port,
    path: target,
    method: options.method ?? 'GET',
    headers: {
      ...(payload === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(payload)) }),
      ...options.headers,
    },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.insecure === true ? { rejectUnauthorized: false } : {}),
    ...(options.agent === undefined ? {} : { agent: options.agent }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  // Since Node 24 an answer that breaks off is also an error of its request.
  request.on('error', () => undefined);
  request.end(payload);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: parse(text),
  };
}
