/** The same requests again, with nothing but `http`: what a pull costs at least. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import * as http from 'node:http';
import * as https from 'node:https';

export interface Sent {
  readonly url: URL;
  readonly headers: http.OutgoingHttpHeaders;
}

/** Runs work, and returns the GET requests that it made. */
export async function requestsOf(work: () => Promise<void>): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const note = (message: unknown): void => {
    const { request } = message as { request: http.ClientRequest };
    if (request.method !== 'GET') return;
    const origin = `${request.protocol}//${String(request.getHeader('host'))}`;
    sent.push({ url: new URL(request.path, origin), headers: { ...request.getHeaders() } });
  };
  subscribe('http.client.request.start', note);
  try {
    await work();
  } finally {
    unsubscribe('http.client.request.start', note);
  }
  return sent;
}

/** Sends requests and reads the JSON of each answer. @param atOnce requests at a time */
export async function sendBare(requests: readonly Sent[], atOnce: number): Promise<void> {
  const pool = { keepAlive: true, maxSockets: atOnce };
  const agents = {
    http: new http.Agent(pool),
    https: new https.Agent({ ...pool, rejectUnauthorized: false }),
  };
  const send = ({ url, headers }: Sent): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const options = { headers, agent: isTls ? agents.https : agents.http };
      (isTls ? https : http)
        .get(url, options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve(JSON.parse(Buffer.concat(chunks).toString()));
          });
        })
        .on('error', reject);
    });
  const waiting = requests[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const request of waiting) await send(request);
    }),
  );
  for (const agent of Object.values(agents)) agent.destroy();
}
