/** How the app, the browser host and `strongroom serve` open their core. */
import type { HostKind } from '@shared/model/app-info';
import { toErrorReport } from '@shared/errors';
import { openCore, type Core, type CoreOptions } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { whileInUse } from '@core/storage/wait-for-lock';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { startAgentHost } from './hosts/agent/host';

export interface WindowCoreOptions extends CoreOptions {
  readonly host: Exclude<HostKind, 'cli'>;
  /** Takes a line for whoever looks for the reason of a refusal. */
  readonly report: (line: string) => void;
}

/**
 * Opens a core for a window or a server, and lets other programs of this user use it until it is closed. Waits up to
 * five seconds for a command that has the data directory. Throws what `openCore` throws.
 */
export async function openWindowCore({ report, ...options }: WindowCoreOptions): Promise<Core> {
  const { dataDirectory, host, version, runtime = systemRuntime } = options;
  const core = await whileInUse(() => openCore(options), {
    dataDirectory,
    runtime,
    endsSoon: (holder) => holder === undefined || holder.host === 'cli',
  });
  try {
    const agents = await startAgentHost({
      router: createAgentRouter(core),
      version,
      host,
      dataDirectory,
      surroundings: systemSurroundings(runtime.env),
      runtime,
      report,
    });
    return {
      ...core,
      close: async () => {
        try {
          await agents.close();
        } finally {
          await core.close();
        }
      },
    };
  } catch (error) {
    core.notices.add({
      id: 'agent-host',
      level: 'warning',
      title: 'The command line cannot connect',
      text: `${toErrorReport(error).message} Everything else works. Start Strongroom again to let it try again.`,
    });
    return core;
  }
}
