/** For tests: a server on this computer that remembers what it was asked. */
import { onTestFinished } from 'vitest';
import { listen, type HttpAnswer, type HttpRequest } from '../servers/http-listener';

export interface AnsweringServer {
  readonly url: string;
  readonly requests: HttpRequest[];
}

/** Is closed when the test ends. */
export async function answeringServer(
  answer: (request: HttpRequest) => Partial<HttpAnswer>,
): Promise<AnsweringServer> {
  const requests: HttpRequest[] = [];
  const listener = await listen({
    handle: (request) => {
      requests.push(request);
      return {
        fault: undefined,
        apply: () => ({ status: 200, headers: {}, body: '', ...answer(request) }),
      };
    },
  });
  onTestFinished(() => listener.close());
  return { url: listener.url, requests };
}
