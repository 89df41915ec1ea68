/** For tests: the agent host of a core, and programs that talk to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { startAgentHost, type AgentHost, type AgentHostOptions } from '@main/hosts/agent/host';
import { connectToCore, type CoreConnection, type Introduction } from '@server/agent/connect';
import { findEndpoint, systemSurroundings, type Surroundings } from '@server/agent/endpoint';

export const surroundings: Surroundings = systemSurroundings({});

export const introduction: Introduction = {
  version: '1.2.3',
  kind: 'cli',
  process: { pid: process.pid, name: 'test' },
};

type Given = Pick<AgentHostOptions, 'router' | 'dataDirectory'>;

export interface StartedHost extends AgentHost {
  /** What was reported, in order. */
  readonly lines: readonly string[];
}

export async function startHost(options: Given & Partial<AgentHostOptions>): Promise<StartedHost> {
  const lines: string[] = [];
  const host = await startAgentHost({
    version: '1.2.3',
    host: 'browser',
    surroundings,
    runtime: systemRuntime,
    report: (line) => lines.push(line),
    ...options,
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= host.close());
  onTestFinished(close);
  return { lines, close };
}

/** Connects as the command line does; `undefined` if it is not let in. */
export async function connectAs(
  dataDirectory: string,
  options: Partial<Parameters<typeof connectToCore>[0]> = {},
): Promise<CoreConnection | undefined> {
  const connection = await connectToCore({
    dataDirectory,
    introduction,
    surroundings,
    runtime: systemRuntime,
    within: 5000,
    ...options,
  });
  onTestFinished(() => {
    connection?.close();
  });
  return connection;
}

/** A program that speaks for itself, line by line. */
export interface RawClient {
  readonly socket: Socket;
  send(message: unknown): void;
  /** The next line as JSON; `undefined` once the connection is closed. */
  next(): Promise<unknown>;
  readonly closed: Promise<unknown>;
}

export async function connectRaw(
  dataDirectory: string,
  at: Surroundings = surroundings,
): Promise<RawClient> {
  const path = findEndpoint(dataDirectory, at)?.path;
  if (path === undefined) throw new Error('Nobody listens');
  const socket = connect(path);
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    socket,
    closed,
    send: (message) => {
      socket.write(`${JSON.stringify(message)}\n`);
    },
    next: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : (JSON.parse(line.value) as unknown);
    },
  };
}
