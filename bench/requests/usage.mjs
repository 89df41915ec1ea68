/** What a process uses and has used so far. The app loads this before its own code; its core answers on a socket. */
import { createServer } from 'node:net';
import { basename } from 'node:path';

export function usage() {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { processor: (user + system) / 1000, rss, heapUsed };
}

const socket = process.env['USAGE'];
if (socket !== undefined && basename(process.argv[1] ?? '') === 'browser-core.js') {
  createServer((connection) => connection.end(JSON.stringify(usage())))
    .listen(socket)
    .unref();
}
