/** A proxy in front of a real server that loses requests and answers on command. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Faults } from './faults';

export interface FaultProxy {
  readonly url: string;
  /** Paths are without the leading slash and the query, still encoded. Knows `drop` and `until`. */
  readonly faults: Faults;
  stop(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const faults = new Faults();
  const server = createServer((request, response) => {
    void (async () => {
      const path = (request.url ?? '/').slice(1).replace(/\?.*$/s, '');
      const fault = faults.take({ method: request.method ?? 'GET', path });
      const body = await bodyOf(request);
      await fault?.until;
      const drop = fault?.effect?.kind === 'drop' ? fault.effect : undefined;
      if (drop?.applied === false) {
        request.socket.destroy();
        return;
      }
      const answer = await forward(target, request, body);
      if (drop !== undefined) {
        request.socket.destroy();
        return;
      }
      const answered = await bodyOf(answer);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.end(answered);
    })().catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    faults,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(target: string, from: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, connection: __, ...headers } = from.headers;
    const call = httpRequest(new URL(from.url ?? '/', target), {
      method: from.method,
      headers: { ...headers, 'content-length': body.length },
      agent: false,
    });
    call.once('error', reject);
    call.once('response', resolve);
    call.end(body);
  });
}
