/** Small servers for one test, for answers that no stand-in gives. */
import { onTestFinished } from 'vitest';
import { httpCall } from '../servers/http-client';
import { listen, type HttpAnswer, type HttpRequest } from '../servers/http-listener';

/** The address of a server on this computer, which is closed when the test ends. */
async function listening(
  apply: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>,
): Promise<string> {
  const { url, close } = await listen({
    handle: (request) => ({ fault: undefined, apply: () => apply(request) }),
  });
  onTestFinished(close);
  return url;
}

/** Answers every request with 200 and this JSON. */
export const answering = (body: () => string): Promise<string> =>
  listening(() => ({ status: 200, headers: {}, body: body() }));

/**
 * A reverse proxy that serves each of these servers below a path, and nothing else: like
 * `location /vault/ { proxy_pass http://server/; }` of nginx. Resolves with its address, without a path.
 */
export const behindPaths = (servers: Readonly<Record<string, string>>): Promise<string> =>
  listening(async ({ target, method, headers, body }) => {
    const html = { 'Content-Type': 'text/html' };
    const [path, server] =
      Object.entries(servers).find(([one]) => target.startsWith(`${one}/`)) ?? [];
    if (path === undefined || server === undefined) {
      return { status: 404, headers: html, body: '<h1>404 Not Found</h1>' };
    }
    const answer = await httpCall(server, target.slice(path.length), {
      method,
      headers,
      ...(body !== '' && { body }),
    });
    return {
      status: answer.status,
      headers: { 'Content-Type': answer.headers['content-type'] ?? 'text/plain' },
      body: answer.text,
    };
  });
