/** Finds a service of AWS, or a server that is compatible with it, for the suites that can use one. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface RunningService {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only with temporary credentials. */
  readonly sessionToken?: string;
  /** Stops the server that `start` started; a server that was already running stays. */
  stop(): Promise<void>;
}

export interface RealService {
  /** The names of the server and the service, for a summary. */
  readonly name: string;
  /** Started here; its differences from AWS are known. */
  readonly isMoto: boolean;
  /** A server that is started here is empty. Another may hold data, so use unique names. */
  start(): Promise<RunningService>;
}

/**
 * The address in the environment variable wins over `moto_server` on the PATH. Region and credentials come
 * from the variables that every AWS tool reads.
 */
export async function findRealService(
  service: string,
  endpointVariable: string,
): Promise<RealService | undefined> {
  const endpoint = process.env[endpointVariable];
  if (endpoint !== undefined && endpoint !== '') {
    return {
      name: `${service} at ${endpoint}`,
      isMoto: false,
      start: async () => atEndpoint(endpoint),
    };
  }
  const command = await findOnPath('moto_server');
  return command === undefined
    ? undefined
    : { name: `moto as ${service}`, isMoto: true, start: async () => startMoto(command) };
}

const atEndpoint = (endpoint: string): RunningService => ({
  endpoint,
  region: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
  accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'test',
  secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'test',
  ...(process.env['AWS_SESSION_TOKEN'] === undefined
    ? {}
    : { sessionToken: process.env['AWS_SESSION_TOKEN'] }),
  stop: async () => {},
});

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

async function startMoto(command: string): Promise<RunningService> {
  const child = spawn(command, ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  let output = '';
  const endpoint = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`moto_server ended at once:\n${output}`)));
  });
  // It logs every request, and would block on a full pipe.
  for (const stream of [child.stdout, child.stderr]) {
    stream.removeAllListeners('data');
    stream.resume();
  }
  // A suite that dies must not leave the server running.
  const kill = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', kill);
  return {
    endpoint,
    region: 'us-east-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
    stop: async () => {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
