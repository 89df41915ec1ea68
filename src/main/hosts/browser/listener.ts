/** The port of the browser host. The process that has it reads nothing from its connections. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { LAUNCH_PARAMETER } from '@shared/bridge';

const ADDRESS = '127.0.0.1';

export const originAt = (port: number): string => `http://${ADDRESS}:${String(port)}`;

/** An address that opens the app once. Holds a token: for the user's eyes only. */
export const launchUrl = (port: number, launchToken: string): string =>
  `${originAt(port)}/#${LAUNCH_PARAMETER}=${launchToken}`;

export interface Listener {
  readonly port: number;
  /** Stops listening. Whoever took the connections ends them. */
  close(): void;
}

/** Hands every connection on unread. `port`: 0 for any free port. Rejects if it cannot be used. */
export async function listen(
  port: number,
  onConnection: (connection: Socket) => void,
): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    // After the start it can be an accept that failed, which is no reason to end.
    server.on('error', reject);
    server.listen(port, ADDRESS, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
    },
  };
}
