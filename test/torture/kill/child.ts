/**
 * For tests: a core that repeats one task on a real data directory until it is killed. Prints a line for each
 * finished step.
 */
import { writeSync } from 'node:fs';
import { createRouterClient } from '@orpc/server';
import { z } from 'zod';
import type { ChangeSet } from '@shared/model/change-set';
import { openCore } from '@core/core';
import { createWindowRouter, windowContext } from '@server/window/router';
import { MemoryKeychain } from '../../support/memory-keychain';

export const orderSchema = z.object({
  dataDirectory: z.string(),
  /** The entries of the keychain that the data directory belongs to. */
  keychain: z.array(z.tuple([z.string(), z.string()])),
  work: z.enum(['save', 'pull', 'move', 'sync', 'key']),
  id: z.uuid(),
  keys: z.array(z.string()),
  /** The start of every value. */
  mark: z.string(),
  /** The number of the first step. */
  first: z.number(),
});
export type Order = z.infer<typeof orderSchema>;

const say = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => {
      resolve();
    });
  });

const drain = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of events);
};

/** A keychain that tells the parent of each change, because it ends with this process. */
class ToldKeychain extends MemoryKeychain {
  override async set(account: string, password: string): Promise<void> {
    await super.set(account, password);
    writeSync(process.stdout.fd, `keychain set ${account} ${password}\n`);
  }

  override async delete(account: string): Promise<void> {
    await super.delete(account);
    writeSync(process.stdout.fd, `keychain delete ${account}\n`);
  }
}

export async function main([text = '']: readonly string[]): Promise<void> {
  const order = orderSchema.parse(JSON.parse(text));
  const { dataDirectory, id, work } = order;
  const keychain = new ToldKeychain();
  for (const [account, password] of order.keychain) keychain.entries.set(account, password);
  const core = await openCore({ host: 'browser', version: '0', dataDirectory, keychain });
  const client = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId: workspaceId } = await client.workspaces.list();

  const save = async (step: number): Promise<void> => {
    const { base = '', variables } = await client.environments.open({ id });
    const value = `${order.mark}.${String(step)}`;
    const changes: ChangeSet =
      variables.length === 0
        ? { edits: [], additions: order.keys.map((key) => ({ key, value })) }
        : { edits: order.keys.map((key) => ({ key, value })), additions: [] };
    await client.environments.save({ id, base, changes });
    await say(`saved ${String(step)}`);
  };

  const steps: Readonly<Record<Order['work'], (step: number) => Promise<void>>> = {
    save,
    pull: async (step) => {
      await drain(await client.transfer.pullAll({ workspaceId }));
      await say(`pulled ${String(step)}`);
    },
    move: async (step) => {
      const toPath = `moved/${String(step)}`;
      await drain(
        await client.migrations.run({ environmentId: id, provider: 'hashicorp-vault', toPath }),
      );
      await say(`moved ${String(step)}`);
    },
    sync: async (step) => {
      await save(step);
      const path = `synced/${String(step)}`;
      await client.environments.enableSync({ id, path, resolution: 'push' });
      await say(`on ${String(step)}`);
      await client.environments.disableSync({ id });
      await say(`off ${String(step)}`);
    },
    key: async (step) => {
      await client.security.replaceKey({});
      await say(`replaced ${String(step)}`);
    },
  };
  if ((await client.environments.open({ id })).environment.synced) {
    await client.environments.pull({ id });
  }
  await say('ready');
  for (let step = order.first; ; step += 1) await steps[work](step);
}
