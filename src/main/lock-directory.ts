/** The lock of the data directory, as a host holds it for the cores that follow one another. */
import type { HostKind } from '@shared/model/app-info';
import { systemRuntime } from '@core/runtime';
import { prepareDataDirectory } from '@core/storage/files';
import { lockDataDirectory } from '@core/storage/lock';
import { whileInUse } from '@core/storage/wait-for-lock';

/**
 * Waits up to five seconds for a command that has the data directory. The lock goes with the process. Throws
 * `DATA_DIRECTORY_IN_USE` and `STORAGE_FAILED`.
 */
export const lockDirectory = (dataDirectory: string, host: HostKind): Promise<() => void> =>
  whileInUse(
    async () => {
      prepareDataDirectory(dataDirectory);
      return lockDataDirectory(dataDirectory, { host, startedAt: systemRuntime.now() });
    },
    {
      dataDirectory,
      runtime: systemRuntime,
      endsSoon: (holder) => holder === undefined || holder.host === 'cli',
    },
  );
