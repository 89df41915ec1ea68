/** Starts a store in a child process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ConnectionForm } from '@shared/model/connection';
import type { StoreName } from './stores';

export interface StoreProcess {
  readonly form: (workspaceId: string) => ConnectionForm;
  /** Puts the data that is measured into the store. */
  fill(): Promise<void>;
  close(): void;
}

export async function startStore(name: StoreName): Promise<StoreProcess> {
  // The file that this process runs itself, with other arguments.
  const [, program = '', built = ''] = process.argv;
  const child = fork(program, [built, 'store', name]);
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
