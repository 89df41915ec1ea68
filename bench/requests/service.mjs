/** A service that answers everything at once. It tells its parent the port, and ends with it. */
import { createServer } from 'node:http';
import { usage } from './usage.mjs';

const server = createServer((_, response) => {
  response.end('{"ok":true}');
});
server.keepAliveTimeout = 60_000;
let served = 0;
server.on('request', () => (served += 1));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
process.on('message', (message) => {
  if (message === 'served') process.send?.({ served });
  if (message === 'usage') process.send?.(usage());
});
process.once('disconnect', () => process.exit());
