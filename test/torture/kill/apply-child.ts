/** For tests: applies one declaration after the other until it is killed. Prints a line for each that is done. */
import { z } from 'zod';
import { declarationSchema, hasChanges } from '@shared/model/declaration';
import { openCore } from '@core/core';
import { MemoryKeychain } from '../../support/memory-keychain';

export const applyOrderSchema = z.object({
  dataDirectory: z.string(),
  /** The entries of the keychain that the data directory belongs to. */
  keychain: z.array(z.tuple([z.string(), z.string()])),
  workspaceId: z.string(),
  /** Applied in this order. */
  declarations: z.array(declarationSchema),
});
export type ApplyOrder = z.infer<typeof applyOrderSchema>;

const say = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => {
      resolve();
    });
  });

export async function main([text = '']: readonly string[]): Promise<void> {
  const order = applyOrderSchema.parse(JSON.parse(text));
  const { dataDirectory, workspaceId } = order;
  const keychain = new MemoryKeychain();
  for (const [account, password] of order.keychain) keychain.entries.set(account, password);
  const core = await openCore({ host: 'browser', version: '0', dataDirectory, keychain });
  const { signal } = new AbortController();
  await say('ready');
  for (const [step, declaration] of order.declarations.entries()) {
    const plans = await core.declarative.plan(workspaceId, declaration, signal);
    const agreed = plans.flatMap((plan) => ('base' in plan && hasChanges(plan) ? [plan] : []));
    const names = agreed.map(({ vault }) => vault);
    const consent = { agreed, adopt: names, deleteAll: names };
    const applied = await core.declarative.apply(workspaceId, declaration, consent, signal);
    for (const { error } of applied) if (error !== undefined) throw new Error(error.message);
    await say(`applied ${String(step)}`);
  }
  await core.close();
}
