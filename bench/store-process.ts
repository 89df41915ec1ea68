/** Starts a store in a child process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConnectionForm } from '@shared/model/connection';
import type { StoreName } from './stores';

export interface StoreProcess {
  readonly form: (workspaceId: string) => ConnectionForm;
  /** Puts the data that is measured into the store. */
  fill(): Promise<void>;
  close(): void;
}

const fromRoot = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

export async function startStore(name: StoreName): Promise<StoreProcess> {
  const child = fork(fromRoot('scripts/run-ts.mjs'), ['bench/child.ts', name], {
    cwd: fromRoot(''),
  });
  const [form] = (await once(child, 'message')) as [ConnectionForm];
  return {
    form: (workspaceId) => ({ ...form, workspaceId }),
    fill: async () => {
      child.send('fill');
      await once(child, 'message');
    },
    close: () => {
      child.disconnect();
    },
  };
}
