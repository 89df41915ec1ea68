/** A port that can be closed and opened again, with a server behind it that stays what it is. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Door {
  readonly url: string;
  /** How many connections came so far. */
  readonly connections: number;
  /** Connections are refused from now on, and those that are open break. */
  close(): Promise<void>;
  /** On the same port as before. */
  open(): Promise<void>;
}

/** `target` is the address of a server on this computer. The door is open at first. */
export async function startDoor(target: string): Promise<Door> {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let connections = 0;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The other end hears of it by its own socket.
    socket.on('error', () => undefined);
  };

  const door: Door = {
    get url() {
      return `${to.protocol}//127.0.0.1:${String(port)}`;
    },
    get connections() {
      return connections;
    },
    open: async () => {
      server = createServer((near) => {
        connections += 1;
        const far = connect(Number(to.port), to.hostname);
        keep(near);
        keep(far);
        near.on('close', () => far.destroy());
        far.on('close', () => near.destroy());
        near.pipe(far).pipe(near);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    close: async () => {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = once(closing, 'close');
      closing.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  await door.open();
  return door;
}
