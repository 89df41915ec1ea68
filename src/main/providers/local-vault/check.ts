/** Test Connection for the local vault: its file, the key, and whether it can be written. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { CheckStep } from '@shared/contract/vault';
import { toErrorReport } from '@shared/errors';
import { formatBytes } from '@shared/model/format';
import { storageFailed } from '../../files';
import type { VaultFile } from './vault-file';

interface Step {
  readonly id: string;
  readonly label: string;
  readonly run: () => Promise<Pick<CheckStep, 'status' | 'detail'>>;
}

const steps = (file: VaultFile): readonly Step[] => [
  {
    id: 'file',
    label: 'File',
    run: async () => {
      if (file.isSession()) {
        return {
          status: 'warned',
          detail: 'None: everything is in memory only, and gone when Strongroom quits.',
        };
      }
      const size = await file.size();
      const name = basename(file.path);
      return {
        status: 'passed',
        detail:
          size === undefined
            ? `${name} is made with the first secret.`
            : `${name}, ${formatBytes(size)}`,
      };
    },
  },
  {
    id: 'key',
    label: 'Key',
    run: async () => {
      const { secrets } = await file.loadWithKey();
      return {
        status: 'passed',
        detail: secrets.size === 1 ? '1 secret' : `${String(secrets.size)} secrets`,
      };
    },
  },
  {
    id: 'writable',
    label: 'Writable',
    run: async () => {
      if (file.isSession()) return { status: 'passed', detail: 'In memory' };
      const directory = dirname(file.path);
      try {
        await access(directory, constants.W_OK);
      } catch (error) {
        throw storageFailed(directory, error);
      }
      return { status: 'passed', detail: directory };
    },
  },
];

export async function* check(file: VaultFile): AsyncGenerator<CheckStep, void, undefined> {
  let hasFailed = false;
  for (const { id, label, run } of steps(file)) {
    if (hasFailed) {
      yield { id, label, status: 'not-reached' };
      continue;
    }
    yield { id, label, status: 'running' };
    const startedAt = performance.now();
    try {
      const outcome = await run();
      yield { id, label, ...outcome, durationMs: performance.now() - startedAt };
    } catch (error) {
      hasFailed = true;
      yield {
        id,
        label,
        status: 'failed',
        durationMs: performance.now() - startedAt,
        error: toErrorReport(error),
      };
    }
  }
}
