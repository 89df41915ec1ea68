/**
 * The agent contract for programs of this user: the command line, the library and others. Rules and
 * reasons: docs/decisions/0027-one-core-per-data-directory.md.
 */
import { once } from 'node:events';
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { REASON_HEADER } from '@shared/contract/agent/version';
import type { HostKind } from '@shared/model/app-info';
import { reasonSchema, type Caller } from '@shared/model/caller';
import type { Runtime } from '@core/runtime';
import { storageFailed, systemCode } from '@core/storage/files';
import { Channel, type ChannelFault } from '@server/agent/channel';
import { isCallMessage } from '@server/agent/call-message';
import { prepareEndpoint, removeEndpoint, type Surroundings } from '@server/agent/endpoint';
import { answerTo, FIRST_MESSAGE_BYTES, MESSAGE_BYTES, refusal } from '@server/agent/handshake';
import type { CallContext } from '@server/base';

const MAX_CLIENTS = 64;
const FIRST_MESSAGE_WITHIN_MS = 5000;
/** How long to look whether anybody listens at an address that is taken. */
const PROBES_FOR_MS = 1000;
const PRIVATE_SOCKET = 0o600;

export interface AgentHostOptions {
  readonly router: AnyRouter;
  /** Of Strongroom. */
  readonly version: string;
  /** A command serves nobody: it ends when it has its answer. */
  readonly host: Exclude<HostKind, 'cli'>;
  readonly dataDirectory: string;
  readonly surroundings: Surroundings;
  readonly runtime: Runtime;
  /** Takes a line for whoever looks for the reason of a refusal. */
  readonly report: (line: string) => void;
}

export interface AgentHost {
  /** Ends the connections, and with them their calls; then nobody finds the socket any more. */
  close(): Promise<void>;
}

/** Only for the process that holds the lock of the data directory. Throws `STORAGE_FAILED`. */
export async function startAgentHost(options: AgentHostOptions): Promise<AgentHost> {
  const { dataDirectory, surroundings, report } = options;
  const { path, token } = await prepareEndpoint(dataDirectory, surroundings);
  const clients = new Clients(options, token);
  const server = createServer((socket) => {
    clients.admit(socket);
  });
  try {
    await listenAlone(server, path);
    if (surroundings.platform !== 'win32') chmodSync(path, PRIVATE_SOCKET);
  } catch (error) {
    server.close();
    removeEndpoint(dataDirectory, surroundings);
    throw storageFailed(path, error);
  }
  // It goes on after an error, such as too many open files.
  server.on('error', (error) => {
    report(`The agent socket has failed: ${systemCode(error) ?? error.name}.`);
  });
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      clients.end();
      await closed;
      removeEndpoint(dataDirectory, surroundings);
    },
  };
}

/** The programs that are connected, also those that have not introduced themselves yet. */
class Clients {
  readonly #channels = new Set<Channel>();
  readonly #handler: RPCHandler<CallContext>;

  constructor(
    private readonly options: AgentHostOptions,
    private readonly token: string | undefined,
  ) {
    this.#handler = new RPCHandler<CallContext>(options.router, {
      rootInterceptors: [
        ({ next, ...call }) => {
          const { data: reason } = reasonSchema.safeParse(call.request.headers[REASON_HEADER]);
          return next({ ...call, context: { ...call.context, reason } });
        },
      ],
    });
  }

  admit(socket: Socket): void {
    const { version, runtime, report } = this.options;
    const channel = new Channel(socket, {
      receives: FIRST_MESSAGE_BYTES,
      sends: Infinity,
      pausesWhileFull: true,
    });
    if (this.#channels.size >= MAX_CLIENTS) {
      report('Refused a program: too many are connected.');
      channel.end(JSON.stringify(refusal(version, 'busy')));
      return;
    }
    this.#channels.add(channel);
    const cancel = runtime.after(FIRST_MESSAGE_WITHIN_MS, () => {
      report('Refused a program: it did not introduce itself.');
      channel.destroy();
    });
    channel.once('close', () => {
      cancel();
      this.#channels.delete(channel);
      if (channel.fault !== undefined) report(`Dropped a program: ${faults[channel.fault]}.`);
    });
    channel.once('message', ({ data }) => {
      cancel();
      this.#answer(channel, data);
    });
  }

  end(): void {
    for (const channel of this.#channels) channel.destroy();
  }

  #answer(channel: Channel, first: string): void {
    const { version, host, report } = this.options;
    const answer = answerTo(first, { version, host, token: this.token });
    const welcome = JSON.stringify(answer.welcome);
    if (answer.hello === undefined) {
      report(`Refused a program. ${answer.refused}`);
      channel.end(welcome);
      return;
    }
    const { kind, process } = answer.hello;
    channel.accept(MESSAGE_BYTES, isCallMessage);
    void channel.send(welcome);
    // Node does not tell who is at the other end of a local socket: this is what the program says.
    const caller: Caller = { kind, process, claimed: true };
    void this.#handler.upgrade(asWebSocket(channel), { context: { caller } });
  }
}

/** The library listens for messages and the close, and sends: a channel does all of that. */
const asWebSocket = (channel: Channel) =>
  channel as unknown as Parameters<RPCHandler<CallContext>['upgrade']>[0];

const faults: Readonly<Record<ChannelFault, string>> = {
  'too-large': 'its message is too large',
  malformed: 'its message is malformed',
};

/** Listens at a path. The socket of a core that was killed is replaced; one that is in use is not. */
async function listenAlone(server: Server, path: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    const isLeftOver =
      systemCode(error) === 'EADDRINUSE' && lstatSync(path).isSocket() && !(await answers(path));
    if (!isLeftOver) throw error;
    rmSync(path);
    await listen(server, path);
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(path);
  await listening;
}

/** Whether a process listens at a socket; one that is too busy to answer counts. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(PROBES_FOR_MS);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('timeout', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
