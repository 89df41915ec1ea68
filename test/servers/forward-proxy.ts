/**
 * A forward proxy as companies have them: CONNECT for tunnels, absolute addresses for plain requests, a
 * login if configured, and refusals. It reads only the head of a request, so any method passes, and forwards
 * one request a connection.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface ForwardProxyOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Uses TLS with its clients. */
  readonly tls?: TlsOptions;
  readonly login?: { readonly user: string; readonly password: string };
  /** Host names that only the proxy can resolve, with the host of each, or `host:port`. */
  readonly names?: Readonly<Record<string, string>>;
}

export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` of a tunnel, otherwise the whole address. */
  readonly target: string;
  readonly hasLogin: boolean;
}

export interface ForwardProxy {
  readonly url: string;
  readonly port: number;
  /** All requests, refused or not. */
  readonly requests: readonly ProxiedRequest[];
  /** From now on every request gets this answer; `undefined` goes back to serving. */
  answerWith(answer: { readonly status: number; readonly body?: string } | undefined): void;
  /** From now on no request gets an answer. */
  hang(): void;
  stop(): Promise<void>;
}

const MAX_HEAD_BYTES = 64 * 1024;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What came after the head. */
  readonly rest: Buffer;
}

function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const headers = lines.map((text): readonly [string, string] => {
    const colon = text.indexOf(':');
    return [text.slice(0, colon), text.slice(colon + 1).trim()];
  });
  return { method, target, headers, rest: bytes.subarray(end + 4) };
}

/** Resolves with `undefined` if the client disconnects or sends too much. */
const readHead = (socket: Socket): Promise<Head | undefined> =>
  new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const end = (head?: Head): void => {
      socket.pause();
      socket.off('data', take).off('end', leave);
      resolve(head);
    };
    const leave = (): void => end();
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const head = parseHead(bytes);
      if (head !== undefined || bytes.length > MAX_HEAD_BYTES) end(head);
    };
    socket.on('data', take).once('end', leave);
  });

const answerText = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string =>
  [
    `HTTP/1.1 ${String(status)} Proxy`,
    ...Object.entries({
      'Content-Type': 'text/html',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

/** The request for the server: only its path, without the headers for the proxy. */
function forwarded({ method, target, headers, rest }: Head): Buffer {
  const kept = headers.filter(([name]) => !/^(proxy-|connection$|keep-alive$)/i.test(name));
  const lines = [
    `${method} ${target.replace(/^http:\/\/[^/]*/, '') || '/'} HTTP/1.1`,
    ...kept.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), rest]);
}

export async function startForwardProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const { login, names = {}, tls } = options;
  const expected =
    login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  let fixed: { readonly status: number; readonly body?: string } | undefined;
  let hangs = false;

  const open = async (host: string, port: number): Promise<Socket> => {
    const [address = host, otherPort = port] = (names[host] ?? host).split(':');
    const server = connect(Number(otherPort), address);
    sockets.add(server);
    server.once('close', () => sockets.delete(server));
    await once(server, 'connect');
    return server;
  };

  /** Copies in both directions until one side ends. */
  const join = (client: Socket, server: Socket): void => {
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
  };

  const serve = async (client: Socket): Promise<void> => {
    const head = await readHead(client);
    if (head === undefined) {
      client.destroy();
      return;
    }
    const given = head.headers.find(([name]) => /^proxy-authorization$/i.test(name))?.[1];
    const { method, target } = head;
    requests.push({ method, target, hasLogin: given !== undefined });
    if (hangs) return;
    if (fixed !== undefined) {
      client.end(answerText(fixed.status, fixed.body ?? '<html>No.</html>'));
      return;
    }
    if (expected !== undefined && given !== expected) {
      const headers = { 'Proxy-Authenticate': 'Basic realm="stand-in"' };
      client.end(answerText(407, '<html>Who are you?</html>', headers));
      return;
    }
    const isTunnel = method === 'CONNECT';
    const url = new URL(isTunnel ? `http://${target}` : target);
    const host = url.hostname.replaceAll(/^\[|\]$/g, '');
    const server = await open(host, Number(url.port || 80)).catch(() => undefined);
    if (server === undefined) {
      client.end(answerText(502, '<html>Not reached.</html>'));
      return;
    }
    if (isTunnel) {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.rest.length > 0) server.write(head.rest);
    } else {
      server.write(forwarded(head));
    }
    join(client, server);
  };

  const accept = (client: Socket): void => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => undefined);
    serve(client).catch(() => client.destroy());
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`,
    port,
    requests,
    answerWith: (answer) => {
      fixed = answer;
    },
    hang: () => {
      hangs = true;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
