/**
 * `fetch` that follows redirects by itself, so that secrets do not go along to another origin. The rules are those
 * of https://fetch.spec.whatwg.org/#http-redirect-fetch.
 */
import { AppError } from '@shared/errors';
import type { ResolvedHeaders } from './headers';

/** As in the specification. */
const MOST_REDIRECTS = 20;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Go with the body; https://fetch.spec.whatwg.org/#request-body-header-name */
const OF_THE_BODY = ['content-encoding', 'content-language', 'content-location', 'content-type'];

/** Headers that a browser does not send to another origin, and headers that are meant for one host. */
const OF_THE_ORIGIN = ['authorization', 'cookie', 'host', 'proxy-authorization'];

export interface Sending extends ResolvedHeaders {
  readonly url: URL;
  readonly init: Omit<RequestInit, 'headers'>;
  readonly send: typeof globalThis.fetch;
}

/**
 * Throws what `fetch` throws, and `REDIRECTED` after too many redirects, or if one leads to no address. With
 * `redirect: 'manual'` the redirect itself is the answer.
 */
export async function fetchWithoutLeak({
  url: first,
  init: given,
  headers: all,
  secret,
  send,
}: Sending): Promise<Response> {
  const headers = new Headers(all);
  const mode = given.redirect ?? 'follow';
  let init: RequestInit = { ...given, redirect: 'manual' };
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(url, { ...init, headers });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null || mode === 'manual')
      return redirects === 0 ? response : arrived(response);
    // An unread body would keep the connection.
    await response.body?.cancel();
    if (mode === 'error') throw refused(url, 'the option redirect is “error”');
    if (redirects === MOST_REDIRECTS)
      throw refused(url, `${String(MOST_REDIRECTS)} came before it`);
    const next = addressOf(location, url);
    init = after(response.status, init, headers, url);
    if (next.origin !== url.origin) {
      for (const name of [...secret, ...OF_THE_ORIGIN]) headers.delete(name);
    }
    url = next;
  }
}

/** The request that follows a redirect; may remove headers that belonged to the body. */
function after(status: number, init: RequestInit, headers: Headers, url: URL): RequestInit {
  const method = (init.method ?? 'GET').toUpperCase();
  const becomesGet =
    status === 303
      ? method !== 'GET' && method !== 'HEAD'
      : (status === 301 || status === 302) && method === 'POST';
  if (becomesGet) {
    for (const name of OF_THE_BODY) headers.delete(name);
    const { body: _, ...rest } = init;
    return { ...rest, method: 'GET' };
  }
  if (init.body instanceof ReadableStream || isIterable(init.body)) {
    throw refused(url, 'the body was a stream, which cannot be sent twice');
  }
  return init;
}

/** Node takes an async iterable as the body, which is used up by one request. */
const isIterable = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

function addressOf(location: string, base: URL): URL {
  const next = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol)) {
    throw refused(base, 'it leads to no http or https address');
  }
  // The fragment stays, unless the redirect brings its own.
  if (next.hash === '') next.hash = base.hash;
  return next;
}

const refused = ({ origin }: URL, why: string): AppError =>
  new AppError('REDIRECTED', {
    message: `A redirect of ${origin} was not followed: ${why}.`,
    hint: 'Look at what the server answers, and use the address that it redirects to.',
  });

/** Node reports a redirect only if Node followed it. */
const arrived = (response: Response): Response =>
  Object.defineProperty(response, 'redirected', { value: true, configurable: true });
