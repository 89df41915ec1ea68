/** Push All and Migrate… against real servers, where there are some on this machine. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findRealSecretsManager,
  type RunningSecretsManager,
} from '@test/servers/real-secrets-manager';
import { findRealVault, type RunningVault } from '@test/servers/real-vault';
import { startCore, summaryOf, type AwsServer, type TestCore } from '@test/support/core';

const realVault = await findRealVault();
const realAws = await findRealSecretsManager();

describe.skipIf(realVault === undefined || realAws === undefined)(
  `with ${realVault?.name ?? 'no Vault'} and ${realAws?.name ?? 'no Secrets Manager'}`,
  () => {
    let vault: RunningVault;
    let running: RunningSecretsManager;

    beforeAll(async () => {
      if (realVault === undefined || realAws === undefined) return;
      [vault, running] = await Promise.all([realVault.start(), realAws.start()]);
    }, 60_000);

    afterAll(async () => {
      await Promise.all([vault.stop(), running.stop()]);
    });

    const aws = (): AwsServer => ({ endpoint: running.endpoint, accessKey: () => running });
    const useVault = (core: TestCore): Promise<void> =>
      core.useVault({ url: vault.url, rootToken: vault.token });

    /** What a colleague sees on another computer. */
    const colleagueSees = async (
      connect: (core: TestCore) => Promise<void>,
      path: string,
    ): Promise<Record<string, string> | undefined> => {
      const colleague = await startCore();
      await connect(colleague);
      await colleague.pullAll();
      const found = (await colleague.environments()).find((each) => each.path === path);
      return found && colleague.values(found.id);
    };

    it('pushes, moves to another path, to the other provider and back', async () => {
      const run = randomUUID();
      const core = await startCore();
      await core.useAws(aws());
      await useVault(core);
      const name = `prod-${run}`;
      const values = { API_KEY: 'sk-live', LINES: 'a\nb\n', UMLAUT: 'ü🔑' };
      const id = await core.create(name, values);
      const { workspaceId, client } = core;
      const pushed = await summaryOf(
        client.transfer.pushAll({ workspaceId, drafts: [], ids: [id] }),
      );
      expect(pushed.failed).toEqual([]);
      expect(await colleagueSees(useVault, name)).toEqual(values);

      const move = (provider: 'hashicorp-vault' | 'aws-secrets-manager', toPath: string) =>
        summaryOf(client.migrations.run({ environmentId: id, provider, toPath }));
      const moved = `moved/${run}`;
      expect(await move('hashicorp-vault', moved)).toMatchObject({ recoverable: true });
      expect(await colleagueSees(useVault, name)).toBeUndefined();
      expect(await colleagueSees(useVault, moved)).toEqual(values);

      expect(await move('aws-secrets-manager', moved)).toMatchObject({
        recoverable: true,
        reachable: false,
      });
      expect(await colleagueSees(useVault, moved)).toBeUndefined();
      expect(await colleagueSees((each) => each.useAws(aws()), moved)).toEqual(values);

      await core.useAws(aws());
      await core.client.environments.pull({ id });
      // Over its own deleted version.
      expect(await move('hashicorp-vault', moved)).toMatchObject({ recoverable: true });
      expect(await colleagueSees(useVault, moved)).toEqual(values);
      expect(await core.client.migrations.pending({ workspaceId })).toEqual([]);
    }, 60_000);
  },
);
