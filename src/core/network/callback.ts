/**
 * Waits on this computer for the browser to come back from a sign-in: the loopback redirect of
 * https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError, isAppError } from '@shared/errors';

export interface CallbackOptions {
  readonly port: number;
  /** As `/oidc/callback`. */
  readonly path: string;
  /** The field of the form to blame if the port is taken. */
  readonly field: string;
}

export interface Callback {
  /**
   * The parameters of the first redirect with this state. Others get an error page, and change nothing. Rejects with
   * the signal's reason if that is an `AppError`, else with `CANCELLED`.
   */
  parameters(state: string, signal: AbortSignal): Promise<URLSearchParams>;
  close(): void;
}

/** `localhost` is either of the two, as each browser likes. */
const ADDRESSES = ['127.0.0.1', '::1'] as const;

const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="dark light"><title>${title}</title><body style="font:15px system-ui;margin:15vh auto;max-width:26em;padding:0 1em"><h1 style="font-size:1.3em">${title}</h1><p>${text}</p></body></html>`;

const pages = {
  done: page('Signed in to Strongroom', 'You can close this page and go back to Strongroom.'),
  refused: page(
    'Not signed in',
    'The sign-in was refused. Go back to Strongroom, which says more, and close this page.',
  ),
  other: page('Nothing to do here', 'No sign-in of Strongroom waits for this page.'),
} as const;

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(body);
}

/** Listens at once. Throws `LOGIN_REFUSED` if the port is taken. */
export async function listenForCallback({ port, path, field }: CallbackOptions): Promise<Callback> {
  let expected: { readonly state: string; take(parameters: URLSearchParams): void } | undefined;
  const hosts = new Set(['localhost', ...ADDRESSES.map((a) => (a.includes(':') ? `[${a}]` : a))]);

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const target = `http://localhost${request.url ?? '/'}`;
    const url = URL.canParse(target) ? new URL(target) : undefined;
    // A page of another name that leads here (DNS rebinding) says its own.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const isOurs = request.method === 'GET' && url?.pathname === path && hosts.has(host);
    const parameters = url?.searchParams ?? new URLSearchParams();
    if (!isOurs || expected === undefined || parameters.get('state') !== expected.state) {
      answer(response, 400, pages.other);
      return;
    }
    answer(response, 200, parameters.has('error') ? pages.refused : pages.done);
    expected.take(parameters);
    expected = undefined;
  };

  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
  };
  for (const address of ADDRESSES) {
    const server = createServer(handle);
    try {
      await listening(server, port, address);
      servers.push(server);
    } catch (error) {
      // A computer without IPv6 has only the first of the two.
      if (address !== ADDRESSES[0] && !isTaken(error)) continue;
      close();
      throw portTaken(port, field, error);
    }
  }
  return {
    parameters: (state, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          const reason: unknown = signal.reason;
          reject(isAppError(reason) ? reason : new AppError('CANCELLED'));
        };
        if (signal.aborted) return stop();
        expected = { state, take: resolve };
        signal.addEventListener('abort', stop, { once: true });
      }),
    close,
  };
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const portTaken = (port: number, field: string, cause: unknown): AppError =>
  new AppError('LOGIN_REFUSED', {
    message: `The browser could not come back: port ${String(port)} of this computer is taken.`,
    likelyCause: 'Another sign-in waits there, such as one of “vault login”.',
    hint: 'End the other sign-in and try again. If your administrator allows another port, enter it as Callback port.',
    remedy: { open: 'connection', field },
    details: { field },
    cause,
  });
