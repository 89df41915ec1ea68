/**
 * The core for a command: that of the process that has the data directory, else its own. See
 * docs/decisions/0027-one-core-per-data-directory.md.
 */
import type { AgentClient } from '@shared/contract/agent';
import { AppError, isAppError } from '@shared/errors';
import type { Core } from '@core/core';
import type { Keychain } from '@core/keys/keychain';
import { systemRuntime, type Runtime } from '@core/runtime';
import { whileInUse } from '@core/storage/wait-for-lock';
import { systemSurroundings, type Surroundings } from '@server/agent/endpoint';
import { connectToCore, withAppErrors, type Introduction } from '@server/agent/connect';

export interface OpenOrConnectOptions {
  readonly dataDirectory: string;
  readonly introduction: Introduction;
  readonly keychain: Keychain;
  readonly runtime?: Runtime;
  readonly surroundings?: Surroundings;
  /** False: a core that does not answer soon, or a data directory that is in use, fails at once. Default: true. */
  readonly waits?: boolean;
}

/** Milliseconds until a core that says nothing counts as none, if nobody waits. */
const SOON = 500;

export interface CoreAccess {
  /** Calls fail with `AppError`, whichever core answers. */
  readonly client: AgentClient;
  /** This process's core; `undefined` if another process answers. */
  readonly core: Core | undefined;
  /** Releases the data directory, or ends the connection. Nothing keeps the process alive after that. */
  close(): Promise<void>;
}

/**
 * Connects to the core of the process that has the data directory, else opens a core if nobody has it, else
 * waits up to five seconds until either is possible. A core that is opened here serves nobody else. Throws
 * `DATA_DIRECTORY_IN_USE` with who holds the directory, `VERSION_MISMATCH`, and what `openCore` throws.
 */
export async function openOrConnect(options: OpenOrConnectOptions): Promise<CoreAccess> {
  const { dataDirectory, introduction, runtime = systemRuntime } = options;
  const { surroundings = systemSurroundings(runtime.env), waits = true } = options;
  return whileInUse(
    async (left) => {
      // First the socket: connecting takes a fraction of the time of opening a core.
      const connection = await connectToCore({
        dataDirectory,
        introduction,
        surroundings,
        runtime,
        within: Math.max(waits ? left : SOON, 0),
      });
      if (connection !== undefined) {
        return {
          client: connection.client,
          core: undefined,
          close: async () => {
            connection.close();
          },
        };
      }
      try {
        return await openOwn(options, runtime);
      } catch (error) {
        throw isAppError(error, 'DATA_DIRECTORY_IN_USE') ? unanswered(error) : error;
      }
    },
    { dataDirectory, runtime, endsSoon: () => waits },
  );
}

const unanswered = ({ code, message, cause }: AppError): AppError =>
  new AppError(code, {
    message,
    hint: 'That program did not answer within five seconds. Wait until it ends, or choose another directory with --data-dir.',
    cause,
  });

async function openOwn(
  { dataDirectory, introduction: { kind, process, version }, keychain }: OpenOrConnectOptions,
  runtime: Runtime,
): Promise<CoreAccess> {
  // Loaded only now: most commands of a person who has the app open do not need it.
  const [{ createRouterClient }, { openCore }, { createAgentRouter }] = await Promise.all([
    import('@orpc/server'),
    import('@core/core'),
    import('@server/agent/router'),
  ]);
  const core = await openCore({ host: 'cli', version, dataDirectory, keychain, runtime });
  const client: AgentClient = createRouterClient(createAgentRouter(core), {
    context: ({ reason }: { readonly reason?: string | undefined }) => ({
      // A model’s client says itself what it is called.
      caller: { kind, process, ...(kind === 'mcp' && { claimed: true }) },
      reason,
    }),
    interceptors: [({ next, signal }) => withAppErrors(next, signal)],
  });
  return { client, core, close: () => core.close() };
}
