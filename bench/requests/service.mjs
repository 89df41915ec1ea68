/** A service that answers everything at once. It tells its parent the port, and ends with it. */
import './usage.mjs';
import { createServer } from 'node:http';

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
});
process.once('disconnect', () => process.exit());
