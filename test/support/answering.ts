/** Small servers for one test, for answers that no stand-in gives. */
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** The address of a server on this computer, which is closed when the test ends. */
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${String(port)}`;
}

/** Answers every request with 200 and this JSON. */
export const answering = (body: (asked: IncomingMessage) => string): Promise<string> =>
  listening((asked, response) => {
    response.end(body(asked));
  });

/**
 * A reverse proxy in front of `target`, which serves what is below `path` there and nothing else: like
 * `location /vault/ { proxy_pass http://target/; }` of nginx. Resolves with its address, `path` included.
 */
export async function behindPath(target: string, path: string): Promise<string> {
  const address = await listening((asked, response) => {
    const { url = '', method, headers } = asked;
    if (!url.startsWith(`${path}/`)) {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>404 Not Found</h1>');
      return;
    }
    const passed = request(`${target}${url.slice(path.length)}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(passed);
  });
  return `${address}${path}`;
}
