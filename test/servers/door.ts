/** A port in front of a server that can be closed and opened again. The server does not notice. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Door {
  readonly url: string;
  /** The number of connections so far. */
  readonly connections: number;
  /** Refuses connections from now on, and breaks open ones. */
  close(): Promise<void>;
  /** Opens the same port again. */
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
    // The other end gets the error on its own socket.
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
