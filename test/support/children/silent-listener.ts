/**
 * A port whose packets get lost: the queue of the listener is short and nobody takes anything from it. Prints
 * the port. Once two connections wait in the queue, Linux drops what comes.
 */
import { writeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

export function main(): void {
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    writeSync(1, `${String((server.address() as AddressInfo).port)}\n`);
    // The event loop stands still, so that no connection is accepted.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
